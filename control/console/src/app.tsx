import { Center } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Refused } from './api/client';
import { useSessionQuery } from './api/session';
import { SignIn } from './pages/sign-in';
import { ProblemNote } from './parts/problem';
import { Waiting } from './parts/waiting';

// Comes while the daemon is asked who calls: the sign-in page does not wait for it.
const signedIn = import('./signed-in');
const SignedIn = lazy(async () => ({ default: (await signedIn).SignedIn }));

export function App() {
  const { data: session, error, isPending } = useSessionQuery();
  if (session)
    return (
      <Suspense fallback={<Waiting />}>
        <SignedIn session={session} />
      </Suspense>
    );
  if (isPending) return <Waiting />;
  if (error instanceof Refused && error.problem.status === 401) return <SignIn />;
  return (
    <Center p="xl">
      <ProblemNote error={error} />
    </Center>
  );
}
