// How it looks: accessible in dark and light on every page, nothing cut off on a phone, pictures of it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DESKTOP, isAccessible, open, PHONE, signIn, visitor } from './harness.mjs';

const PAGES = [
  ['/', 'Dashboard', (page) => page.getByRole('row', { name: 'Store' }).waitFor()],
  ['/messages', 'Messages', (page) => page.locator('[data-id]').first().waitFor()],
  [
    '/traffic?by=operation',
    'Traffic',
    (page) =>
      page
        .getByRole('row', { name: /sendRoutingInfoForSM/ })
        .first()
        .waitFor(),
  ],
  ['/scenarios', 'Scenarios', (page) => page.getByRole('row', { name: /flooding/ }).waitFor()],
  ['/scenarios?name=flooding', 'Scenarios', (page) => page.getByRole('dialog').getByText('gt_messages').waitFor()],
  ['/policy', 'Policy', (page) => page.getByText('The policy is sound.').waitFor()],
  ['/policy?tab=history', 'Policy', (page) => page.getByText('in force').first().waitFor()],
  ['/policy?tab=proposals', 'Policy', (page) => page.getByRole('button', { name: 'Look' }).first().waitFor()],
  ['/lists?list=content.suspicious', 'Lists', (page) => page.getByRole('cell', { name: 'you have won' }).waitFor()],
  ['/alarms', 'Alarms', (page) => page.getByRole('heading', { name: 'What began and ceased' }).waitFor()],
  ['/audit', 'Audit', (page) => page.getByRole('cell', { name: 'daemon.start' }).first().waitFor()],
  ['/accounts', 'Accounts', (page) => page.getByRole('row', { name: /viewer\.one/ }).waitFor()],
  ['/accounts?tab=roles', 'Accounts', (page) => page.getByRole('row', { name: /customer_care/ }).waitFor()],
  ['/accounts?tab=tokens', 'Accounts', (page) => page.getByRole('button', { name: 'Make a token' }).waitFor()],
  ['/system', 'System', (page) => page.getByRole('cell', { name: 'rx.frames', exact: true }).waitFor()],
  ['/account', 'My account', (page) => page.getByText('What I may do').waitFor()],
];
const PICTURES = {
  '/messages': 'messages',
  '/traffic?by=operation': 'traffic',
  '/scenarios?name=flooding': 'scenario',
  '/policy': 'policy',
};

export async function looks({ suite, appliance, browser, screenshots }) {
  await suite.test('every page is accessible in dark and light colours, and no wider than a phone', async () => {
    const page = await visitor(browser, appliance);
    let lesser = 0;
    async function look(path, picture) {
      for (const colorScheme of ['dark', 'light']) {
        await page.emulateMedia({ colorScheme });
        await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
        lesser += await isAccessible(page, `${path} in ${colorScheme}`);
        if (screenshots && picture) await take(page, `${picture}-${colorScheme}`);
      }
      await page.setViewportSize(PHONE);
      const fits = (width) => document.documentElement.scrollWidth <= width;
      await page.waitForFunction(fits, PHONE.width).catch(() => assert.fail(`${path} is wider than a phone`));
      await page.setViewportSize(DESKTOP);
    }
    await page.goto('/');
    await page.getByLabel('Name').waitFor();
    await look('sign in');
    await signIn(page, appliance, 'administrator.one');
    for (const [path, heading, isReady] of PAGES) {
      await open(page, path, heading);
      await isReady(page);
      await look(path, PICTURES[path]);
    }
    await openLife(page);
    await look('life of a message', 'life');
    assert.deepEqual(page.faults, []);
    await page.context().close();
    return `${PAGES.length + 2} views, ${lesser} lesser findings`;
  });

  await suite.test('on a phone the pages are behind one button', async () => {
    const page = await visitor(browser, appliance, { viewport: PHONE });
    await page.goto('/');
    await page.getByLabel('Name').fill('viewer.one');
    await page.getByRole('textbox', { name: 'Password' }).fill(appliance.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Navigation' }).click();
    await page.getByRole('link', { name: /Messages/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
    await page.context().close();
  });

  await suite.test('the switch of colours stays over a reload', async () => {
    const page = await visitor(browser, appliance, { colorScheme: 'light', viewport: DESKTOP });
    await signIn(page, appliance, 'viewer.one');
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Switch to light' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark');
    await page.context().close();
  });

  async function take(page, name) {
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
}

/** Opens a delivery that was asked for: its life is question, answer, delivery and answer. */
async function openLife(page) {
  const id = await page.evaluate(async () => {
    const { events } = await (await fetch('/api/v1/events?limit=1000&order=newest')).json();
    const told = new Set(events.filter(({ record }) => record.map?.op === 45).map(({ record }) => record.map.imsi));
    return events.find(({ record }) => record.map?.op === 44 && told.has(record.map.imsi) && record.map.imsi)?.id;
  });
  await open(page, `/messages/${id}`, `Message ${id}`);
  const sequence = page.getByRole('region', { name: 'Sequence of messages' });
  for (const label of [/sendRoutingInfoForSM$/, /sendRoutingInfoForSM answer/, /mt-forwardSM$/])
    await sequence.getByRole('button', { name: label }).first().waitFor();
}
