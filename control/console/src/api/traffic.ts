import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { momentOf } from '../parts/format';
import { api, ask, type Schemas } from './client';
import type { operations } from './schema';

export type By = operations['traffic']['parameters']['query']['by'];

const MINUTE = 60;
const HOUR = 3_600;
export const WINDOWS = { '1 h': HOUR, '6 h': 6 * HOUR, '24 h': 24 * HOUR, '7 days': 168 * HOUR } as const;
export type Window = keyof typeof WINDOWS;

/** What has passed in this time until now; with steps, as many as a chart has room for. */
export function useTraffic(by: By, window: Window, limit: number, stepped = false) {
  return useQuery({
    queryKey: ['traffic', by, window, limit, stepped],
    queryFn: () => {
      const since = momentOf(new Date(Date.now() - WINDOWS[window] * 1000));
      const step = WINDOWS[window] > 6 * HOUR ? 'hour' : 'minute';
      const query = { by, since, limit, step: stepped ? step : undefined } as const;
      return ask(api.GET('/api/v1/traffic', { params: { query } }));
    },
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  });
}

/** The begin of each step, in seconds since 1970. */
export function timesOf({ since, step, rows }: Schemas['Traffic']) {
  const width = step === 'hour' ? HOUR : MINUTE;
  return (rows[0]?.messages_per_step ?? []).map((_, at) => Number(since) + at * width);
}
