import { Anchor, Badge, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { useHistory } from '../api/history';
import { useConditions, useStatus } from '../api/queries';
import { useSession } from '../api/session';
import { type By, useTraffic } from '../api/traffic';
import { Bars } from '../parts/bars';
import { Chart } from '../parts/chart';
import { count, duration, roughly, share } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given, ProblemNote } from '../parts/problem';
import { ACTIONS, colourOf } from '../parts/verdict';
import { healthOf } from './health';

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
      {session.may('counters.read') && <Recent />}
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
  const query = useTraffic('operation', '1 h', 8);
  return (
    <Given query={query}>
      {({ rows }) =>
        rows.length === 0 ? (
          <Panel title="Messages">
            <Empty>
              No message was recorded yet. Connect a port, push a policy whose <span className="mono">default_log</span>{' '}
              is not <span className="mono">none</span>, and look here again.
            </Empty>
          </Panel>
        ) : (
          <div className="halves thirds">
            <Share title="Operations" by="operation" />
            <Share title="Classes" by="class" />
            <Share title="Rules that decided" by="rule" link={(rule) => `/messages?rule=${encodeURIComponent(rule)}`} />
            <Share title="Rules in shadow" by="shadow" />
            <Share title="Networks of the calling party" by="operator" />
          </div>
        )
      }
    </Given>
  );
}

interface ShareGiven {
  title: string;
  by: By;
  link?: (name: string) => string;
}

function Share({ title, by, link }: ShareGiven) {
  const query = useTraffic(by, '1 h', 8);
  return (
    <Panel
      title={title}
      aside={
        <Anchor component={Link} href={`/traffic?by=${by}`} size="xs">
          of the last hour
        </Anchor>
      }
    >
      <Given query={query}>
        {({ rows }) => {
          const named = rows.filter(({ values }) => values[0]).map(({ values, messages }) => [values[0], messages]);
          return named.length === 0 ? (
            <Empty>None of them.</Empty>
          ) : (
            <Bars rows={named as [string, number][]} link={link} />
          );
        }}
      </Given>
    </Panel>
  );
}
