import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import Plot from 'uplot';

export interface Series {
  name: string;
  /** A Mantine colour. */
  colour: string;
}

const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

interface Given {
  /** Said to those who do not see it. */
  label: string;
  series: Series[];
  /** Seconds, then one row a series. */
  data: number[][];
  unit: (value: number) => string;
  height?: number;
  /** Each series stands on the one before. */
  stacked?: boolean;
}

export function Chart({ label, series, data, unit, height = 180, stacked = false }: Given) {
  const box = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const both = useMergedRef(ref, box);
  const plot = useRef<Plot | null>(null);
  const scheme = useComputedColorScheme('light');
  const drawn = stacked ? stack(data) : data;
  const latest = useRef(drawn);
  latest.current = drawn;
  const names = series.map(({ name }) => name).join();

  useEffect(() => {
    if (!box.current || width === 0) return;
    const made = new Plot(
      options(series, unit, width, height, scheme, stacked),
      latest.current as Plot.AlignedData,
      box.current,
    );
    plot.current = made;
    return () => made.destroy();
  }, [names, width, height, scheme, stacked]);

  useEffect(() => plot.current?.setData(drawn as Plot.AlignedData), [drawn]);

  return (
    <figure className="chart" aria-label={label}>
      <div ref={both} style={{ height }} />
      <figcaption>
        {series.map(({ name, colour }, at) => (
          <span key={name}>
            <i style={{ background: `var(${lineOf(colour, scheme)})` }} />
            {name} <b>{unit(data[at + 1]?.at(-1) ?? 0)}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Lines are thin: they stand out more than what is filled. */
const lineOf = (colour: string, scheme: string) => `--mantine-color-${colour}-${scheme === 'dark' ? 4 : 8}`;

function options(
  series: Series[],
  unit: Given['unit'],
  width: number,
  height: number,
  scheme: string,
  stacked: boolean,
): Plot.Options {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(name).trim();
  const lines = scheme === 'dark' ? '#34383d' : '#e6e9ec';
  const axis: Plot.Axis = {
    stroke: value('--mantine-color-dimmed'),
    grid: { stroke: lines, width: 1 },
    ticks: { show: false },
    font: `11px ${value('--mantine-font-family')}`,
  };
  const colours = series.map(({ colour }) => value(lineOf(colour, scheme)));
  return {
    width,
    height,
    legend: { show: false },
    cursor: { points: { size: 5 }, drag: { x: false, y: false } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        space: 70,
        size: 26,
        incrs: SECONDS,
        values: (_, at) => at.map((each) => new Date(each * 1000).toTimeString().slice(0, 8)),
      },
      { ...axis, size: 56, values: (_, at) => at.map(unit) },
    ],
    series: [
      {},
      ...colours.map((stroke) => ({
        stroke,
        width: 1.5,
        fill: stacked ? `${stroke}55` : undefined,
        points: { show: false },
      })),
    ],
    bands: stacked
      ? colours.slice(1).map((stroke, at) => ({ series: [at + 2, at + 1] as Plot.Band.Bounds, fill: `${stroke}55` }))
      : undefined,
  };
}

function stack([times = [], ...rows]: number[][]): number[][] {
  const sums = times.map(() => 0);
  return [times, ...rows.map((row) => row.map((value, at) => (sums[at] = (sums[at] ?? 0) + value)))];
}
