import { Button, Checkbox, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useRoles } from '../../api/accounts';
import { api, ask, type Schemas } from '../../api/client';
import { useAskAgain } from '../../api/queries';
import { PERMISSIONS, type Permission, useSession } from '../../api/session';
import { Confirm } from '../../parts/confirm';
import { Given, ProblemNote } from '../../parts/problem';

export function Roles() {
  const session = useSession();
  const mayChange = session.may('accounts.change');
  const [edited, edit] = useState<Schemas['Role'] | 'new'>();
  const [removed, remove] = useState<string>();
  return (
    <>
      {mayChange && (
        <Button onClick={() => edit('new')} mb="xs">
          Make a role
        </Button>
      )}
      <Given query={useRoles()}>
        {({ roles }) => (
          <Table.ScrollContainer minWidth={640}>
            <Table aria-label="Roles">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>What for</Table.Th>
                  <Table.Th>May</Table.Th>
                  <Table.Th>
                    <span className="unseen">Actions</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {roles.map((role) => (
                  <Table.Tr key={role.name}>
                    <Table.Td className="nowrap">
                      {role.name}
                      {role.built_in && (
                        <Text size="xs" c="dimmed">
                          built in
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>{role.help}</Table.Td>
                    <Table.Td className="mono">{role.permissions.join(', ')}</Table.Td>
                    <Table.Td ta="right" className="nowrap">
                      {mayChange && !role.built_in && (
                        <>
                          <Button
                            variant="default"
                            size="compact-xs"
                            aria-label={`Change ${role.name}`}
                            onClick={() => edit(role)}
                          >
                            Change
                          </Button>{' '}
                          <Button
                            variant="subtle"
                            color="red"
                            size="compact-xs"
                            aria-label={`Remove ${role.name}`}
                            onClick={() => remove(role.name)}
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
        )}
      </Given>
      {edited && <RoleDialog role={edited === 'new' ? undefined : edited} onClose={() => edit(undefined)} />}
      {removed !== undefined && (
        <Confirm
          title={`Remove the role ${removed}`}
          does="Remove"
          changes="roles"
          act={() => ask(api.DELETE('/api/v1/roles/{name}', { params: { path: { name: removed } } }))}
          onClose={() => remove(undefined)}
        >
          <Text size="sm">It is refused while an account or a token has it.</Text>
        </Confirm>
      )}
    </>
  );
}

function RoleDialog({ role, onClose }: { role: Schemas['Role'] | undefined; onClose: () => void }) {
  const session = useSession();
  const askAgain = useAskAgain();
  const [name, setName] = useState(role?.name ?? '');
  const [help, setHelp] = useState(role?.help ?? '');
  const [permissions, setPermissions] = useState<string[]>(role?.permissions ?? []);
  const putting = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/api/v1/roles/{name}', {
          params: { path: { name } },
          body: { help, permissions: permissions as Schemas['Permission'][] },
        }),
      ),
    onSuccess: () => {
      onClose();
      return askAgain(['roles']);
    },
  });
  function save(event: FormEvent) {
    event.preventDefault();
    putting.mutate();
  }
  return (
    <Modal opened onClose={onClose} size="lg" title={role ? `Change the role ${role.name}` : 'Make a role'}>
      <form onSubmit={save}>
        <Stack gap="xs">
          {!role && (
            <TextInput
              label="Name"
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <TextInput label="What for" value={help} onChange={(event) => setHelp(event.currentTarget.value)} />
          <Checkbox.Group label="What it may" value={permissions} onChange={setPermissions}>
            <Stack gap={6} mt={6}>
              {(Object.entries(PERMISSIONS) as [Permission, string][]).map(([permission, says]) => (
                <Checkbox
                  key={permission}
                  size="xs"
                  value={permission}
                  label={says}
                  description={session.may(permission) ? permission : `${permission}; you do not have it yourself`}
                  disabled={!session.may(permission)}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          <ProblemNote error={putting.error} />
          <Group justify="end">
            <Button type="submit" loading={putting.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
