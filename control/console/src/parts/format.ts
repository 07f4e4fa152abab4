import type { Schemas } from '../api/client';

const DAY = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' });
const CLOCK = new Intl.DateTimeFormat('sv-SE', { timeStyle: 'medium' });
const WHOLE = new Intl.NumberFormat('en-US');
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** A moment of the API: seconds since 1970 with nine decimals, as text. */
export const dateOf = (moment: Schemas['Timestamp']) => new Date(Number(moment) * 1000);

export const momentOf = (date: Date) => (date.getTime() / 1000).toFixed(9);

export function timeText(moment: Schemas['Timestamp']) {
  const date = dateOf(moment);
  return `${DAY.format(date)} ${CLOCK.format(date)}`;
}

/** The clock alone, with milliseconds: for what lies close together. */
export function clockText(moment: Schemas['Timestamp']) {
  const date = dateOf(moment);
  return `${CLOCK.format(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export const count = (of: number) => WHOLE.format(of);
export const roughly = (of: number) => SHORT.format(of);

export function octets(of: number) {
  const unit = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = of > 0 ? Math.min(Math.floor(Math.log2(of) / 10), unit.length - 1) : 0;
  return `${(of / 1024 ** power).toFixed(power ? 1 : 0)} ${unit[power]}`;
}

export function duration(nanoseconds: number) {
  if (nanoseconds >= 10_000_000) return `${(nanoseconds / 1_000_000).toFixed(0)} ms`;
  if (nanoseconds >= 1_000_000) return `${(nanoseconds / 1_000_000).toFixed(1)} ms`;
  return `${(nanoseconds / 1000).toFixed(nanoseconds > 0 && nanoseconds < 10_000 ? 1 : 0)} µs`;
}

export function share(part: number, whole: number) {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`;
}
