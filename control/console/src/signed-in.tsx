import { type ComponentType, lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { type Permission, type Session, SessionProvider } from './api/session';
import { Page } from './parts/page';
import { Waiting } from './parts/waiting';
import { Shell } from './shell';

export interface Place {
  path: string;
  name: string;
  /** Pressed after `g`. */
  key: string;
  needs: Permission;
  page: ComponentType;
}

const page = (load: () => Promise<ComponentType>) => lazy(async () => ({ default: await load() }));

const PLACES: Place[] = [
  {
    path: '/',
    name: 'Dashboard',
    key: 'd',
    needs: 'status.read',
    page: page(async () => (await import('./pages/dashboard')).Dashboard),
  },
  {
    path: '/messages',
    name: 'Messages',
    key: 'm',
    needs: 'events.read',
    page: page(async () => (await import('./pages/messages')).Messages),
  },
  {
    path: '/traffic',
    name: 'Traffic',
    key: 't',
    needs: 'counters.read',
    page: page(async () => (await import('./pages/traffic')).Traffic),
  },
  {
    path: '/scenarios',
    name: 'Scenarios',
    key: 'n',
    needs: 'policies.read',
    page: page(async () => (await import('./pages/scenarios')).Scenarios),
  },
  {
    path: '/policy',
    name: 'Policy',
    key: 'p',
    needs: 'policies.read',
    page: page(async () => (await import('./pages/policy')).Policy),
  },
  {
    path: '/lists',
    name: 'Lists',
    key: 'l',
    needs: 'lists.read',
    page: page(async () => (await import('./pages/lists')).Lists),
  },
  {
    path: '/alarms',
    name: 'Alarms',
    key: 'a',
    needs: 'status.read',
    page: page(async () => (await import('./pages/alarms')).Alarms),
  },
  {
    path: '/audit',
    name: 'Audit',
    key: 'u',
    needs: 'audit.read',
    page: page(async () => (await import('./pages/audit')).Audit),
  },
  {
    path: '/accounts',
    name: 'Accounts',
    key: 'c',
    needs: 'accounts.read',
    page: page(async () => (await import('./pages/accounts')).Accounts),
  },
  {
    path: '/system',
    name: 'System',
    key: 's',
    needs: 'status.read',
    page: page(async () => (await import('./pages/system')).System),
  },
];

export function SignedIn({ session }: { session: Session }) {
  const open = PLACES.filter((place) => session.may(place.needs));
  return (
    <SessionProvider session={session}>
      <Shell places={open}>
        <Suspense fallback={<Waiting />}>
          <Switch>
            {open.map((place) => (
              <Route key={place.path} path={place.path} component={place.page} />
            ))}
            {session.may('events.read') && <Route path="/messages/:id" component={Life} />}
            <Route path="/account" component={Account} />
            <Route path="/">{() => <Redirect to={open[0]?.path ?? '/account'} />}</Route>
            <Route>{() => <Nowhere />}</Route>
          </Switch>
        </Suspense>
      </Shell>
    </SessionProvider>
  );
}

const Account = page(async () => (await import('./pages/account')).Account);
const Life = page(async () => (await import('./pages/life')).Life);

function Nowhere() {
  return (
    <Page title="Nothing here">
      There is no such page, or your role may not see it. The pages you may see are in the navigation.
    </Page>
  );
}
