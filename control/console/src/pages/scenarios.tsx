import { Anchor, Badge, Button, Drawer, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { api, ask, type Schemas } from '../api/client';
import { useSession } from '../api/session';
import { count } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given } from '../parts/problem';

const COLOURS: Record<string, string> = { enforce: 'teal', shadow: 'yellow', offline: 'gray', off: 'gray' };

export function Scenarios() {
  const [params, setParams] = useSearchParams();
  const [wanted, want] = useState('');
  const query = useQuery({
    queryKey: ['scenarios'],
    queryFn: () => ask(api.GET('/api/v1/scenarios')),
    refetchInterval: 10_000,
  });
  const open = (name?: string) => setParams(name ? { name } : {});
  return (
    <Page title="Scenarios">
      <Panel
        title="Attacks and abuses"
        aside={
          <TextInput
            aria-label="Find a scenario"
            placeholder="Find a scenario"
            size="xs"
            value={wanted}
            onChange={(event) => want(event.currentTarget.value)}
          />
        }
      >
        <Given query={query}>
          {({ scenarios }) => (
            <>
              <All scenarios={scenarios.filter((scenario) => fits(scenario, wanted))} onOpen={open} />
              <Drawer
                opened={params.has('name')}
                onClose={() => open()}
                position="right"
                size="lg"
                title={scenarios.find(({ name }) => name === params.get('name'))?.title ?? 'No such scenario'}
              >
                {scenarios
                  .filter(({ name }) => name === params.get('name'))
                  .map((scenario) => (
                    <One key={scenario.name} scenario={scenario} />
                  ))}
              </Drawer>
            </>
          )}
        </Given>
      </Panel>
    </Page>
  );
}

function fits({ name, title, summary }: Schemas['Scenario'], wanted: string) {
  return `${name} ${title} ${summary}`.toLowerCase().includes(wanted.trim().toLowerCase());
}

function All({ scenarios, onOpen }: { scenarios: Schemas['Scenario'][]; onOpen: (name: string) => void }) {
  if (scenarios.length === 0) return <Empty>No scenario is about that.</Empty>;
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label="Scenarios">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Scenario</Table.Th>
            <Table.Th>Mode</Table.Th>
            <Table.Th ta="right">Decided, hour</Table.Th>
            <Table.Th ta="right">day</Table.Th>
            <Table.Th ta="right">In shadow, hour</Table.Th>
            <Table.Th ta="right">day</Table.Th>
            <Table.Th>
              <span className="unseen">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scenarios.map(({ name, title, mode, hour, day }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">
                {title}{' '}
                <Text span size="xs" c="dimmed" className="mono">
                  {name}
                </Text>
              </Table.Th>
              <Table.Td>
                <Badge color={COLOURS[mode]} variant={mode === 'off' ? 'outline' : 'light'}>
                  {mode}
                </Badge>
              </Table.Td>
              <Table.Td ta="right">{count(hour.decided)}</Table.Td>
              <Table.Td ta="right">{count(day.decided)}</Table.Td>
              <Table.Td ta="right">{count(hour.shadow)}</Table.Td>
              <Table.Td ta="right">{count(day.shadow)}</Table.Td>
              <Table.Td ta="right">
                <Button variant="subtle" size="compact-xs" aria-label={`Look at ${name}`} onClick={() => onOpen(name)}>
                  Look
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function One({ scenario: { name, summary, evidence, mode, settings, rules } }: { scenario: Schemas['Scenario'] }) {
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Badge color={COLOURS[mode]}>{mode}</Badge>
        <Text size="xs" c="dimmed">
          Its mode and settings are changed in the policy, under <span className="mono">[scenario.{name}]</span>.
        </Text>
      </Group>
      <Text size="sm">{summary}</Text>
      <Text size="sm">
        <b>Evidence:</b> {evidence}.
      </Text>
      {settings.length > 0 && (
        <Table aria-label="Settings">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Setting</Table.Th>
              <Table.Th ta="right">Value</Table.Th>
              <Table.Th>What it means</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {settings.map((setting) => (
              <Table.Tr key={setting.name}>
                <Table.Th scope="row" className="mono">
                  {setting.name}
                </Table.Th>
                <Table.Td ta="right" className="mono break">
                  {setting.value}
                  {setting.value !== setting.default && (
                    <Text size="xs" c="dimmed">
                      instead of {setting.default}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{setting.help}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Rules ids={rules} />
    </Stack>
  );
}

function Rules({ ids }: { ids: string[] }) {
  const session = useSession();
  const query = useQuery({ queryKey: ['rules'], queryFn: () => ask(api.GET('/api/v1/rules')) });
  return (
    <Given query={query}>
      {({ rules }) => (
        <Table aria-label="Rules">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Rule</Table.Th>
              <Table.Th>Does</Table.Th>
              <Table.Th ta="right">Decided, day</Table.Th>
              <Table.Th ta="right">In shadow, day</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rules
              .filter(({ id }) => ids.includes(id))
              .map(({ id, action, comment, day }) => (
                <Table.Tr key={id}>
                  <Table.Th scope="row" title={comment}>
                    {session.may('events.read') ? (
                      <Anchor component={Link} href={`/messages?rule=${encodeURIComponent(id)}`} size="sm">
                        {id}
                      </Anchor>
                    ) : (
                      id
                    )}
                  </Table.Th>
                  <Table.Td>{action}</Table.Td>
                  <Table.Td ta="right">{count(day.decided)}</Table.Td>
                  <Table.Td ta="right">{count(day.shadow)}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      )}
    </Given>
  );
}
