import { Tabs } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { Page } from '../../parts/page';
import { People } from './people';
import { Roles } from './roles';
import { Tokens } from './tokens';

export function Accounts() {
  const [params, setParams] = useSearchParams();
  return (
    <Page title="Accounts">
      <Tabs
        value={params.get('tab') ?? 'people'}
        onChange={(tab) => setParams({ tab: tab ?? 'people' })}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="people">People</Tabs.Tab>
          <Tabs.Tab value="roles">Roles</Tabs.Tab>
          <Tabs.Tab value="tokens">Tokens</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <People />
        </Tabs.Panel>
        <Tabs.Panel value="roles">
          <Roles />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <Tokens />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
