import { Badge, Switch, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useHistory } from '../api/history';
import { useStatus } from '../api/queries';
import { useSession } from '../api/session';
import { count, duration, octets, roughly } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given, ProblemNote } from '../parts/problem';
import { healthOf, type Report, reportOf } from './health';

export function System() {
  const session = useSession();
  return (
    <Page title="System">
      <Given query={useStatus()}>{(status) => <Status status={status} />}</Given>
      {session.may('counters.read') && <Counters />}
    </Page>
  );
}

function Status({ status }: { status: Schemas['Status'] }) {
  const report = reportOf(status);
  const { journal, store } = status;
  return (
    <div className="halves">
      <Panel title="Parts">
        <Facts
          of={healthOf(status).map(({ part, isWell, says }) => [
            part,
            <>
              {!isWell && (
                <Badge color="red" variant="filled" mr={6}>
                  look
                </Badge>
              )}
              {says}
            </>,
          ])}
        />
      </Panel>
      <Panel title="Store and journal">
        <Facts
          of={[
            [
              'Messages',
              store.events === 0
                ? 'none yet'
                : `${count(store.events)}, numbers ${count(store.first ?? 0)} to ${count(store.last ?? 0)}`,
            ],
            ['On disk', octets(store.bytes)],
            ['Journal', `${count(journal.written ?? 0)} records written, ${count(journal.stored)} stored`],
            ['Behind', `${count(journal.lag)} records`],
            ['Lost', count(journal.lost)],
          ]}
        />
      </Panel>
      {report ? (
        <Cores report={report} />
      ) : (
        <Empty>The dataplane does not answer: nothing is known of ports and cores.</Empty>
      )}
      {report && <Cards report={report} />}
    </div>
  );
}

function Facts({ of }: { of: [string, React.ReactNode][] }) {
  return (
    <Table>
      <Table.Tbody>
        {of.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={120}>
              {name}
            </Table.Th>
            <Table.Td className="break">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Cores({ report }: { report: Report }) {
  return (
    <Panel
      title="Poll cores"
      aside={
        <Text size="xs" c="dimmed">
          {report.huge_pages ? 'on huge pages' : 'without huge pages'}
        </Text>
      }
    >
      <ul className="cores">
        {report.poll_cores.map((core, at) => (
          <li key={core}>
            <b>core {core}</b>
            <span>policy {report.policy_by_core[at] ?? '–'}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Cards({ report }: { report: Report }) {
  const yes = (is: boolean) => (is ? 'card' : 'software');
  return (
    <Panel title="Ports">
      <Table.ScrollContainer minWidth={420}>
        <Table aria-label="Ports">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Port</Table.Th>
              <Table.Th>Driver</Table.Th>
              <Table.Th>Queues</Table.Th>
              <Table.Th>SCTP hash</Table.Th>
              <Table.Th>CRC32c</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.cards.map((card) => (
              <Table.Tr key={card.port}>
                <Table.Td>{card.port}</Table.Td>
                <Table.Td>{card.driver}</Table.Td>
                <Table.Td>
                  {card.queues} of {card.queues_max}
                </Table.Td>
                <Table.Td>{yes(card.hashes_sctp)}</Table.Td>
                <Table.Td>{yes(card.checks_sctp_checksums)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function Counters() {
  const { counters, error, rate } = useHistory();
  const [wanted, setWanted] = useState('');
  const [isAll, setAll] = useState(false);
  const fits = ({ name, help, total }: Schemas['Counter']) =>
    (isAll || wanted !== '' || total > 0) && `${name} ${help}`.toLowerCase().includes(wanted.toLowerCase());
  const shown = counters?.counters.filter(fits) ?? [];
  return (
    <div className="halves one">
      <Panel
        title="Counters"
        aside={
          counters && (
            <Text size="xs" c="dimmed">
              latency: half below {duration(counters.latency.p50_ns)}, 99 % below {duration(counters.latency.p99_ns)},
              at most {duration(counters.latency.max_ns)}
            </Text>
          )
        }
      >
        <ProblemNote error={error} />
        <div className="search">
          <TextInput
            label="Name or meaning"
            placeholder={`Find among ${counters?.counters.length ?? 0} counters`}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
          <Switch
            size="xs"
            label="Also those at zero"
            checked={isAll}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />
        </div>
        <Table.ScrollContainer minWidth={620}>
          <Table aria-label="Counters">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Counter</Table.Th>
                <Table.Th ta="right">Total</Table.Th>
                <Table.Th ta="right">A second</Table.Th>
                <Table.Th>What it counts</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map(({ name, help, total }) => (
                <Table.Tr key={name}>
                  <Table.Td className="mono">{name}</Table.Td>
                  <Table.Td className="mono" ta="right">
                    {count(total)}
                  </Table.Td>
                  <Table.Td className="mono" ta="right">
                    {roughly(rate(name).at(-1) ?? 0)}
                  </Table.Td>
                  <Table.Td>{help}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {counters && shown.length === 0 && <Empty>No counter fits.</Empty>}
      </Panel>
    </div>
  );
}
