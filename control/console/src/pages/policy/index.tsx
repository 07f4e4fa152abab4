import { Alert, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import type { Schemas } from '../../api/client';
import { useCurrentPolicy } from '../../api/queries';
import { Page } from '../../parts/page';
import { Empty, Given } from '../../parts/problem';
import { hasDraft } from './draft';
import { History } from './history';
import { Proposals } from './proposals';
import { Workbench } from './workbench';

export function Policy() {
  const [params, setParams] = useSearchParams();
  const tab = params.get('tab') ?? 'files';
  return (
    <Page title="Policy">
      <Tabs
        value={tab}
        onChange={(next) => setParams(next && next !== 'files' ? { tab: next } : {})}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="files">Files</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="proposals">Proposals</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="files">
          <Files />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <History />
        </Tabs.Panel>
        <Tabs.Panel value="proposals">
          <Proposals />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Files() {
  const query = useCurrentPolicy();
  if (query.error && 'kind' in query.error && query.error.kind === 'not-found')
    return (
      <Empty>
        No policy was pushed yet: everything passes. Make one with <span className="mono">sluice init DIRECTORY</span>{' '}
        and push it with <span className="mono">sluice policy push DIRECTORY</span>; from then on it can be changed
        here.
      </Empty>
    );
  return <Given query={query}>{(policy) => <Held newest={policy} />}</Given>;
}

/** A draft stays with the version it was made of, also when another comes into force meanwhile. */
function Held({ newest }: { newest: Schemas['Policy'] }) {
  const [held, hold] = useState(newest);
  const policy = hasDraft(held.entry.version) ? held : newest;
  if (policy !== held) hold(policy);
  const { version } = newest.entry;
  return (
    <>
      {policy.entry.version !== version && (
        <Alert color="yellow" mb="xs" role="status">
          Version {version} came into force meanwhile: this draft of version {policy.entry.version} can no longer be
          pushed. Give up the changes to see version {version}.
        </Alert>
      )}
      <Workbench key={policy.entry.version} policy={policy} onGaveUp={() => hold(newest)} />
    </>
  );
}
