import { Alert, Button, Table, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { count, timeText } from '../parts/format';
import { Page } from '../parts/page';
import { Empty, ProblemNote } from '../parts/problem';

export function Audit() {
  const [wanted, setWanted] = useState('');
  const checking = useMutation({ mutationFn: () => ask(api.GET('/api/v1/audit/check')) });
  const query = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => ask(api.GET('/api/v1/audit', { params: { query: { after: pageParam, limit: 200 } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const shown = rows.filter((row) =>
    [row.who, row.what, row.subject, row.outcome].join(' ').toLowerCase().includes(wanted.toLowerCase()),
  );
  return (
    <Page
      title="Audit"
      actions={
        <>
          <Button variant="default" loading={checking.isPending} onClick={() => checking.mutate()}>
            Check the chain
          </Button>
          <Button component="a" href="/api/v1/audit/export" download="sluice-audit.jsonl" variant="default">
            Export
          </Button>
        </>
      }
    >
      <ProblemNote error={checking.error ?? query.error} />
      {checking.data && (
        <Alert color={checking.data.broken ? 'red' : 'teal'} role="status" mb="xs" className="break">
          {checking.data.broken
            ? `The chain is broken at row ${checking.data.broken.id}: ${checking.data.broken.why}`
            : `The chain of ${count(checking.data.rows)} rows is whole. Keep its head elsewhere: ${checking.data.head}`}
        </Alert>
      )}
      <TextInput
        label="Who, what or of what"
        placeholder={`Find among the last ${count(rows.length)} rows`}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
        maw={340}
        mb="xs"
      />
      <Table.ScrollContainer minWidth={720}>
        <Table aria-label="Audit log, newest first">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Row</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>Of what</Table.Th>
              <Table.Th>Outcome</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ id, at, who, what, subject, outcome }) => (
              <Table.Tr key={id}>
                <Table.Td>{id}</Table.Td>
                <Table.Td className="mono nowrap">{timeText(at)}</Table.Td>
                <Table.Td className="nowrap">{who}</Table.Td>
                <Table.Td className="nowrap">{what}</Table.Td>
                <Table.Td className="mono break">{subject}</Table.Td>
                <Table.Td className="break">
                  {/refused|denied|wrong|failed/.test(outcome) ? (
                    <Text size="sm" c="red">
                      {outcome}
                    </Text>
                  ) : (
                    outcome
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {query.isSuccess && shown.length === 0 && <Empty>No row fits; there may be earlier ones.</Empty>}
      {query.hasNextPage && (
        <Button variant="default" onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          Earlier
        </Button>
      )}
    </Page>
  );
}
