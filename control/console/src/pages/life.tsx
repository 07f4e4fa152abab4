import { Badge, Button, Group, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'wouter';
import { api, ask } from '../api/client';
import { asEvents, type Event, type JudgedAs } from '../api/record';
import { useSession } from '../api/session';
import { clockText, duration, timeText } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given } from '../parts/problem';
import { Verdict } from '../parts/verdict';
import { inWords, lifeOf } from './sequence';
import { SequenceDrawing } from './sequence-drawing';

// The life of a short message lasts seconds: its events lie close together.
const AROUND = 500;

export function Life() {
  const id = Number(useParams().id);
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const isClear = session.may('events.read_clear') && params.has('clear');
  const query = useQuery({
    queryKey: ['events', 'life', id, isClear],
    queryFn: () => fetchLife(id, isClear),
    staleTime: 10_000,
    retry: false,
  });
  return (
    <Page
      title={`Message ${id}`}
      actions={
        <>
          {session.may('events.read_clear') && !isClear && (
            <Button variant="default" onClick={() => setParams({ clear: '' }, { replace: true })}>
              Show in clear (audited)
            </Button>
          )}
          <Button component={Link} href="/messages" variant="default">
            All messages
          </Button>
        </>
      }
    >
      <Given query={query}>
        {(events) => <Whole opened={events.find((event) => event.id === id) as Event} events={events} />}
      </Given>
    </Page>
  );
}

async function fetchLife(id: number, isClear: boolean) {
  const clear = isClear || undefined;
  const [opened, around] = await Promise.all([
    ask(api.GET('/api/v1/events/{id}', { params: { path: { id }, query: { clear } } })),
    ask(
      api.GET('/api/v1/events', {
        params: { query: { after: Math.max(0, id - AROUND), limit: 2 * AROUND, order: 'oldest', clear } },
      }),
    ),
  ]);
  const [event] = asEvents([opened]) as [Event];
  return lifeOf(event, [event, ...asEvents(around.events).filter((each) => each.id !== id)]);
}

function Whole({ opened, events }: { opened: Event; events: Event[] }) {
  const [chosenId, choose] = useState(opened.id);
  const chosen = events.find(({ id }) => id === chosenId) ?? opened;
  return (
    <>
      <Panel
        title="Sequence"
        aside={
          <Text size="xs" c="dimmed">
            {events.length} messages; choose one to see it below
          </Text>
        }
      >
        <SequenceDrawing events={events} chosen={chosen.id} onChoose={choose} />
      </Panel>
      <div className="halves">
        <Panel title="Verdict">
          <Judgement event={chosen} />
        </Panel>
        <Panel title="Record">
          <Fields key={chosen.id} record={chosen.record} />
        </Panel>
      </div>
    </>
  );
}

function Judgement({ event }: { event: Event }) {
  const { record } = event;
  const verdict = record.verdict;
  if (!verdict) return <Empty>This event has no verdict.</Empty>;
  return (
    <>
      <Group gap={6} mb={6}>
        <Verdict action={verdict.action} onlyApplied={verdict.applied} />
        <Text size="sm" fw={500}>
          {inWords(event)}
        </Text>
      </Group>
      <Text size="sm">{why(verdict)}</Text>
      {verdict.evidence && <Evidence of={verdict.evidence} />}
      {verdict.shadow && (
        <Text size="sm" mt={6}>
          Rules in shadow that would have decided otherwise: <span className="mono">{verdict.shadow.join(', ')}</span>
        </Text>
      )}
      {verdict.tags && (
        <Group gap={4} mt={6}>
          {verdict.tags.map((tag) => (
            <Badge key={tag} color="gray">
              {tag}
            </Badge>
          ))}
        </Group>
      )}
      {record.sms?.text && (
        <Text size="sm" mt={6} className="break">
          Text: “{record.sms.text}”
        </Text>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        {timeText(record.time).slice(0, 10)} {clockText(record.time)}, policy {verdict.policy ?? '–'}
        {record.latency_ns !== undefined && `, judged in ${duration(record.latency_ns)}`}
      </Text>
    </>
  );
}

function why({ action, applied, rule, scenario, level, reason }: JudgedAs) {
  const done =
    applied && applied !== action
      ? ` ${applied === 'pass' ? 'The port cannot change traffic: the message went on as it came.' : `The port did ${applied} instead.`}`
      : '';
  if (!rule) return `No rule decided: ${reason === 'default' ? "the policy's default" : (reason ?? 'unknown')}.${done}`;
  const from = scenario ? ` of the scenario ${scenario}` : '';
  return `The rule ${rule}${from}${level ? `, level ${level},` : ''} decided ${action}.${done}`;
}

function Evidence({ of }: { of: { [field: string]: unknown } }) {
  return (
    <>
      <Text size="sm" mt={6}>
        because of
      </Text>
      <Table mt={2} aria-label="Evidence">
        <Table.Tbody>
          {Object.entries(of).map(([field, value]) => (
            <Table.Tr key={field}>
              <Table.Th scope="row" className="mono break" fw={400}>
                {field}
              </Table.Th>
              <Table.Td className="mono break">{String(value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

function Fields({ record }: { record: object }) {
  const [wanted, setWanted] = useState('');
  const all = flatten(record);
  const shown = all.filter(([field, value]) => `${field} ${value}`.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <>
      <TextInput
        aria-label="Find a field"
        placeholder={`Find among ${all.length} fields`}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
        mb={6}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
      <div className="fields" tabIndex={0} role="region" aria-label="Fields of the record">
        <Table>
          <Table.Tbody>
            {shown.map(([field, value]) => (
              <Table.Tr key={field}>
                <Table.Th scope="row" className="mono break" fw={400}>
                  {field}
                </Table.Th>
                <Table.Td className="mono break">{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {shown.length === 0 && <Empty>No field of this record fits.</Empty>}
      </div>
    </>
  );
}

/** The evidence is left out: it stands beside the verdict. */
function flatten(of: object, above = ''): [string, string][] {
  return Object.entries(of).flatMap(([name, value]): [string, string][] => {
    const field = above + name;
    if (field === 'verdict.evidence') return [];
    if (Array.isArray(value)) return [[field, value.join(', ')]];
    if (value !== null && typeof value === 'object') return flatten(value, `${field}.`);
    return [[field, String(value)]];
  });
}
