// The main task of each page, by who has to do it.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { DESKTOP, isNotOffered, open, PHONE, sees, signIn, visitor } from './harness.mjs';

export async function everyTask({ suite, appliance, browser, screenshots }) {
  const people = {};
  async function as(role, body) {
    if (!people[role]) {
      people[role] = await visitor(browser, appliance);
      await signIn(people[role], appliance, appliance.accounts[role]);
    }
    const page = people[role];
    page.faults.length = 0;
    const figures = await body(page).catch(async (error) => {
      error.stack += `\n  alerts: ${await page.getByRole('alert').allInnerTexts()}`;
      throw error;
    });
    assert.deepEqual(page.faults, []);
    return figures;
  }
  const test = (name, role, body) => suite.test(name, () => as(role, body));

  await suite.test('who gives a wrong password is refused in words and stays at the sign-in page', async () => {
    const page = await visitor(browser, appliance);
    await page.goto('/messages');
    await page.getByLabel('Name').fill('viewer.one');
    await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await sees(page, 'Name, password or code is wrong, or the account is locked');
    assert.equal(await page.title(), 'Sign in · Sluice');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  await test(
    'the dashboard of a new appliance says what to do, then shows its traffic as it comes',
    'viewer',
    async (page) => {
      await open(page, '/', 'Dashboard');
      await sees(page, 'No message was recorded yet.');
      await appliance.feed();
      await page.waitForFunction(() => {
        const [tile] = document.querySelectorAll('.tile .figure');
        return Number.parseFloat(tile?.textContent ?? '') > 10;
      });
      await sees(page, 'sendRoutingInfoForSM');
      await sees(page, 'home-identity.centre');
      for (const part of ['Dataplane', 'Cores', 'Ports', 'Journal', 'Store'])
        assert.equal(await page.getByRole('row', { name: part }).getByText('well').count(), 1, part);
      assert.ok((await page.locator('.chart canvas').count()) >= 2, 'charts');
      if (screenshots) await takeDashboard(page, screenshots);
    },
  );

  await test('messages that come appear in the live table without a reload', 'viewer', async (page) => {
    await open(page, '/messages', 'Messages');
    await page.getByRole('switch', { name: 'Live' }).check();
    await page.locator('[data-id]').first().waitFor();
    const before = await page.locator('[data-id]').first().getAttribute('data-id');
    await page.waitForFunction(
      (id) => Number(document.querySelector('[data-id]')?.getAttribute('data-id')) > Number(id),
      before,
    );
  });

  await test('traffic is counted by what an analyst asks for, and by network', 'analyst', async (page) => {
    await open(page, '/traffic', 'Traffic');
    await page
      .getByRole('table', { name: 'Messages by verdict' })
      .getByRole('row', { name: /^discard/ })
      .waitFor();
    await page.getByRole('combobox', { name: 'Counted by' }).click();
    await page.getByRole('option', { name: 'by operation' }).click();
    await page
      .getByRole('table', { name: 'Messages by operation' })
      .getByRole('row', { name: /^mt-ForwardSM/ })
      .waitFor();
    await page.getByText('24 h', { exact: true }).click();
    await page.waitForURL(/window=24/);
    await page
      .getByRole('table', { name: 'Sending networks by verdict' })
      .getByRole('row', { name: /^Demo Mobile/ })
      .waitFor();
    await page
      .getByRole('table', { name: 'Networks of the policy' })
      .getByRole('row', { name: /Demo Mobile.*home/ })
      .waitFor();
  });

  await test('an analyst sees what a scenario has found, its thresholds and its rules', 'analyst', async (page) => {
    await open(page, '/scenarios', 'Scenarios');
    const row = page.getByRole('row', { name: /home-identity/ });
    await row.waitFor();
    await page.getByLabel('Find a scenario').fill('flooding');
    await page.getByRole('button', { name: 'Look at flooding' }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('row', { name: /gt_messages.*6000/ }).waitFor();
    await drawer
      .getByRole('table', { name: 'Rules' })
      .getByRole('link', { name: /^flooding\./ })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
  });

  await test(
    'customer care finds a subscriber by number and sees the life of the message in clear',
    'customer_care',
    async (page) => {
      const number = await aRefusedSubscriber(appliance);
      await open(page, '/messages', 'Messages');
      await page.getByLabel('Number or title').fill(number);
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await page.waitForURL(/number=/);
      await page.locator('[data-id]').first().waitFor();
      assert.ok(!(await page.getByRole('grid').textContent()).includes(number), 'masked');
      await page.locator('[data-id]', { hasText: 'discard' }).first().click();
      await sees(page, /The rule .* decided discard/);
      await page.getByRole('button', { name: 'Show in clear (audited)' }).click();
      await page.getByRole('region', { name: 'Fields of the record' }).getByText(number).first().waitFor();
      const arrows = page.getByRole('region', { name: 'Sequence of messages' }).getByRole('button');
      assert.ok((await arrows.count()) >= 2, 'a question and its answer');
      await arrows.first().press('Enter');
      assert.equal(await arrows.first().getAttribute('aria-pressed'), 'true');
    },
  );

  await test('a search that finds nothing says how to find more', 'customer_care', async (page) => {
    await open(page, '/messages?number=15550199999', 'Messages');
    await sees(page, 'No message fits this search.');
  });

  await test('a message can be chosen and opened with the keys alone', 'analyst', async (page) => {
    await open(page, '/messages', 'Messages');
    await page.locator('[data-id]').first().waitFor();
    await page.getByRole('grid').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1, name: /^Message \d+$/ }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
  });

  await test('an analyst tries a policy and sees its mistakes, but cannot push it', 'analyst', async (page) => {
    await open(page, '/policy', 'Policy');
    await openFile(page, 'rules/1-lists.toml');
    await append(page, '\n[[rule]]\nid = "own"\nlevel = 1\nwhen = "sms.oaa == 1"\n');
    await sees(page, 'there is no field `sms.oaa`');
    await page.locator('.cm-lintRange-error').first().waitFor();
    await isNotOffered(page, 'Push or propose…', 'Roll back…');
  });

  await test('the editor completes the names of fields', 'analyst', async (page) => {
    await append(page, '\nwhen = "map.sm_rp_oa.ch');
    await page.locator('.cm-tooltip-autocomplete').getByText('map.sm_rp_oa.choice').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Give up the changes' }).click();
    await sees(page, 'The policy is sound.');
  });

  await test(
    'a rule author changes a rule, looks at diff and backtest, and proposes it',
    'rule_author',
    async (page) => {
      await open(page, '/policy', 'Policy');
      await openFile(page, 'rules/2-checks.toml');
      await append(page, NEW_RULE);
      await page.getByRole('button', { name: 'Diff' }).click();
      await page.getByRole('dialog').getByText('no-questions').first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Backtest' }).click();
      await page
        .getByRole('dialog')
        .getByText(/newly blocked/)
        .first()
        .waitFor();
      await page.getByRole('dialog').getByRole('cell', { name: 'no-questions' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Push or propose…' }).click();
      await page.getByLabel('Why, for those who read the history').fill('Nobody asks us for IMSIs');
      await page.getByRole('button', { name: 'Propose', exact: true }).click();
      await page.getByRole('cell', { name: 'Nobody asks us for IMSIs' }).waitFor();
      await page.getByRole('button', { name: 'Look' }).first().click();
      await page.getByRole('button', { name: 'Take it back' }).waitFor();
      await isNotOffered(page, 'Approve');
    },
  );

  await test('an approver sees what a proposal changes and takes it into force', 'approver', async (page) => {
    await open(page, '/policy?tab=proposals', 'Policy');
    await page.getByRole('button', { name: 'Look' }).first().click();
    await page.getByRole('dialog').getByText('no-questions').first().waitFor();
    await page.getByRole('button', { name: /^Approve/ }).click();
    const insists = page.getByRole('button', { name: 'Approve all the same' });
    const approved = page.getByText(/approved/).first();
    await insists.or(approved).first().waitFor();
    if (await insists.isVisible()) await insists.click();
    await approved.waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('row', { name: /^2 in force/ }).waitFor();
  });

  await test('a rule author rolls a policy back after a question', 'rule_author', async (page) => {
    await open(page, '/policy', 'Policy');
    await page.getByRole('button', { name: 'Roll back…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page.getByText(/Version 1 in force/).waitFor();
  });

  await test('a rule author adds an entry to a list with a note, finds and removes it', 'rule_author', async (page) => {
    await open(page, '/lists?list=blocked_gts', 'Lists');
    await page.getByLabel('New entry').fill('15550142');
    await page.getByLabel('Note').fill('case 7');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Entries that begin with').fill('1555');
    const row = page.getByRole('row', { name: /15550142/ });
    await row.getByText(/rule.author.one.*case 7/).waitFor();
    await page.getByRole('button', { name: 'Remove 15550142' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await row.getByText('removed').waitFor();
  });

  await test(
    'an answer that was on its way when an entry was removed does not bring it back',
    'rule_author',
    async (page) => {
      await open(page, '/lists?list=blocked_gts_of_partners', 'Lists');
      await page.getByLabel('New entry').fill('15550143');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      const removed = page.waitForResponse((response) => response.request().method() === 'DELETE');
      let late;
      const asked = new Promise((asked) => {
        page.route(/prefix=1555/, async (route) => {
          if (late) return route.continue();
          const before = await route.fetch();
          late = removed.then(() => route.fulfill({ response: before })).catch(() => 'no longer wanted');
          asked();
        });
      });
      await page.getByRole('button', { name: 'Remove 15550143' }).waitFor();
      await page.getByLabel('Entries that begin with').fill('1555');
      await asked;
      await page.getByRole('button', { name: 'Remove 15550143' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await late;
      await page.getByRole('row', { name: /15550143 .*removed/ }).waitFor();
    },
  );

  await test('alarms show each thing that is wrong, or how to set limits', 'viewer', async (page) => {
    await open(page, '/alarms', 'Alarms');
    const { raised } = await page.evaluate(async () => (await fetch('/api/v1/machine/conditions')).json());
    if (raised.length === 0) await sees(page, 'Limits on counters of your own');
    for (const { what } of raised) await page.getByRole('cell', { name: what }).first().waitFor();
    return raised.map(({ subject }) => subject).join(', ');
  });

  await test('an administrator finds a deed in the audit log and checks its chain', 'administrator', async (page) => {
    await open(page, '/audit', 'Audit');
    await page.getByLabel('Who, what or of what').fill('events.read_clear');
    await page.getByRole('cell', { name: 'customer.care.one' }).first().waitFor();
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await sees(page, /The chain of \d+ rows is whole/);
    assert.equal(await page.getByRole('link', { name: 'Export' }).getAttribute('href'), '/api/v1/audit/export');
  });

  await test(
    'an administrator makes an account, a role and a token that is shown once',
    'administrator',
    async (page) => {
      await open(page, '/accounts', 'Accounts');
      await page.getByRole('button', { name: 'Add an account' }).click();
      await page.getByLabel('Name').fill('new.person');
      await page
        .getByRole('combobox', { name: 'Role' })
        .or(page.getByRole('textbox', { name: 'Role' }))
        .first()
        .click();
      await page.getByRole('option', { name: 'analyst' }).click();
      await page.getByRole('textbox', { name: 'First password' }).fill('a river under nine bridges');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('row', { name: /new\.person analyst/ }).waitFor();

      await page.getByRole('tab', { name: 'Roles' }).click();
      await page.getByRole('button', { name: 'Make a role' }).click();
      await page.getByLabel('Name').fill('night_shift');
      await page.getByLabel('See counters').check();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('row', { name: /night_shift.*counters\.read/ }).waitFor();

      await page.getByRole('tab', { name: 'Tokens' }).click();
      await sees(page, 'There is no token.');
      await page.getByRole('button', { name: 'Make a token' }).click();
      await page.getByLabel('Name').fill('noc');
      await page.getByRole('button', { name: 'Make', exact: true }).click();
      const token = await page.locator('[data-token]').textContent();
      assert.ok(token.length > 20, 'a token');
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('row', { name: /noc viewer administrator\.one/ }).waitFor();
      assert.equal(await page.getByText(token).count(), 0, 'shown once');
    },
  );

  await test('counters are found by what they count', 'viewer', async (page) => {
    await open(page, '/system', 'System');
    await page.getByLabel('Name or meaning').fill('frames received');
    await page.getByRole('cell', { name: 'rx.frames', exact: true }).waitFor();
    await sees(page, 'net_af_packet');
  });

  await suite.test('a person takes a second factor and signs in with its code', async () => {
    const page = await visitor(browser, appliance);
    await signIn(page, appliance, 'second.factor');
    await open(page, '/account', 'My account');
    await page
      .getByRole('region', { name: 'Second factor' })
      .getByRole('textbox', { name: 'Password' })
      .fill(appliance.password);
    await page.getByRole('button', { name: 'Set up an authenticator' }).click();
    await page.getByRole('img', { name: 'QR code of the secret' }).waitFor();
    const secret = await page.locator('[data-secret]').textContent();
    await typeCode(page, codeOf(secret, 0));
    await sees(page, 'Your account asks for a code when you sign in.');
    await page.getByRole('button', { name: 'second.factor' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Name').fill('second.factor');
    await page.getByRole('textbox', { name: 'Password' }).fill(appliance.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await typeCode(page, codeOf(secret, 1));
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  await suite.test('whose session ended is told so and comes back to the page they were on', async () => {
    const page = await visitor(browser, appliance);
    await signIn(page, appliance, 'viewer.one');
    await open(page, '/lists', 'Lists');
    await appliance.sluice('account', 'change', 'viewer.one', '--disable');
    await appliance.sluice('account', 'change', 'viewer.one', '--enable');
    await sees(page, 'Your session has ended.');
    await page.getByLabel('Name').fill('viewer.one');
    await page.getByRole('textbox', { name: 'Password' }).fill(appliance.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Lists' }).waitFor();
    await page.context().close();
  });

  await suite.test('an appliance that stops answering leaves what was shown, and says so', async () => {
    const page = await visitor(browser, appliance);
    await signIn(page, appliance, 'analyst.one');
    await open(page, '/', 'Dashboard');
    await sees(page, 'poll core 0');
    await page.route('**/api/v1/status', (route) => route.abort());
    await sees(page, 'The appliance does not answer');
    await sees(page, 'poll core 0');
    await page.context().close();
  });

  for (const page of Object.values(people)) await page.context().close();
}

const SECONDS_IN_PICTURE = 12;

async function takeDashboard(page, folder) {
  for (let n = 0; n < SECONDS_IN_PICTURE; n += 1) await page.waitForResponse('**/api/v1/counters');
  const take = (name) => page.screenshot({ path: join(folder, `dashboard-${name}.png`) });
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await page.waitForResponse('**/api/v1/counters');
    await take(colorScheme);
  }
  await page.setViewportSize(PHONE);
  await page.waitForResponse('**/api/v1/counters');
  await take('phone');
  await page.setViewportSize(DESKTOP);
}

const NEW_RULE = `
[[rule]]
id = "no-questions"
level = 2
when = 'map.op == 71'
action = "discard"
owner = "security"
comment = "Nobody asks where our subscribers are"
`;

async function openFile(page, name) {
  await page.getByRole('navigation', { name: 'Files of the policy' }).getByRole('button', { name }).click();
  await page.getByRole('textbox', { name: `Text of ${name}` }).waitFor();
}

async function append(page, text) {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
}

async function aRefusedSubscriber(appliance) {
  for (;;) {
    const { stdout } = await appliance.sluice('events', '--json', '--clear', '--action', 'discard', '--last', '50');
    const found = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    for (const each of found) {
      const digits = (each.record ?? each).map?.msisdn?.digits;
      if (digits) return digits;
    }
  }
}

async function typeCode(page, code) {
  await page.getByLabel('Code of your authenticator, digit').first().click();
  await page.keyboard.type(code);
}

/** RFC 6238. Each code counts once, so a second one is that of a step later. */
function codeOf(secret, stepsAhead) {
  const bits = [...secret]
    .map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((octet) => Number.parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + stepsAhead));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
