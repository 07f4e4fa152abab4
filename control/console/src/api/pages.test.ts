import { expect, test } from 'vitest';
import { PAGE, Rows } from './pages';
import type { Event } from './record';

const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A store of so many messages, newest first, which tells what it was asked for. */
function store(size: number) {
  const asked: (number | undefined)[] = [];
  const fetch = async (after: number | undefined, limit: number) => {
    asked.push(after);
    const newest = Math.min(size, (after ?? size + 1) - 1);
    const events = Array.from({ length: Math.min(limit, newest) }, (_, n) => ({ id: newest - n }) as Event);
    return { events, next: newest > limit ? newest - limit + 1 : undefined };
  };
  return { asked, fetch };
}

test('asks for the next page when its end comes in sight', async () => {
  const { fetch, asked } = store(3 * PAGE);
  const rows = new Rows(fetch, () => undefined);
  rows.want(0, 20);
  await settled();
  expect(rows.count).toBe(PAGE);
  rows.want(PAGE - 20, PAGE);
  await settled();
  expect(rows.count).toBe(2 * PAGE);
  expect(rows.row(PAGE)?.id).toBe(2 * PAGE);
  expect(asked).toHaveLength(2);
});

test('goes to any place of a store whose size is known without the pages before it', async () => {
  const { fetch, asked } = store(10_000_000);
  const rows = new Rows(fetch, () => undefined, { newest: 10_000_000, count: 10_000_000 });
  rows.want(5_000_000, 5_000_030);
  await settled();
  expect(rows.row(5_000_000)?.id).toBe(5_000_000);
  expect(asked).toHaveLength(1);
});

test('gives up the pages that were looked at longest ago', async () => {
  const { fetch } = store(1_000_000);
  const rows = new Rows(fetch, () => undefined, { newest: 1_000_000, count: 1_000_000 });
  for (let page = 0; page < 40; page += 1) {
    rows.want(page * PAGE, page * PAGE + 10);
    await settled();
  }
  expect(rows.row(0)).toBeUndefined();
  expect(rows.row(39 * PAGE)).toBeDefined();
});

test('asks no more after a failure until it is told to', async () => {
  let calls = 0;
  const rows = new Rows(
    async () => {
      calls += 1;
      throw new Error('no answer');
    },
    () => undefined,
  );
  rows.want(0, 20);
  await settled();
  rows.want(0, 20);
  await settled();
  expect(calls).toBe(1);
  expect(rows.error).toBeDefined();
});
