import { ActionIcon, Button, Group, Select, Switch, Text, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { type Rows, type Search, search } from '../api/pages';
import { asEvents, type Event } from '../api/record';
import { useSession } from '../api/session';
import { count, momentOf } from '../parts/format';
import { Page } from '../parts/page';
import { Empty, ProblemNote } from '../parts/problem';
import { ACTIONS } from '../parts/verdict';
import { MessageTable } from './message-table';

const FIELDS = ['number', 'rule', 'action', 'text', 'since', 'until'] as const;

export function Messages() {
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const wanted = useMemo(
    () => Object.fromEntries(FIELDS.map((name) => [name, params.get(name) ?? undefined])) as Search,
    [params],
  );
  const [isLive, setLive] = useState(false);
  const [isClear, setClear] = useState(false);
  return (
    <Page
      title="Messages"
      actions={
        <>
          {session.may('events.read_clear') && (
            <Switch
              size="xs"
              label="Show in clear (audited)"
              checked={isClear}
              onChange={(event) => setClear(event.currentTarget.checked)}
            />
          )}
          <Switch size="xs" label="Live" checked={isLive} onChange={(event) => setLive(event.currentTarget.checked)} />
          <Button
            component="a"
            href={`/api/v1/events/export/csv?${asQuery(wanted, isClear)}`}
            download="messages.csv"
            variant="default"
          >
            Export
          </Button>
        </>
      }
    >
      <SearchForm
        key={params.toString()}
        given={wanted}
        mayText={session.may('events.read_clear')}
        onSearch={(next) => setParams(Object.entries(next).filter(([, value]) => value) as [string, string][])}
      />
      {isLive ? (
        <LiveMessages wanted={wanted} isClear={isClear} />
      ) : (
        <FoundMessages wanted={wanted} isClear={isClear} />
      )}
    </Page>
  );
}

interface FormGiven {
  given: Search;
  mayText: boolean;
  onSearch: (search: Search) => void;
}

function SearchForm({ given, mayText, onSearch }: FormGiven) {
  const [form, setForm] = useState(given);
  const set = (name: keyof Search) => (value: string | null) =>
    setForm({ ...form, [name]: value?.trim() || undefined });
  function submit(event: FormEvent) {
    event.preventDefault();
    onSearch(form);
  }
  return (
    <form onSubmit={submit} className="search" aria-label="Search messages">
      <TextInput
        label="Number or title"
        placeholder="whole, e.g. 15550100"
        inputMode="tel"
        value={form.number ?? ''}
        onChange={(event) => set('number')(event.currentTarget.value)}
      />
      <TextInput
        label="Rule"
        placeholder="e.g. links.blocked"
        value={form.rule ?? ''}
        onChange={(event) => set('rule')(event.currentTarget.value)}
      />
      <Select
        label="Verdict"
        placeholder="any"
        clearable
        data={ACTIONS}
        value={form.action ?? null}
        onChange={set('action')}
        comboboxProps={{ keepMounted: false }}
        clearButtonProps={{ 'aria-label': 'Any verdict' }}
      />
      {mayText && (
        <TextInput
          label="Text (audited)"
          placeholder="words"
          value={form.text ?? ''}
          onChange={(event) => setForm({ ...form, text: event.currentTarget.value || undefined })}
        />
      )}
      <TextInput
        label="Since"
        type="datetime-local"
        step={1}
        value={asLocal(form.since)}
        onChange={(event) => set('since')(fromLocal(event.currentTarget.value))}
      />
      <TextInput
        label="Until"
        type="datetime-local"
        step={1}
        value={asLocal(form.until)}
        onChange={(event) => set('until')(fromLocal(event.currentTarget.value))}
      />
      <Group gap={6} align="end">
        <Button type="submit">Search</Button>
        <ActionIcon variant="default" size={30} aria-label="Clear the search" onClick={() => onSearch({})}>
          ×
        </ActionIcon>
      </Group>
    </form>
  );
}

function asQuery(wanted: Search, isClear: boolean) {
  const given = Object.entries({ ...wanted, clear: isClear ? 'true' : undefined }).filter(([, value]) => value);
  return new URLSearchParams(given as [string, string][]).toString();
}

const fromLocal = (text: string) => (text ? momentOf(new Date(text)) : null);

function asLocal(moment: string | undefined) {
  if (!moment) return '';
  const date = new Date(Number(moment) * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

interface Wanted {
  wanted: Search;
  isClear: boolean;
}

function FoundMessages({ wanted, isClear }: Wanted) {
  const [rows, setRows] = useState<Rows>();
  const [error, setError] = useState<unknown>();
  const [, redraw] = useState(0);
  const [, go] = useLocation();
  useEffect(() => {
    let isCurrent = true;
    setRows(undefined);
    setError(undefined);
    search(wanted, isClear, () => isCurrent && redraw((n) => n + 1)).then(
      (found) => isCurrent && setRows(found),
      (failed) => isCurrent && setError(failed),
    );
    return () => {
      isCurrent = false;
    };
  }, [wanted, isClear]);
  const isRestricted = Object.values(wanted).some(Boolean);
  const failed = error ?? rows?.error;
  return (
    <>
      {failed !== undefined && (
        <>
          <ProblemNote error={failed} />
          <Button variant="default" mb="xs" onClick={() => rows?.retry()}>
            Ask again
          </Button>
        </>
      )}
      {rows && (
        <MessageTable
          label="Messages, newest first"
          rows={rows}
          onOpen={({ id }) => go(`/messages/${id}${isClear ? '?clear' : ''}`)}
          says={
            rows.hasMore
              ? `${count(rows.count)} and more`
              : `${count(rows.count)} ${rows.count === 1 ? 'message' : 'messages'}`
          }
          empty={
            <Empty>
              {isRestricted
                ? 'No message fits this search. Numbers are given whole, as they stand in the message; leave fields empty to find more.'
                : 'No message was recorded yet. They appear once a port has traffic and the policy records it.'}
            </Empty>
          }
        />
      )}
    </>
  );
}

const LIVE_KEPT = 2_000;

function LiveMessages({ wanted, isClear }: Wanted) {
  const [kept, setKept] = useState<Event[]>([]);
  const [isBroken, setBroken] = useState(false);
  const [, go] = useLocation();
  const waiting = useRef<Event[]>([]);
  useEffect(() => {
    setKept([]);
    const stream = new EventSource(`/api/v1/events/stream?${asQuery(wanted, isClear)}`);
    stream.onopen = () => setBroken(false);
    stream.onerror = () => setBroken(true);
    let frame = 0;
    // Many come between two paints.
    stream.onmessage = ({ data }) => {
      waiting.current.push(...asEvents([JSON.parse(data)]));
      if (waiting.current.length > LIVE_KEPT) waiting.current.splice(0, waiting.current.length - LIVE_KEPT);
      frame ||= requestAnimationFrame(() => {
        const fresh = waiting.current.reverse();
        waiting.current = [];
        frame = 0;
        setKept((old) => [...fresh, ...old].slice(0, LIVE_KEPT));
      });
    };
    return () => {
      stream.close();
      cancelAnimationFrame(frame);
    };
  }, [wanted, isClear]);
  const rows = useMemo(() => ({ count: kept.length, row: (at: number) => kept[at], want: () => undefined }), [kept]);
  return (
    <>
      {isBroken && (
        <Text size="sm" c="red" role="alert">
          The stream broke; it is taken up again by itself.
        </Text>
      )}
      <MessageTable
        label="Messages as they come, newest first"
        rows={rows}
        onOpen={({ id }) => go(`/messages/${id}${isClear ? '?clear' : ''}`)}
        says={`live: the last ${count(kept.length)}`}
        empty={<Empty>Waiting for the next message that fits the search.</Empty>}
      />
    </>
  );
}
