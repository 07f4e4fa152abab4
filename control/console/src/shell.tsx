import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Group,
  Kbd,
  Menu,
  NavLink,
  Text,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { api, ask } from './api/client';
import { useConditions } from './api/queries';
import { SESSION, useSession } from './api/session';
import type { Place } from './signed-in';

export function Shell({ places, children }: { places: Place[]; children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [path] = useLocation();
  useGoKeys(places);
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 44 }}
      navbar={{ width: 176, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'md' }}
    >
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <img src="/sluice.svg" alt="" width={22} height={22} />
            <Text fw={700} component="span">
              Sluice
            </Text>
            <Text c="dimmed" size="sm" component="span" visibleFrom="xs">
              {location.hostname}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <AlarmSign />
            <SchemeSwitch />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={6} aria-label="Pages">
        {places.map((place) => (
          <NavLink
            key={place.path}
            component={Link}
            href={place.path}
            label={place.name}
            active={isAt(path, place.path)}
            aria-current={isAt(path, place.path) ? 'page' : undefined}
            rightSection={<Kbd className="hint" aria-hidden>{`g ${place.key}`}</Kbd>}
            py={6}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content">{children}</AppShell.Main>
    </AppShell>
  );
}

function isAt(path: string, place: string) {
  return place === '/' ? path === '/' : path.startsWith(place) && path !== '/account';
}

function AlarmSign() {
  const session = useSession();
  const { data } = useConditions(session.may('status.read'));
  const count = data?.raised.length ?? 0;
  if (count === 0) return null;
  return (
    <Badge component={Link} href="/alarms" color="red" variant="filled" style={{ cursor: 'pointer' }}>
      {count} {count === 1 ? 'alarm' : 'alarms'}
    </Badge>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={`Switch to ${other}`} onClick={() => setColorScheme(other)}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </ActionIcon>
  );
}

function AccountMenu() {
  const session = useSession();
  const queries = useQueryClient();
  const [, go] = useLocation();
  async function signOut() {
    await ask(api.DELETE('/api/v1/session')).catch(() => undefined);
    go('/');
    await queries.resetQueries({ queryKey: SESSION });
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
  }
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton className="who">{session.who}</UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Role: {session.role?.replaceAll('_', ' ') ?? 'at the machine'}</Menu.Label>
        <Menu.Item component={Link} href="/account">
          My account
        </Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** `g` and then the letter of a page, anywhere but where text is typed. */
function useGoKeys(places: Place[]) {
  const [, go] = useLocation();
  useEffect(() => {
    let isArmed = false;
    function onKey(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      if (
        target.closest('input, textarea, select, [contenteditable]') ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
      )
        return;
      const place = isArmed && places.find(({ key }) => key === event.key);
      isArmed = event.key === 'g';
      if (place) go(place.path);
    }
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [places, go]);
}
