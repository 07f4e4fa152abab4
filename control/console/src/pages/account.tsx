import { Alert, Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import qrcode from 'qrcode-generator';
import { type FormEvent, useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { useAskAgain } from '../api/queries';
import { PERMISSIONS, type Permission, SESSION, useSession } from '../api/session';
import { CodeInput } from '../parts/code-input';
import { timeText } from '../parts/format';
import { Page, Panel } from '../parts/page';
import { ProblemNote } from '../parts/problem';

export function Account() {
  const session = useSession();
  const mayDo = (Object.keys(PERMISSIONS) as Permission[]).filter(session.may);
  return (
    <Page title="My account">
      <div className="halves">
        <Panel title="Who I am">
          <Text size="sm">
            {session.who}, {session.role?.replaceAll('_', ' ') ?? 'at the machine'}
            {session.until && `; this session ends at the latest ${timeText(session.until)}`}.
          </Text>
          <Text size="sm" mt="xs" fw={500}>
            What I may do
          </Text>
          <ul className="plain">
            {mayDo.map((what) => (
              <li key={what}>{PERMISSIONS[what]}</li>
            ))}
          </ul>
        </Panel>
        <Panel title="Password">
          <PasswordForm />
        </Panel>
        <Panel title="Second factor">
          {session.second_factor ? (
            <Text size="sm">
              Your account asks for a code when you sign in. An administrator can take the second factor away if you
              lose your authenticator.
            </Text>
          ) : (
            <SecondFactor />
          )}
        </Panel>
      </div>
    </Page>
  );
}

function PasswordForm() {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const changing = useMutation({
    mutationFn: () => ask(api.PUT('/api/v1/session/password', { body: { current, new: wanted } })),
    onSuccess: () => {
      setCurrent('');
      setWanted('');
    },
  });
  function change(event: FormEvent) {
    event.preventDefault();
    changing.mutate();
  }
  return (
    <form onSubmit={change}>
      <Stack gap="xs">
        <PasswordInput
          label="Present password"
          size="xs"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description="12 to 128 characters, none that is soon guessed"
          size="xs"
          autoComplete="new-password"
          required
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <ProblemNote error={changing.error} />
        {changing.isSuccess && (
          <Alert color="teal" role="status">
            It is changed. Your other sessions have ended.
          </Alert>
        )}
        <Button type="submit" loading={changing.isPending} w="fit-content">
          Change the password
        </Button>
      </Stack>
    </form>
  );
}

function SecondFactor() {
  const [password, setPassword] = useState('');
  const proposing = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/session/second-factor', { body: { password } })),
  });
  if (proposing.data) return <Confirm factor={proposing.data} />;
  function propose(event: FormEvent) {
    event.preventDefault();
    proposing.mutate();
  }
  return (
    <form onSubmit={propose}>
      <Stack gap="xs">
        <Text size="sm">With an authenticator on your phone a stolen password is not enough to sign in.</Text>
        <PasswordInput
          label="Password"
          size="xs"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ProblemNote error={proposing.error} />
        <Button type="submit" loading={proposing.isPending} w="fit-content">
          Set up an authenticator
        </Button>
      </Stack>
    </form>
  );
}

function Confirm({ factor }: { factor: Schemas['SecondFactor'] }) {
  const askAgain = useAskAgain();
  const [code, setCode] = useState('');
  const confirming = useMutation({
    mutationFn: (code: string) => ask(api.PUT('/api/v1/session/second-factor', { body: { code } })),
    onSuccess: () => askAgain(SESSION),
    onError: () => setCode(''),
  });
  return (
    <Stack gap="xs">
      <Text size="sm">Scan this with the authenticator, or type the secret into it. It is not shown again.</Text>
      <Qr text={factor.url} />
      <Text className="mono break" data-secret>
        {factor.secret}
      </Text>
      <CodeInput code={code} onChange={setCode} onComplete={(all) => confirming.mutate(all)} />
      <ProblemNote error={confirming.error} />
    </Stack>
  );
}

/** Dark on light in both colour schemes: many readers know no other. */
function Qr({ text }: { text: string }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const side = code.getModuleCount();
  const cells = [];
  for (let row = 0; row < side; row += 1)
    for (let column = 0; column < side; column += 1)
      if (code.isDark(row, column)) cells.push(`M${column + 4} ${row + 4}h1v1h-1z`);
  return (
    <svg viewBox={`0 0 ${side + 8} ${side + 8}`} width={200} role="img" aria-label="QR code of the secret">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={cells.join('')} fill="#000" />
    </svg>
  );
}
