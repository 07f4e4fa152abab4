import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { api, ask, type Schemas } from './client';

/** As the daemon writes them; `x-permission` of each operation names one. */
export const PERMISSIONS = {
  'status.read': 'See status, ports, cores and alarms',
  'counters.read': 'See counters',
  'events.read': 'See messages, masked',
  'events.read_clear': 'See messages in clear; each look is audited',
  'policies.read': 'See policies and their history',
  'policies.check': 'Check policies and try them on recorded traffic',
  'policies.push': 'Push, propose and roll back policies',
  'policies.approve': 'Approve and reject proposals',
  'lists.read': 'See lists',
  'lists.change': 'Add and remove entries of lists',
  'trace.read': 'Trace live traffic, in clear',
  'audit.read': 'See and check the audit log',
  'accounts.read': 'See accounts, roles and tokens',
  'accounts.change': 'Change accounts, roles and tokens',
  'description.read': 'Read the description of the API',
} as const;
export type Permission = keyof typeof PERMISSIONS;

export type Session = Omit<Schemas['Session'], 'permissions'> & { may: (what: Permission) => boolean };

export const SESSION = ['session'];
/** Holds true once a session ended by itself, for the sign-in page to say so. */
export const ENDED = ['session-ended'];

export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION,
    queryFn: () => ask(api.GET('/api/v1/session')),
    select: ({ permissions, ...session }): Session => {
      const granted = new Set<string>(permissions);
      return { ...session, may: (what) => granted.has(what) };
    },
    staleTime: 60_000,
    retry: false,
  });
}

const Known = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <Known value={session}>{children}</Known>;
}

export function useSession(): Session {
  const session = useContext(Known);
  if (!session) throw new Error('no session here');
  return session;
}
