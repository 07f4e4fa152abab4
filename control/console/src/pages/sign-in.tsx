import { Alert, Box, Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, ask, Refused } from '../api/client';
import { ENDED, SESSION } from '../api/session';
import { CodeInput } from '../parts/code-input';
import { ProblemNote } from '../parts/problem';

export function SignIn() {
  useDocumentTitle('Sign in · Sluice');
  const queries = useQueryClient();
  const hasEnded = queries.getQueryData<boolean>(ENDED);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const entering = useMutation({
    mutationFn: (code?: string) => ask(api.POST('/api/v1/session', { body: { name, password, code } })),
    onSuccess: () => {
      queries.setQueryData(ENDED, false);
      return queries.resetQueries({ queryKey: SESSION });
    },
    onError: () => setCode(''),
  });
  const [needsCode, setNeedsCode] = useState(false);
  const wantsCode = entering.error instanceof Refused && entering.error.kind === 'code-needed';
  if (wantsCode && !needsCode) setNeedsCode(true);

  function enter(event: FormEvent) {
    event.preventDefault();
    entering.mutate(needsCode ? code : undefined);
  }

  return (
    <Box component="main" pt="10vh" px="sm">
      <Paper withBorder p="lg" maw={360} mx="auto">
        <Group gap="xs" mb="md">
          <img src="/sluice.svg" alt="" width={28} height={28} />
          <div>
            <Title order={1}>Sign in to Sluice</Title>
            <Text size="sm" c="dimmed">
              {location.hostname}
            </Text>
          </div>
        </Group>
        {hasEnded && !entering.error && (
          <Alert color="yellow" mb="sm">
            Your session has ended. Sign in to go on where you were.
          </Alert>
        )}
        <form onSubmit={enter}>
          <Stack gap="sm">
            <TextInput
              label="Name"
              size="sm"
              autoComplete="username"
              autoFocus
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              size="sm"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {needsCode && <CodeInput code={code} onChange={setCode} onComplete={(all) => entering.mutate(all)} />}
            {!wantsCode && <ProblemNote error={entering.error} />}
            <Button type="submit" size="sm" loading={entering.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
        <Text size="xs" c="dimmed" mt="md">
          Accounts are made by an administrator, the first one at the machine with{' '}
          <span className="mono">sluice account add</span>.
        </Text>
      </Paper>
    </Box>
  );
}
