// What each built-in role is offered, and what it is not: nothing that the daemon would refuse.

import assert from 'node:assert/strict';
import { isNotOffered, open, sees, signIn, visitor } from './harness.mjs';

const EVERYBODY = ['Dashboard', 'Messages', 'Alarms', 'System'];
const OFFERED = {
  viewer: { pages: ['Traffic', 'Scenarios', 'Policy', 'Lists'] },
  customer_care: { pages: [], clear: true },
  analyst: { pages: ['Traffic', 'Scenarios', 'Policy', 'Lists'], clear: true },
  rule_author: { pages: ['Traffic', 'Scenarios', 'Policy', 'Lists', 'Audit'], lists: true, push: true },
  approver: { pages: ['Traffic', 'Scenarios', 'Policy', 'Lists', 'Audit'] },
  administrator: {
    pages: ['Traffic', 'Scenarios', 'Policy', 'Lists', 'Audit', 'Accounts'],
    clear: true,
    lists: true,
    push: true,
  },
};
const PATHS = {
  Traffic: '/traffic',
  Scenarios: '/scenarios',
  Policy: '/policy',
  Lists: '/lists',
  Audit: '/audit',
  Accounts: '/accounts',
};

export async function everyRole({ suite, appliance, browser }) {
  // One after the other: a browser gives the pages that are not in front little of the machine.
  for (const [role, { pages, clear, lists, push }] of Object.entries(OFFERED))
    await suite.test(
      `who has the role ${role.replace('_', ' ')} is offered what they may do and nothing else`,
      async () => {
        const page = await visitor(browser, appliance);
        const refused = [];
        page.on('response', (response) => response.status() === 403 && refused.push(response.url()));
        await signIn(page, appliance, appliance.accounts[role]);
        const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
        const names = (await links.allInnerTexts()).map((text) => text.split('\n')[0].trim());
        assert.deepEqual(new Set(names), new Set([...EVERYBODY, ...pages]));

        const show = async (name) => {
          await links.filter({ hasText: name }).click();
          await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
          assert.equal(await page.title(), `${name} · Sluice`);
          assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
        };
        for (const name of ['Alarms', 'System', ...pages]) await show(name);
        for (const [name, path] of Object.entries(PATHS))
          if (!pages.includes(name)) await open(page, path, 'Nothing here');

        await show('Messages');
        await page.locator('[data-id]').first().waitFor();
        assert.equal(await page.getByText('Show in clear (audited)').count(), clear ? 1 : 0);
        if (pages.includes('Policy')) {
          await show('Policy');
          await page.locator('.cm-content').waitFor();
          assert.equal(await page.getByRole('button', { name: 'Roll back…' }).count(), push ? 1 : 0);
        }
        if (pages.includes('Lists')) {
          await show('Lists');
          await page.getByRole('cell', { name: '99900000000', exact: true }).waitFor();
          assert.equal(await page.getByRole('button', { name: 'Add', exact: true }).count(), lists ? 1 : 0);
          if (!lists) await isNotOffered(page, /^Remove/);
        }
        await open(page, '/account', 'My account');
        await sees(page, 'What I may do');
        assert.deepEqual(refused, [], 'asked for what it may not see');
        assert.deepEqual(page.faults, []);
        await page.context().close();
      },
    );
}
