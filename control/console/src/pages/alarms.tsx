import { Badge, Button, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api, ask } from '../api/client';
import { useConditions } from '../api/queries';
import { timeText } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given, ProblemNote } from '../parts/problem';

export function Alarms() {
  return (
    <Page title="Alarms">
      <Panel title="Wrong now">
        <Now />
      </Panel>
      <div className="halves">
        <Panel title="What began and ceased">
          <History />
        </Panel>
      </div>
    </Page>
  );
}

function Now() {
  return (
    <Given query={useConditions()}>
      {({ raised }) =>
        raised.length === 0 ? (
          <Empty>
            Nothing is wrong. Limits on counters of your own are set with <span className="mono">alarm</span> in{' '}
            <span className="mono">[control]</span> of sluice.toml.
          </Empty>
        ) : (
          <Table.ScrollContainer minWidth={480}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Kind</Table.Th>
                  <Table.Th>Of what</Table.Th>
                  <Table.Th>What is wrong</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {raised.map(({ kind, subject, what }) => (
                  <Table.Tr key={`${kind} ${subject}`}>
                    <Table.Td>
                      <Badge color="red" variant="filled">
                        {kind}
                      </Badge>
                    </Table.Td>
                    <Table.Td>{subject}</Table.Td>
                    <Table.Td>{what}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )
      }
    </Given>
  );
}

function History() {
  const query = useInfiniteQuery({
    queryKey: ['machine-events'],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/api/v1/machine/events', { params: { query: { after: pageParam, limit: 100 } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: 10_000,
  });
  const events = query.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <ProblemNote error={query.error} />
      {query.isSuccess && events.length === 0 && <Empty>Nothing was wrong since this appliance was set up.</Empty>}
      {events.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Change</Table.Th>
                <Table.Th>Of what</Table.Th>
                <Table.Th>What</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {events.map(({ id, at, change, kind, subject, what }) => (
                <Table.Tr key={id}>
                  <Table.Td className="mono nowrap">{timeText(at)}</Table.Td>
                  <Table.Td>
                    <Badge color={change === 'raised' ? 'red' : 'teal'}>{change}</Badge>
                  </Table.Td>
                  <Table.Td>
                    {kind}: {subject}
                  </Table.Td>
                  <Table.Td>{what}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Button variant="default" mt="xs" onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          Earlier
        </Button>
      )}
    </>
  );
}
