import { Badge, Button, Group, NavLink, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, ask, Refused, type Schemas } from '../../api/client';
import { useSession } from '../../api/session';
import { timeText } from '../../parts/format';
import { ProblemNote } from '../../parts/problem';
import { BacktestDialog } from './backtest';
import { DiffDialog } from './diff';
import { useDraft } from './draft';
import { Editor } from './editor';
import { PushDialog, RollbackDialog } from './push';

interface Given {
  policy: Schemas['Policy'];
  onGaveUp: () => void;
}

export function Workbench({ policy, onGaveUp }: Given) {
  const session = useSession();
  const { version, summary, who, at } = policy.entry;
  const { draft, changed, edit, add, giveUp } = useDraft(version, policy.files);
  const names = Object.keys(draft).sort();
  const [chosen, choose] = useState(names.includes('policy.toml') ? 'policy.toml' : (names[0] ?? ''));
  const [goTo, setGoTo] = useState<{ line: number }>();
  const mayCheck = session.may('policies.check');
  const mayPush = session.may('policies.push');
  const check = useCheck(draft, mayCheck);
  const found = check.data?.diagnostics ?? [];
  const errors = found.filter(({ severity }) => severity === 'error').length;
  const [diff, showDiff] = useDisclosure();
  const [backtest, showBacktest] = useDisclosure();
  const [pushing, showPush] = useDisclosure();
  const [rolling, showRollback] = useDisclosure();

  return (
    <>
      <Group justify="space-between" mb="xs" gap="xs">
        <Text size="sm">
          Version <b>{version}</b> {policy.in_force ? 'in force' : ''}, “{summary.name}”, by {who} on {timeText(at)}:{' '}
          {summary.enforced} rules enforced, {summary.shadow} in shadow, {summary.offline} offline
        </Text>
        <Group gap={6}>
          {changed.length > 0 && (
            <>
              <Button
                variant="subtle"
                color="gray"
                onClick={() => {
                  giveUp();
                  onGaveUp();
                }}
              >
                Give up the changes
              </Button>
              <Button variant="default" onClick={showDiff.open}>
                Diff
              </Button>
              {mayCheck && session.may('events.read') && (
                <Button variant="default" onClick={showBacktest.open} disabled={errors > 0}>
                  Backtest
                </Button>
              )}
              {mayPush && (
                <Button onClick={showPush.open} disabled={errors > 0}>
                  Push or propose…
                </Button>
              )}
            </>
          )}
          {mayPush && (
            <Button variant="default" onClick={showRollback.open}>
              Roll back…
            </Button>
          )}
        </Group>
      </Group>
      <div className="workbench">
        <nav aria-label="Files of the policy">
          {names.map((name) => (
            <NavLink
              key={name}
              component="button"
              type="button"
              label={name}
              active={name === chosen}
              aria-current={name === chosen || undefined}
              onClick={() => choose(name)}
              py={4}
              rightSection={
                <FileSign
                  isChanged={changed.includes(name)}
                  errors={found.filter(({ file, severity }) => file === name && severity === 'error').length}
                />
              }
            />
          ))}
          {mayCheck && (
            <NewFile
              onAdd={(name) => {
                add(name);
                choose(name);
              }}
            />
          )}
        </nav>
        <div>
          <Editor
            file={chosen}
            text={draft[chosen] ?? ''}
            lists={Object.keys(summary.lists)}
            diagnostics={found.filter(({ file }) => file === chosen)}
            goTo={goTo}
            isReadOnly={!mayCheck}
            onChange={(text) => edit(chosen, text)}
          />
          <CheckLine
            check={check.data}
            error={check.error}
            mayCheck={mayCheck}
            onGo={({ file, line }) => {
              choose(file);
              // The file has to be open first.
              setTimeout(() => setGoTo({ line }));
            }}
          />
        </div>
      </div>
      {diff && <DiffDialog version={version} files={draft} onClose={showDiff.close} />}
      {backtest && <BacktestDialog files={draft} onClose={showBacktest.close} />}
      {pushing && <PushDialog version={version} files={draft} onClose={showPush.close} />}
      {rolling && <RollbackDialog onClose={showRollback.close} />}
    </>
  );
}

interface Checked {
  diagnostics: Schemas['Diagnostic'][];
}

/** Checks a draft a moment after the last key. */
function useCheck(draft: { [path: string]: string }, enabled: boolean) {
  const [files] = useDebouncedValue(draft, 300);
  return useQuery({
    queryKey: ['check', files],
    queryFn: async (): Promise<Checked> => {
      try {
        const { warnings } = await ask(api.POST('/api/v1/policies/check', { body: { files } }));
        return { diagnostics: warnings };
      } catch (error) {
        if (error instanceof Refused && error.problem.diagnostics) return { diagnostics: error.problem.diagnostics };
        throw error;
      }
    },
    enabled,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  });
}

function FileSign({ isChanged, errors }: { isChanged: boolean; errors: number }) {
  if (errors > 0)
    return (
      <Badge size="xs" color="red" variant="filled">
        {errors}
      </Badge>
    );
  return isChanged ? (
    <Badge size="xs" color="yellow">
      changed
    </Badge>
  ) : null;
}

interface CheckLineGiven {
  check: Checked | undefined;
  error: unknown;
  mayCheck: boolean;
  onGo: (diagnostic: Schemas['Diagnostic']) => void;
}

function CheckLine({ check, error, mayCheck, onGo }: CheckLineGiven) {
  if (!mayCheck) return null;
  if (error) return <ProblemNote error={error} />;
  const found = check?.diagnostics ?? [];
  return (
    <div role="status" className="check" data-check={found.length}>
      {check && found.length === 0 && (
        <Text size="sm" c="teal">
          The policy is sound.
        </Text>
      )}
      {found.slice(0, 20).map((each) => (
        <button
          type="button"
          key={`${each.file}:${each.line}:${each.column}:${each.message}`}
          onClick={() => onGo(each)}
        >
          <Badge size="xs" color={each.severity === 'error' ? 'red' : 'yellow'} variant="filled">
            {each.severity}
          </Badge>{' '}
          <span className="mono">
            {each.file}:{each.line}
          </span>{' '}
          {[each.message, each.expected && `expected ${each.expected}`, each.help].filter(Boolean).join('; ')}
        </button>
      ))}
    </div>
  );
}

function NewFile({ onAdd }: { onAdd: (name: string) => void }) {
  const [name, setName] = useState('');
  function submit(event: FormEvent) {
    event.preventDefault();
    if (name) onAdd(name);
    setName('');
  }
  return (
    <form onSubmit={submit}>
      <TextInput
        aria-label="Name of a new file"
        placeholder="New file, e.g. rules/5-own.toml"
        value={name}
        onChange={(event) => setName(event.currentTarget.value.trim())}
        m={6}
      />
    </form>
  );
}
