import { Box, Group, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface Given {
  title: string;
  /** Beside the title: what the page as a whole can do. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, actions, children }: Given) {
  useDocumentTitle(`${title} · Sluice`);
  return (
    <>
      <Group justify="space-between" mb="sm" gap="xs" mih={30}>
        <Title order={1}>{title}</Title>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </>
  );
}

export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <Box component="section" className="panel" aria-label={title}>
      <Group justify="space-between" mb={6} gap="xs">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      {children}
    </Box>
  );
}
