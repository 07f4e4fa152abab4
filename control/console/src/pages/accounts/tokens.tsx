import { Alert, Button, CopyButton, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useRoles, useTokens } from '../../api/accounts';
import { api, ask } from '../../api/client';
import { useAskAgain } from '../../api/queries';
import { useSession } from '../../api/session';
import { Confirm } from '../../parts/confirm';
import { momentOf, timeText } from '../../parts/format';
import { Empty, Given, ProblemNote } from '../../parts/problem';

export function Tokens() {
  const session = useSession();
  const mayChange = session.may('accounts.change');
  const [making, showMake] = useDisclosure();
  const [revoked, revoke] = useState<string>();
  return (
    <>
      {mayChange && (
        <Button onClick={showMake.open} mb="xs">
          Make a token
        </Button>
      )}
      <Given query={useTokens()}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <Empty>
              There is no token. Programs come in with one: monitoring, exports, the command line of another machine.
            </Empty>
          ) : (
            <Table.ScrollContainer minWidth={560}>
              <Table aria-label="Tokens">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Role</Table.Th>
                    <Table.Th>Made by</Table.Th>
                    <Table.Th>Until</Table.Th>
                    <Table.Th>Last seen</Table.Th>
                    <Table.Th>
                      <span className="unseen">Actions</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {tokens.map(({ name, role, who, until, seen }) => (
                    <Table.Tr key={name}>
                      <Table.Td>{name}</Table.Td>
                      <Table.Td>{role}</Table.Td>
                      <Table.Td>{who}</Table.Td>
                      <Table.Td className="mono nowrap">{until ? timeText(until) : 'revoked by hand'}</Table.Td>
                      <Table.Td className="mono nowrap">{seen ? timeText(seen) : 'never'}</Table.Td>
                      <Table.Td ta="right">
                        {mayChange && (
                          <Button
                            variant="subtle"
                            color="red"
                            size="compact-xs"
                            aria-label={`Revoke ${name}`}
                            onClick={() => revoke(name)}
                          >
                            Revoke
                          </Button>
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
      {making && <MakeDialog onClose={showMake.close} />}
      {revoked !== undefined && (
        <Confirm
          title={`Revoke the token ${revoked}`}
          does="Revoke"
          changes="tokens"
          act={() => ask(api.DELETE('/api/v1/tokens/{name}', { params: { path: { name: revoked } } }))}
          onClose={() => revoke(undefined)}
        >
          <Text size="sm">Programs that use it are refused from the next request on.</Text>
        </Confirm>
      )}
    </>
  );
}

function MakeDialog({ onClose }: { onClose: () => void }) {
  const askAgain = useAskAgain();
  const roles = useRoles().data?.roles.map(({ name }) => name) ?? [];
  const [name, setName] = useState('');
  const [role, setRole] = useState<string | null>('viewer');
  const [until, setUntil] = useState('');
  const making = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/tokens/{name}', {
          params: { path: { name } },
          body: { role: role ?? '', until: until ? momentOf(new Date(until)) : undefined },
        }),
      ),
    onSuccess: () => askAgain(['tokens']),
  });
  function make(event: FormEvent) {
    event.preventDefault();
    making.mutate();
  }
  const token = making.data?.token;
  return (
    <Modal opened onClose={onClose} title="Make a token">
      {token ? (
        <Stack gap="xs">
          <Alert color="yellow">It is shown only now: only its hash is kept.</Alert>
          <Text className="mono break" data-token>
            {token}
          </Text>
          <Group justify="end" gap="xs">
            <CopyButton value={token}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={make}>
          <Stack gap="xs">
            <TextInput
              label="Name"
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select label="Role" required data={roles} value={role} onChange={setRole} allowDeselect={false} />
            <TextInput
              label="Until (for ever if empty)"
              type="datetime-local"
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
            <ProblemNote error={making.error} />
            <Button type="submit" loading={making.isPending}>
              Make
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
