import { Badge, Button, Group, Modal, PasswordInput, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAccounts, useRoles } from '../../api/accounts';
import { api, ask, type Schemas } from '../../api/client';
import { useAskAgain } from '../../api/queries';
import { useSession } from '../../api/session';
import { Confirm } from '../../parts/confirm';
import { timeText } from '../../parts/format';
import { Empty, Given, ProblemNote } from '../../parts/problem';

export function People() {
  const session = useSession();
  const mayChange = session.may('accounts.change');
  const [adding, showAdd] = useDisclosure();
  const [changed, change] = useState<Schemas['Account']>();
  const [removed, remove] = useState<string>();
  return (
    <>
      {mayChange && (
        <Button onClick={showAdd.open} mb="xs">
          Add an account
        </Button>
      )}
      <Given query={useAccounts()}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Empty>There is no account. Add one for each person who shall look here.</Empty>
          ) : (
            <Table.ScrollContainer minWidth={640}>
              <Table aria-label="Accounts">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Role</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Last seen</Table.Th>
                    <Table.Th>
                      <span className="unseen">Actions</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {accounts.map((account) => (
                    <Table.Tr key={account.name}>
                      <Table.Td>{account.name}</Table.Td>
                      <Table.Td>{account.role}</Table.Td>
                      <Table.Td>
                        <State of={account} />
                      </Table.Td>
                      <Table.Td className="mono nowrap">{account.seen ? timeText(account.seen) : 'never'}</Table.Td>
                      <Table.Td ta="right" className="nowrap">
                        {mayChange && (
                          <>
                            <Button
                              variant="default"
                              size="compact-xs"
                              aria-label={`Change ${account.name}`}
                              onClick={() => change(account)}
                            >
                              Change
                            </Button>{' '}
                            <Button
                              variant="subtle"
                              color="red"
                              size="compact-xs"
                              aria-label={`Remove ${account.name}`}
                              onClick={() => remove(account.name)}
                            >
                              Remove
                            </Button>
                          </>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Given>
      {adding && <AddDialog onClose={showAdd.close} />}
      {changed && <ChangeDialog account={changed} onClose={() => change(undefined)} />}
      {removed !== undefined && (
        <Confirm
          title={`Remove the account ${removed}`}
          does="Remove"
          changes="accounts"
          act={() => ask(api.DELETE('/api/v1/accounts/{name}', { params: { path: { name: removed } } }))}
          onClose={() => remove(undefined)}
        >
          <Text size="sm">Its sessions end at once. What it did stays in the audit log.</Text>
        </Confirm>
      )}
    </>
  );
}

function State({ of: { disabled, locked_until, second_factor } }: { of: Schemas['Account'] }) {
  const isLocked = locked_until != null && Number(locked_until) * 1000 > Date.now();
  return (
    <Group gap={4}>
      {disabled && <Badge color="gray">disabled</Badge>}
      {isLocked && <Badge color="red">locked until {timeText(locked_until)}</Badge>}
      {second_factor ? <Badge color="teal">second factor</Badge> : <Badge color="yellow">password only</Badge>}
    </Group>
  );
}

function useRoleNames() {
  return useRoles().data?.roles.map(({ name }) => name) ?? [];
}

function usePut(name: string, onClose: () => void) {
  const askAgain = useAskAgain();
  return useMutation({
    mutationFn: (body: Schemas['AccountPut']) =>
      ask(api.PUT('/api/v1/accounts/{name}', { params: { path: { name } }, body })),
    onSuccess: () => {
      onClose();
      return askAgain(['accounts']);
    },
  });
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const roles = useRoleNames();
  const [name, setName] = useState('');
  const [role, setRole] = useState<string | null>(null);
  const [password, setPassword] = useState('');
  const putting = usePut(name, onClose);
  function add(event: FormEvent) {
    event.preventDefault();
    putting.mutate({ role, password });
  }
  return (
    <Modal opened onClose={onClose} title="Add an account">
      <form onSubmit={add}>
        <Stack gap="xs">
          <TextInput
            label="Name"
            required
            data-autofocus
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select label="Role" required data={roles} value={role} onChange={setRole} />
          <PasswordInput
            label="First password"
            description="12 to 128 characters; the person changes it under My account"
            size="xs"
            required
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <ProblemNote error={putting.error} />
          <Button type="submit" loading={putting.isPending}>
            Add
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function ChangeDialog({ account, onClose }: { account: Schemas['Account']; onClose: () => void }) {
  const roles = useRoleNames();
  const [role, setRole] = useState<string | null>(account.role);
  const [password, setPassword] = useState('');
  const putting = usePut(account.name, onClose);
  function change(event: FormEvent) {
    event.preventDefault();
    putting.mutate({ role: role === account.role ? undefined : role, password: password || undefined });
  }
  return (
    <Modal opened onClose={onClose} title={`Change ${account.name}`}>
      <form onSubmit={change}>
        <Stack gap="xs">
          <Select label="Role" data={roles} value={role} onChange={setRole} allowDeselect={false} />
          <PasswordInput
            label="New password"
            description="Left empty it stays; a new one ends the account's sessions"
            size="xs"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <ProblemNote error={putting.error} />
          <Group gap="xs">
            <Button type="submit" loading={putting.isPending}>
              Save
            </Button>
            <Button variant="default" onClick={() => putting.mutate({ disabled: !account.disabled })}>
              {account.disabled ? 'Enable' : 'Disable'}
            </Button>
            <Button variant="default" onClick={() => putting.mutate({ unlock: true })}>
              Unlock
            </Button>
            {account.second_factor && (
              <Button variant="default" color="red" onClick={() => putting.mutate({ remove_second_factor: true })}>
                Take the second factor away
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
