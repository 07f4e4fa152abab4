import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client';

const SAMPLES_MAX = 900;

interface Sample {
  at: number;
  totals: Map<string, number>;
  latency: Schemas['Latency'];
}

// Kept beside the pages: who comes back to the dashboard sees what happened meanwhile, as far as something asked.
let generation: number | undefined;
let samples: Sample[] = [];

export function keep(counters: Schemas['Counters']) {
  if (counters.generation !== generation) samples = [];
  generation = counters.generation;
  const at = Number(counters.at);
  if (at <= (samples.at(-1)?.at ?? 0)) return;
  const totals = new Map(counters.counters.map(({ name, total }) => [name, total]));
  samples = [...samples.slice(1 - SAMPLES_MAX), { at, totals, latency: counters.latency }];
}

/** How fast a counter grew up to each sample but the first. */
export function rateOf(name: string) {
  return between(
    (before, after) => (after.totals.get(name) ?? 0) - (before.totals.get(name) ?? 0),
    (before, after) => after.at - before.at,
  );
}

/** The mean latency between samples, in nanoseconds. */
export function meanLatency() {
  return between(
    (before, after) => after.latency.sum_ns - before.latency.sum_ns,
    (before, after) => after.latency.count - before.latency.count,
  );
}

type Difference = (before: Sample, after: Sample) => number;

function between(amount: Difference, over: Difference) {
  return samples.slice(1).map((after, at) => {
    const before = samples[at] as Sample;
    const divisor = over(before, after);
    return divisor > 0 ? amount(before, after) / divisor : 0;
  });
}

export function useHistory() {
  const { data, error } = useQuery({
    queryKey: ['counters'],
    queryFn: async () => {
      const counters = await ask(api.GET('/api/v1/counters'));
      keep(counters);
      return counters;
    },
    refetchInterval: 1_000,
  });
  return {
    error,
    counters: data,
    times: samples.slice(1).map(({ at }) => at),
    rate: rateOf,
    latency: meanLatency(),
  };
}
