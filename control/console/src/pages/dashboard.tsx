import { Anchor, Badge, Table, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { api, ask, type Schemas } from '../api/client';
import { useHistory } from '../api/history';
import { useConditions, useStatus } from '../api/queries';
import { asEvents, type Event, operationOf } from '../api/record';
import { useSession } from '../api/session';
import { Bars } from '../parts/bars';
import { Chart } from '../parts/chart';
import { count, duration, roughly, share } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given, ProblemNote } from '../parts/problem';
import { ACTIONS, colourOf } from '../parts/verdict';
import { healthOf } from './health';

const SAMPLE = 1_000;

export function Dashboard() {
  const session = useSession();
  return (
    <Page title="Dashboard">
      {session.may('counters.read') && <Live />}
      <div className="halves">
        <Panel title="Health">
          <Health />
        </Panel>
        <Panel
          title="Alarms now"
          aside={
            <Anchor component={Link} href="/alarms" size="sm">
              All alarms
            </Anchor>
          }
        >
          <AlarmsNow />
        </Panel>
      </div>
      {session.may('events.read') && <Recent />}
    </Page>
  );
}

const perSecond = (value: number) => `${roughly(value)}/s`;

function Live() {
  const { error, counters, times, rate, latency } = useHistory();
  const verdicts = ACTIONS.filter((action) => action === 'pass' || rate(`verdict.${action}`).some((each) => each > 0));
  const now = (name: string) => rate(name).at(-1) ?? 0;
  const judged = ACTIONS.reduce((sum, action) => sum + now(`verdict.${action}`), 0);
  const total = (name: string) => counters?.counters.find((each) => each.name === name)?.total ?? 0;
  const passed = total('verdict.pass');
  const all = ACTIONS.reduce((sum, action) => sum + total(`verdict.${action}`), 0);
  return (
    <>
      <ProblemNote error={error} />
      <div className="tiles">
        <Tile name="Messages" value={perSecond(judged)} below={`${count(all)} since the start`} />
        <Tile
          name="Refused"
          value={perSecond(judged - now('verdict.pass'))}
          below={`${share(all - passed, all)} since the start`}
        />
        <Tile
          name="Frames received"
          value={perSecond(now('rx.frames'))}
          below={`${count(total('rx.frames'))} since the start`}
        />
        <Tile
          name="Latency, 99 %"
          value={counters ? duration(counters.latency.p99_ns) : '–'}
          below={counters ? `half below ${duration(counters.latency.p50_ns)}` : ''}
        />
        <Tile name="Rules in shadow" value={perSecond(now('rules.shadow_matches'))} below="would have decided" />
      </div>
      <div className="halves">
        <Panel title="Messages by verdict">
          <Chart
            label="Messages a second by verdict"
            series={verdicts.map((name) => ({ name, colour: colourOf(name) }))}
            data={[times, ...verdicts.map((action) => rate(`verdict.${action}`))]}
            unit={perSecond}
            stacked
          />
        </Panel>
        <Panel title="Latency from arrival to verdict">
          <Chart
            label="Mean latency of a message"
            series={[{ name: 'mean', colour: 'cyan' }]}
            data={[times, latency]}
            unit={duration}
          />
        </Panel>
      </div>
    </>
  );
}

function Tile({ name, value, below }: { name: string; value: string; below: ReactNode }) {
  return (
    <div className="panel tile">
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <div className="figure">{value}</div>
      <Text size="xs" c="dimmed">
        {below}
      </Text>
    </div>
  );
}

function Health() {
  return (
    <Given query={useStatus()}>
      {(status: Schemas['Status']) => (
        <Table>
          <Table.Tbody>
            {healthOf(status).map(({ part, isWell, says }) => (
              <Table.Tr key={part}>
                <Table.Th scope="row" w={110}>
                  {part}
                </Table.Th>
                <Table.Td className="break">{says}</Table.Td>
                <Table.Td w={80} ta="right">
                  <Badge color={isWell ? 'teal' : 'red'} variant={isWell ? 'light' : 'filled'}>
                    {isWell ? 'well' : 'look'}
                  </Badge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Given>
  );
}

function AlarmsNow() {
  return (
    <Given query={useConditions()}>
      {({ raised }) =>
        raised.length === 0 ? (
          <Empty>Nothing is wrong with the machine, and no counter is over its limit.</Empty>
        ) : (
          <Table>
            <Table.Tbody>
              {raised.map(({ kind, subject, what }) => (
                <Table.Tr key={`${kind} ${subject}`}>
                  <Table.Th scope="row">
                    {kind}: {subject}
                  </Table.Th>
                  <Table.Td>{what}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )
      }
    </Given>
  );
}

function Recent() {
  const query = useQuery({
    queryKey: ['events', 'recent'],
    queryFn: async () =>
      asEvents(
        (await ask(api.GET('/api/v1/events', { params: { query: { order: 'newest', limit: SAMPLE } } }))).events,
      ),
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  });
  return (
    <Given query={query}>
      {(events) =>
        events.length === 0 ? (
          <Panel title="Messages">
            <Empty>
              No message was recorded yet. Connect a port, push a policy whose <span className="mono">default_log</span>{' '}
              is not <span className="mono">none</span>, and look here again.
            </Empty>
          </Panel>
        ) : (
          <div className="halves thirds">
            <Share events={events} title="Operations" of={({ record }) => operationOf(record)} />
            <Share events={events} title="Classes" of={({ record }) => record.labels?.class} />
            <Share
              events={events}
              title="Rules that decided"
              of={({ record }) => record.verdict?.rule}
              link={(rule) => `/messages?rule=${encodeURIComponent(rule)}`}
            />
            <Share events={events} title="Rules in shadow" of={({ record }) => record.verdict?.shadow} />
            <Share
              events={events}
              title="Networks of the calling party"
              of={({ record }) => record.origin?.operator ?? record.origin?.relation}
            />
          </div>
        )
      }
    </Given>
  );
}

interface ShareGiven {
  events: Event[];
  title: string;
  of: (event: Event) => string | string[] | undefined;
  link?: (name: string) => string;
}

function Share({ events, title, of, link }: ShareGiven) {
  const tally = new Map<string, number>();
  for (const event of events) for (const name of [of(event) ?? []].flat()) tally.set(name, (tally.get(name) ?? 0) + 1);
  const rows = [...tally].sort((a, b) => b[1] - a[1]).slice(0, 8);
  return (
    <Panel
      title={title}
      aside={
        <Text size="xs" c="dimmed">
          of the last {count(events.length)} messages
        </Text>
      }
    >
      {rows.length === 0 ? <Empty>None of them.</Empty> : <Bars rows={rows} link={link} />}
    </Panel>
  );
}
