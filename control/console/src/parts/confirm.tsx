import { Button, Group, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useAskAgain } from '../api/queries';
import { ProblemNote } from './problem';

interface Given {
  title: string;
  /** What the button says. */
  does: string;
  act: () => Promise<unknown>;
  /** What has to be asked for again afterwards. */
  changes: string;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, does, act, changes, onClose, children }: Given) {
  const askAgain = useAskAgain();
  const acting = useMutation({
    mutationFn: act,
    onSuccess: () => {
      onClose();
      return askAgain([changes]);
    },
  });
  return (
    <Modal opened onClose={onClose} title={title}>
      {children}
      <ProblemNote error={acting.error} />
      <Group justify="end" gap="xs" mt="sm">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color="red" loading={acting.isPending} onClick={() => acting.mutate()}>
          {does}
        </Button>
      </Group>
    </Modal>
  );
}
