import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

// Browsers draw nothing beyond some thirty million pixels.
const HEIGHT_MAX = 8_000_000;
const OVERSCAN = 12;

/** Which rows of a long table to draw, and how far down. */
export interface Window {
  first: number;
  last: number;
  /** Of the first row, from the top of what is scrolled. */
  top: number;
  height: number;
}

/**
 * Where a table of `count` rows stands. Until the height that browsers can draw is reached a pixel is a pixel. Beyond it a
 * small step of the scroll bar still moves by that many pixels, and a leap goes to the same share of the whole.
 */
export function placed(
  count: number,
  rowHeight: number,
  view: number,
  scrolled: number,
  before: Place,
): Place & Window {
  const whole = count * rowHeight;
  const height = Math.min(whole, HEIGHT_MAX);
  const lowest = Math.max(0, whole - view);
  const end = Math.max(0, height - view);
  const step = scrolled - before.scrolled;
  const isLeap = Math.abs(step) > view || scrolled <= 0 || scrolled >= end;
  const share = end === 0 ? 0 : Math.min(1, scrolled / end);
  const at = whole === height ? scrolled : isLeap ? share * lowest : Math.min(lowest, Math.max(0, before.at + step));
  const first = Math.max(0, Math.floor(at / rowHeight) - OVERSCAN);
  const last = Math.min(count - 1, Math.ceil((at + view) / rowHeight) + OVERSCAN);
  return { at, scrolled, first, last, top: first * rowHeight - at + scrolled, height };
}

interface Place {
  /** In pixels of the whole table. */
  at: number;
  scrolled: number;
}

export function useWindow(box: RefObject<HTMLElement | null>, count: number, rowHeight: number): Window {
  const [, redraw] = useState(0);
  const place = useRef<Place>({ at: 0, scrolled: 0 });
  const measure = useCallback(() => {
    const element = box.current;
    return placed(count, rowHeight, element?.clientHeight ?? 600, element?.scrollTop ?? 0, place.current);
  }, [box, count, rowHeight]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = () => {
      place.current = measure();
      redraw((n) => n + 1);
    };
    const sizes = new ResizeObserver(onScroll);
    sizes.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [box, measure]);
  return measure();
}
