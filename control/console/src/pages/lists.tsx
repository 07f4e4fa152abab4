import { Alert, Badge, Button, NavLink, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'wouter';
import { api, ask, type Schemas } from '../api/client';
import { useAskAgain } from '../api/queries';
import { useSession } from '../api/session';
import { Confirm } from '../parts/confirm';
import { count, momentOf, timeText } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { Empty, Given, ProblemNote } from '../parts/problem';

export function Lists() {
  const query = useQuery({ queryKey: ['lists'], queryFn: () => ask(api.GET('/api/v1/lists')) });
  return (
    <Page title="Lists">
      <Given query={query}>
        {({ lists }) =>
          lists.length === 0 ? (
            <Empty>The policy in force has no list. Lists are named in its files, with [list.NAME].</Empty>
          ) : (
            <Chosen lists={lists} />
          )
        }
      </Given>
    </Page>
  );
}

function Chosen({ lists }: { lists: Schemas['ListInfo'][] }) {
  const [params, setParams] = useSearchParams();
  const [wanted, setWanted] = useState('');
  const list = lists.find(({ name }) => name === params.get('list')) ?? lists[0];
  const shown = lists.filter(({ name }) => name.includes(wanted.toLowerCase()));
  return (
    <div className="workbench">
      <div>
        <TextInput
          aria-label="Find a list"
          placeholder={`Find among ${lists.length} lists`}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          mb={4}
        />
        <nav aria-label="Lists">
          {shown.map(({ name, entries }) => (
            <NavLink
              key={name}
              component="button"
              type="button"
              label={name}
              active={name === list?.name}
              aria-current={name === list?.name || undefined}
              onClick={() => setParams({ list: name })}
              py={4}
              rightSection={<Text size="xs">{count(entries)}</Text>}
            />
          ))}
        </nav>
      </div>
      {list && <Entries key={list.name} list={list} />}
    </div>
  );
}

const PAGE = 100;

function Entries({ list }: { list: Schemas['ListInfo'] }) {
  const session = useSession();
  const mayChange = session.may('lists.change') && list.changeable;
  const [prefix, setPrefix] = useState('');
  const [asked] = useDebouncedValue(prefix, 200);
  const [limit, setLimit] = useState(PAGE);
  const [removing, remove] = useState<string>();
  const query = useQuery({
    queryKey: ['lists', list.name, asked, limit],
    queryFn: () =>
      ask(
        api.GET('/api/v1/lists/{list}/entries', {
          params: { path: { list: list.name }, query: { prefix: asked || undefined, limit } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel
      title={list.name}
      aside={
        <Text size="xs" c="dimmed">
          {list.kind}, {count(list.entries)} {list.entries === 1 ? 'entry' : 'entries'}
          {!list.changeable && '; changed with the policy only'}
        </Text>
      }
    >
      {mayChange && <AddForm list={list.name} />}
      <TextInput
        label="Entries that begin with"
        value={prefix}
        onChange={(event) => setPrefix(event.currentTarget.value)}
        maw={260}
        mb="xs"
      />
      <Given query={query}>
        {({ entries, more }) => (
          <>
            {entries.length === 0 && (
              <Empty>
                {asked ? 'No entry begins so.' : 'The list is empty.'}
                {mayChange && !asked && ' What you add is in force at once.'}
              </Empty>
            )}
            {entries.length > 0 && (
              <Table.ScrollContainer minWidth={420}>
                <Table aria-label={`Entries of ${list.name}`}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Entry</Table.Th>
                      <Table.Th>Until</Table.Th>
                      <Table.Th>Added since the push</Table.Th>
                      <Table.Th>
                        <span className="unseen">Actions</span>
                      </Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {entries.map(({ entry, until, pending }) => (
                      <Table.Tr key={entry}>
                        <Table.Td className="mono break">{entry}</Table.Td>
                        <Table.Td className="nowrap">{until ? timeText(until) : 'always'}</Table.Td>
                        <Table.Td>{pending && <Pending of={pending} />}</Table.Td>
                        <Table.Td ta="right">
                          {mayChange && pending?.change !== 'removed' && (
                            <Button
                              variant="subtle"
                              color="red"
                              size="compact-xs"
                              aria-label={`Remove ${entry}`}
                              onClick={() => remove(entry)}
                            >
                              Remove
                            </Button>
                          )}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )}
            {more && limit < 1000 && (
              <Button variant="default" onClick={() => setLimit(Math.min(1000, limit * 2))}>
                More
              </Button>
            )}
            {more && limit >= 1000 && <Empty>There are more: say what they begin with.</Empty>}
          </>
        )}
      </Given>
      {removing !== undefined && (
        <Confirm
          title={`Remove ${removing} from ${list.name}`}
          does="Remove"
          changes="lists"
          act={() =>
            ask(
              api.DELETE('/api/v1/lists/{list}/entries/{entry}', {
                params: { path: { list: list.name, entry: removing } },
              }),
            )
          }
          onClose={() => remove(undefined)}
        >
          <Text size="sm">Messages are judged without it from the next one on.</Text>
        </Confirm>
      )}
    </Panel>
  );
}

function Pending({ of: { change, who, at, note } }: { of: Schemas['PendingEntry'] }) {
  return (
    <>
      <Badge color={change === 'put' ? 'teal' : 'red'}>{change === 'put' ? 'added' : 'removed'}</Badge> {who},{' '}
      {timeText(at)}
      {note && `: ${note}`}
    </>
  );
}

function AddForm({ list }: { list: string }) {
  const askAgain = useAskAgain();
  const [entry, setEntry] = useState('');
  const [note, setNote] = useState('');
  const [until, setUntil] = useState('');
  const adding = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/api/v1/lists/{list}/entries/{entry}', {
          params: { path: { list, entry } },
          body: { note, until: until ? momentOf(new Date(until)) : undefined },
        }),
      ),
    onSuccess: () => {
      setEntry('');
      setNote('');
      return askAgain(['lists']);
    },
  });
  function add(event: FormEvent) {
    event.preventDefault();
    adding.mutate();
  }
  return (
    <>
      <form onSubmit={add} className="search" aria-label="Add an entry">
        <TextInput label="New entry" required value={entry} onChange={(event) => setEntry(event.currentTarget.value)} />
        <TextInput label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <TextInput
          label="Until (for ever if empty)"
          type="datetime-local"
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Button type="submit" loading={adding.isPending}>
          Add
        </Button>
      </form>
      <ProblemNote error={adding.error} />
      {adding.isSuccess && (
        <Alert color="teal" mb="xs" role="status" p="xs">
          It is in force.
        </Alert>
      )}
    </>
  );
}
