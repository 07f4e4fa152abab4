import { Badge, Button, Group, Modal, Table } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask, Refused, type Schemas } from '../../api/client';
import { useAskAgain } from '../../api/queries';
import { useSession } from '../../api/session';
import { timeText } from '../../parts/format';
import { Empty, Given, ProblemNote } from '../../parts/problem';
import { Diff } from './diff';

const COLOUR = { open: 'yellow', approved: 'teal', rejected: 'gray' };

export function Proposals() {
  const [opened, open] = useState<Schemas['Proposal']>();
  const query = useQuery({
    queryKey: ['proposals'],
    queryFn: () => ask(api.GET('/api/v1/proposals', { params: { query: { limit: 100 } } })),
    refetchInterval: 10_000,
  });
  return (
    <Given query={query}>
      {({ proposals }) => (
        <>
          {proposals.length === 0 ? (
            <Empty>
              Nothing was proposed. Change files of the policy and propose the draft; somebody else then approves it
              here.
            </Empty>
          ) : (
            <Table.ScrollContainer minWidth={600}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Number</Table.Th>
                    <Table.Th>When</Table.Th>
                    <Table.Th>Who</Table.Th>
                    <Table.Th>Why</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>
                      <span className="unseen">Actions</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {proposals.map((proposal) => (
                    <Table.Tr key={proposal.id}>
                      <Table.Td>{proposal.id}</Table.Td>
                      <Table.Td className="mono nowrap">{timeText(proposal.at)}</Table.Td>
                      <Table.Td>{proposal.who}</Table.Td>
                      <Table.Td className="break">{proposal.comment}</Table.Td>
                      <Table.Td>
                        <Badge color={COLOUR[proposal.state]}>{proposal.state}</Badge>
                        {proposal.decided_by && ` by ${proposal.decided_by}`}
                        {proposal.version != null && `, version ${proposal.version}`}
                      </Table.Td>
                      <Table.Td>
                        <Button variant="default" size="compact-xs" onClick={() => open(proposal)}>
                          Look
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
          {opened && <Review proposal={opened} onClose={() => open(undefined)} />}
        </>
      )}
    </Given>
  );
}

function Review({ proposal, onClose }: { proposal: Schemas['Proposal']; onClose: () => void }) {
  const { id, base, who, state } = proposal;
  const session = useSession();
  const askAgain = useAskAgain();
  const done = async () => {
    onClose();
    await askAgain(['proposals'], ['policies']);
  };
  const diff = useQuery({ queryKey: ['proposal', id, base], queryFn: () => fetchDiff(id, base) });
  const approving = useMutation({
    mutationFn: (confirm: boolean) =>
      ask(api.POST('/api/v1/proposals/{id}/approve', { params: { path: { id }, query: { confirm } } })),
    onSuccess: done,
  });
  const rejecting = useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/proposals/{id}', { params: { path: { id } } })),
    onSuccess: done,
  });
  const isOwn = who === session.who;
  const mayApprove = session.may('policies.approve') && !isOwn;
  const moves = approving.error instanceof Refused && approving.error.kind === 'policy-moves-traffic';
  return (
    <Modal opened onClose={onClose} size="xl" title={`Proposal ${id} of ${who}, for version ${base}`}>
      <Given query={diff}>{(diff) => <Diff diff={diff} />}</Given>
      <ProblemNote error={approving.error ?? rejecting.error} />
      {state === 'open' && (
        <Group justify="end" gap="xs" mt="sm">
          {(isOwn || session.may('policies.approve')) && (
            <Button variant="default" loading={rejecting.isPending} onClick={() => rejecting.mutate()}>
              {isOwn ? 'Take it back' : 'Reject'}
            </Button>
          )}
          {mayApprove && (
            <Button
              color={moves ? 'red' : undefined}
              loading={approving.isPending}
              onClick={() => approving.mutate(moves)}
            >
              {moves ? 'Approve all the same' : 'Approve'}
            </Button>
          )}
        </Group>
      )}
    </Modal>
  );
}

async function fetchDiff(id: number, version: number) {
  const { files } = await ask(api.GET('/api/v1/proposals/{id}', { params: { path: { id } } }));
  return ask(api.POST('/api/v1/policies/{version}/diff', { params: { path: { version } }, body: { files } }));
}
