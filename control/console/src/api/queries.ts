import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from './client';

export const useStatus = (enabled = true) =>
  useQuery({
    queryKey: ['status'],
    queryFn: () => ask(api.GET('/api/v1/status')),
    refetchInterval: 2_000,
    enabled,
  });

export const useConditions = (enabled = true) =>
  useQuery({
    queryKey: ['conditions'],
    queryFn: () => ask(api.GET('/api/v1/machine/conditions')),
    refetchInterval: 5_000,
    enabled,
  });

export const useCurrentPolicy = (enabled = true) =>
  useQuery({
    queryKey: ['policies', 'current'],
    queryFn: () => ask(api.GET('/api/v1/policies/current')),
    refetchInterval: 10_000,
    enabled,
  });

/** After a change: what was read is asked for again, also where it is being read now and may have been before the change. */
export function useAskAgain() {
  const queries = useQueryClient();
  return async (...keys: string[][]) => {
    for (const queryKey of keys) {
      // A first reading that is on its way would be kept otherwise.
      await queries.cancelQueries({ queryKey });
      await queries.invalidateQueries({ queryKey });
    }
  };
}
