import { Badge, Button, Modal, Table } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '../../api/client';
import { timeText } from '../../parts/format';
import { Empty, Given, ProblemNote } from '../../parts/problem';
import { Diff } from './diff';

export function History() {
  const [compared, compare] = useState<[number, number]>();
  const query = useInfiniteQuery({
    queryKey: ['policies', 'history'],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/api/v1/policies', { params: { query: { after: pageParam, limit: 50 } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const inForce = query.data?.pages[0]?.in_force;
  const all = query.data?.pages.flatMap(({ policies }) => policies) ?? [];
  return (
    <>
      <ProblemNote error={query.error} />
      {query.isSuccess && all.length === 0 && <Empty>No policy was pushed yet.</Empty>}
      {all.length > 0 && (
        <Table.ScrollContainer minWidth={640}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Version</Table.Th>
                <Table.Th>When</Table.Th>
                <Table.Th>Who</Table.Th>
                <Table.Th>Why</Table.Th>
                <Table.Th>Rules</Table.Th>
                <Table.Th>
                  <span className="unseen">Actions</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {all.map(({ version, at, who, comment, state, summary }) => (
                <Table.Tr key={version}>
                  <Table.Td className="nowrap">
                    {version} {version === inForce && <Badge color="teal">in force</Badge>}
                    {state === 'refused' && <Badge color="red">refused</Badge>}
                  </Table.Td>
                  <Table.Td className="mono nowrap">{timeText(at)}</Table.Td>
                  <Table.Td>{who}</Table.Td>
                  <Table.Td className="break">{comment}</Table.Td>
                  <Table.Td className="nowrap">
                    {summary.enforced} enforced, {summary.shadow} in shadow
                  </Table.Td>
                  <Table.Td>
                    {inForce != null && version !== inForce && (
                      <Button variant="default" size="compact-xs" onClick={() => compare([version, inForce])}>
                        Compare with {inForce}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Button variant="default" onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          Earlier
        </Button>
      )}
      {compared && <Comparison pair={compared} onClose={() => compare(undefined)} />}
    </>
  );
}

function Comparison({ pair: [a, b], onClose }: { pair: [number, number]; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['diff', a, b],
    queryFn: () => ask(api.GET('/api/v1/policies/{a}/diff/{b}', { params: { path: { a, b } } })),
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={`From version ${a} to version ${b}`}>
      <Given query={query}>{(diff) => <Diff diff={diff} />}</Given>
    </Modal>
  );
}
