import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { api, ask, Refused } from '../../api/client';
import { useAskAgain } from '../../api/queries';
import { Confirm } from '../../parts/confirm';
import { ProblemNote } from '../../parts/problem';
import { dropDraft, type Files } from './draft';

interface PushGiven {
  version: number;
  files: Files;
  onClose: () => void;
}

export function PushDialog({ version, files, onClose }: PushGiven) {
  const askAgain = useAskAgain();
  const [, setParams] = useSearchParams();
  const [comment, setComment] = useState('');
  const pushing = useMutation({
    mutationFn: (confirm: boolean) =>
      ask(
        api.POST('/api/v1/policies', { params: { query: { confirm } }, body: { files, comment, expected: version } }),
      ),
    onSuccess: async () => {
      dropDraft(version);
      onClose();
      await askAgain(['policies']);
    },
  });
  const proposing = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/proposals', { body: { files, comment } })),
    onSuccess: async () => {
      dropDraft(version);
      onClose();
      await askAgain(['proposals']);
      setParams({ tab: 'proposals' });
    },
  });
  const refused = pushing.error instanceof Refused ? pushing.error.kind : undefined;
  return (
    <Modal opened onClose={onClose} title="Bring the draft into force">
      <Stack gap="sm">
        <Text size="sm">
          Pushed, it judges from the next message on and is watched for a while; if it blocks too much the version
          before comes back by itself. Proposed, it waits until somebody else approves it.
        </Text>
        <TextInput
          label="Why, for those who read the history"
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          data-autofocus
        />
        <ProblemNote error={pushing.error ?? proposing.error} />
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="default" loading={proposing.isPending} onClick={() => proposing.mutate()}>
            Propose
          </Button>
          {refused === 'policy-moves-traffic' ? (
            <Button color="red" loading={pushing.isPending} onClick={() => pushing.mutate(true)}>
              Push all the same
            </Button>
          ) : (
            <Button
              loading={pushing.isPending}
              disabled={refused === 'four-eyes'}
              onClick={() => pushing.mutate(false)}
            >
              Push
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

export function RollbackDialog({ onClose }: { onClose: () => void }) {
  return (
    <Confirm
      title="Roll back"
      does="Roll back"
      changes="policies"
      act={() => ask(api.POST('/api/v1/policies/rollback'))}
      onClose={onClose}
    >
      <Text size="sm">The policy before the present one comes back into force at once.</Text>
    </Confirm>
  );
}
