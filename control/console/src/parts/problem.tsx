import { Alert, Center, List, Loader, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { refusal, type Schemas } from '../api/client';

/** Why something was refused or failed, in the daemon's own words. */
export function ProblemNote({ error }: { error: unknown }) {
  if (!error) return null;
  const problem = refusal(error);
  return (
    <Alert color="red" title={problem.title} role="alert" my="xs">
      {problem.detail && <Text size="sm">{problem.detail}</Text>}
      {problem.diagnostics && <Diagnostics of={problem.diagnostics} />}
    </Alert>
  );
}

export function Diagnostics({ of }: { of: Schemas['Diagnostic'][] }) {
  return (
    <List size="sm" mt={4} spacing={2}>
      {of.map((each) => (
        <List.Item key={`${each.file}:${each.line}:${each.column}:${each.message}`}>
          <Text span ff="monospace" size="xs">
            {each.file}:{each.line}
          </Text>{' '}
          {each.message}
          {each.expected && `, expected ${each.expected}`}
          {each.help && `; ${each.help}`}
        </List.Item>
      ))}
    </List>
  );
}

/** What a query gave; while it has given nothing, that it waits or why it failed. Old data stays in sight beside an error. */
export function Given<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  return (
    <>
      <ProblemNote error={query.error} />
      {query.data !== undefined && children(query.data)}
      {query.isPending && query.fetchStatus !== 'idle' && (
        <Center p="lg" role="status">
          <Loader size="sm" aria-label="Loading" />
        </Center>
      )}
    </>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" size="sm" py="md" ta="center" data-empty>
      {children}
    </Text>
  );
}
