// A browser, pages that complain, and a list of tests.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TOP } from './appliance.mjs';

const require = createRequire(join(TOP, 'control/console/package.json'));
const { chromium } = require('playwright-core');
const AXE = require('axe-core').source;

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
// A machine that is busy otherwise is slow, not wrong.
const PATIENCE_MS = 60_000;

export async function openBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A browser of its own, with what it must never do: errors on its console, requests to another host. */
export async function visitor(browser, appliance, options = {}) {
  const context = await browser.newContext({
    baseURL: appliance.url,
    ignoreHTTPSErrors: true,
    viewport: DESKTOP,
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const faults = [];
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== appliance.url && !request.url().startsWith('data:'))
      faults.push(`a request to ${request.url()}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error' && !isExpected(message)) faults.push(`on the console: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`not caught: ${error.error().message}`));
  const page = await context.newPage();
  page.faults = faults;
  return page;
}

// The browser itself writes refusals there: of who is not signed in, and those that a test provokes.
const isExpected = (message) => /status of (401|403|409|422)/.test(message.text());

export async function signIn(page, appliance, name) {
  await page.goto('/');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill(appliance.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/** Goes to a page as a link does, without loading the console again. */
export async function open(page, path, heading) {
  await page.evaluate((path) => history.pushState(null, '', path), path);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
}

export const sees = (page, text) => page.getByText(text).first().waitFor();

export async function isNotOffered(page, ...names) {
  for (const name of names) assert.equal(await page.getByRole('button', { name }).count(), 0, `“${name}” is offered`);
}

/** No serious or critical fault that axe knows of. */
export async function isAccessible(page, where) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    }),
  );
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = grave.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`)
        .slice(0, 3)
        .join(' | ')}`,
  );
  assert.deepEqual(told, [], `axe, ${where}`);
  return violations.length;
}

export class Suite {
  results = [];
  constructor(only) {
    this.begun = performance.now();
    this.only = only;
  }

  async test(name, body) {
    if (this.only && !name.includes(this.only)) return;
    const begun = performance.now();
    const result = { name, figures: '' };
    try {
      result.figures = (await body()) ?? '';
    } catch (error) {
      result.error = error;
    }
    result.seconds = (performance.now() - begun) / 1000;
    this.results.push(result);
    console.log(
      `${result.error ? 'FAILED' : 'ok    '} ${result.seconds.toFixed(1).padStart(5)} s  ${name}${result.figures ? `: ${result.figures}` : ''}`,
    );
    if (result.error)
      console.log(
        String(result.error.stack ?? result.error)
          .split('\n')
          .slice(0, 18)
          .map((line) => `         ${line}`)
          .join('\n'),
      );
  }

  finish() {
    const failed = this.results.filter(({ error }) => error).length;
    const seconds = (performance.now() - this.begun) / 1000;
    console.log(`\n${this.results.length - failed} of ${this.results.length} tests passed in ${seconds.toFixed(0)} s`);
    return failed === 0 && this.results.length > 0;
  }
}
