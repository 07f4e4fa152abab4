import { SegmentedControl, Select, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { api, ask, type Schemas } from '../api/client';
import { useSession } from '../api/session';
import { type By, timesOf, useTraffic, WINDOWS, type Window } from '../api/traffic';
import { Chart } from '../parts/chart';
import { count, roughly, share } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given } from '../parts/problem';

const NAMES: Partial<Record<By, string>> = {
  action: 'verdict',
  rule: 'rule',
  shadow: 'rule in shadow',
  scenario: 'scenario',
  operation: 'operation',
  class: 'class',
  direction: 'direction',
  origin: 'origin',
  relation: 'relation',
  operator: 'network',
  country: 'country',
  port: 'port',
};
const ACROSS: Partial<Record<By, string>> = {
  operator_action: 'verdict',
  operator_scenario: 'scenario',
  operator_operation: 'operation',
  operator_class: 'class',
};
const COLOURS = ['cyan', 'orange', 'grape', 'lime', 'pink', 'indigo'];

export function Traffic() {
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const window = (params.get('window') ?? '1 h') as Window;
  const set = (name: string, value: string | null) =>
    setParams((now) => {
      now.set(name, value ?? '');
      return now;
    });
  const known = window in WINDOWS ? window : '1 h';
  const by = params.get('by') as By;
  const across = params.get('across') as By;
  return (
    <Page
      title="Traffic"
      actions={
        <SegmentedControl
          aria-label="Time"
          size="xs"
          data={Object.keys(WINDOWS)}
          value={known}
          onChange={(value) => set('window', value)}
        />
      }
    >
      <Over window={known} by={by in NAMES ? by : 'action'} onBy={(value) => set('by', value)} />
      <div className="halves">
        <Matrix window={known} by={across in ACROSS ? across : 'operator_action'} onBy={(v) => set('across', v)} />
        {session.may('policies.read') && <Networks />}
      </div>
    </Page>
  );
}

interface ByGiven {
  window: Window;
  by: By;
  onBy: (by: string | null) => void;
}

function Over({ window, by, onBy }: ByGiven) {
  const query = useTraffic(by, window, COLOURS.length, true);
  return (
    <Panel
      title={`Messages by ${NAMES[by]}`}
      aside={<Pick label="Counted by" names={NAMES} value={by} onChange={onBy} />}
    >
      <Given query={query}>
        {(traffic) =>
          traffic.rows.length === 0 ? (
            <Empty>No message of this time was counted by it. Choose a longer time, or another property.</Empty>
          ) : (
            <>
              <Chart
                label={`Messages by ${NAMES[by]}, a ${traffic.step}`}
                series={traffic.rows.map(({ values }, at) => ({
                  name: nameOf(values[0]),
                  colour: COLOURS[at] ?? 'gray',
                }))}
                data={[timesOf(traffic), ...traffic.rows.map((row) => row.messages_per_step ?? [])]}
                unit={(value) => `${roughly(value)}/${traffic.step === 'hour' ? 'h' : 'min'}`}
                stacked
              />
              <Counted traffic={traffic} by={by} />
            </>
          )
        }
      </Given>
    </Panel>
  );
}

function Counted({ traffic: { rows, others }, by }: { traffic: Schemas['Traffic']; by: By }) {
  const all = rows.reduce((sum, { messages }) => sum + messages, others);
  return (
    <Table.ScrollContainer minWidth={360} mt="xs">
      <Table aria-label={`Messages by ${NAMES[by]}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th tt="capitalize">{NAMES[by]}</Table.Th>
            <Table.Th ta="right">Messages</Table.Th>
            <Table.Th ta="right">Share</Table.Th>
            <Table.Th ta="right">Blocked</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ values, messages, blocked }) => (
            <Table.Tr key={values.join()}>
              <Table.Th scope="row">{nameOf(values[0])}</Table.Th>
              <Table.Td ta="right">{count(messages)}</Table.Td>
              <Table.Td ta="right">{share(messages, all)}</Table.Td>
              <Table.Td ta="right">{share(blocked, messages)}</Table.Td>
            </Table.Tr>
          ))}
          {others > 0 && (
            <Table.Tr>
              <Table.Th scope="row">all others</Table.Th>
              <Table.Td ta="right">{count(others)}</Table.Td>
              <Table.Td ta="right">{share(others, all)}</Table.Td>
              <Table.Td />
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Networks down, what becomes of their messages across; the darker, the more. */
function Matrix({ window, by, onBy }: ByGiven) {
  const query = useTraffic(by, window, 1000);
  return (
    <Panel
      title={`Sending networks by ${ACROSS[by]}`}
      aside={<Pick label="Columns" names={ACROSS} value={by} onChange={onBy} />}
    >
      <Given query={query}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty>No message of this time was counted.</Empty>
          ) : (
            <Cells rows={rows} across={ACROSS[by] ?? ''} />
          )
        }
      </Given>
    </Panel>
  );
}

function Cells({ rows, across }: { rows: Schemas['TrafficRow'][]; across: string }) {
  const networks = [...new Set(rows.map(({ values }) => values[0] ?? ''))].slice(0, 30);
  const columns = [...new Set(rows.map(({ values }) => values[1] ?? ''))].slice(0, 8);
  const at = new Map(rows.map(({ values, messages }) => [values.join('\n'), messages]));
  const most = Math.max(...rows.map(({ messages }) => messages));
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table className="matrix" aria-label={`Sending networks by ${across}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Network</Table.Th>
            {columns.map((column) => (
              <Table.Th key={column} ta="right">
                {nameOf(column)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {networks.map((network) => (
            <Table.Tr key={network}>
              <Table.Th scope="row">{network || 'unknown'}</Table.Th>
              {columns.map((column) => {
                const messages = at.get(`${network}\n${column}`) ?? 0;
                return (
                  <Table.Td key={column} ta="right" style={{ '--heat': heat(messages, most) }}>
                    {messages > 0 ? count(messages) : ''}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** By orders of magnitude: a network with a hundredth of the most is still seen. */
const heat = (messages: number, most: number) =>
  messages === 0 ? '0%' : `${Math.round(6 + (24 * Math.log1p(messages)) / Math.log1p(most))}%`;

function Networks() {
  const query = useQuery({
    queryKey: ['networks'],
    queryFn: () => ask(api.GET('/api/v1/networks')),
    refetchInterval: 10_000,
  });
  return (
    <Panel
      title="Networks of the policy"
      aside={
        <Text size="xs" c="dimmed">
          messages of the last hour and day
        </Text>
      }
    >
      <Given query={query}>
        {({ networks }) =>
          networks.length === 0 ? (
            <Empty>
              The policy names no network. Say who you and your partners are in{' '}
              <span className="mono">network.toml</span>.
            </Empty>
          ) : (
            <Table.ScrollContainer minWidth={420}>
              <Table aria-label="Networks of the policy">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Network</Table.Th>
                    <Table.Th>Relation</Table.Th>
                    <Table.Th>May send</Table.Th>
                    <Table.Th ta="right">Hour</Table.Th>
                    <Table.Th ta="right">Day</Table.Th>
                    <Table.Th ta="right">Blocked</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {networks.map(({ name, country, relation, permits, hour, day }) => (
                    <Table.Tr key={name}>
                      <Table.Th scope="row">
                        {name} {country && `(${country})`}
                      </Table.Th>
                      <Table.Td>{relation}</Table.Td>
                      <Table.Td>{permits.join(', ')}</Table.Td>
                      <Table.Td ta="right">{count(hour.messages)}</Table.Td>
                      <Table.Td ta="right">{count(day.messages)}</Table.Td>
                      <Table.Td ta="right">{share(day.blocked, day.messages)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Given>
    </Panel>
  );
}

interface PickGiven {
  label: string;
  names: Partial<Record<By, string>>;
  value: By;
  onChange: (by: string | null) => void;
}

function Pick({ label, names, value, onChange }: PickGiven) {
  return (
    <Select
      aria-label={label}
      size="xs"
      w={150}
      allowDeselect={false}
      data={Object.entries(names).map(([value, name]) => ({ value, label: `by ${name}` }))}
      value={value}
      onChange={onChange}
    />
  );
}

const nameOf = (value = '') => value || 'none';
