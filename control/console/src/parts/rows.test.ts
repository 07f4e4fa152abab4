import { expect, test } from 'vitest';
import { placed } from './rows';

const TEN_MILLION = 10_000_000;
const ROW = 28;
const VIEW = 560;

test('shows the first rows of a short table at its top', () => {
  const { first, last, height } = placed(100, ROW, VIEW, 0, { at: 0, scrolled: 0 });
  expect({ first, last, height }).toEqual({ first: 0, last: 32, height: 2800 });
});

test('moves row by row in a table longer than a browser can draw', () => {
  const before = placed(TEN_MILLION, ROW, VIEW, 4_000_000, { at: 0, scrolled: 0 });
  const after = placed(TEN_MILLION, ROW, VIEW, 4_000_000 + 10 * ROW, before);
  expect(after.first - before.first).toBe(10);
});

test('reaches the last of ten million rows', () => {
  const { last } = placed(TEN_MILLION, ROW, VIEW, 8_000_000 - VIEW, { at: 0, scrolled: 0 });
  expect(last).toBe(TEN_MILLION - 1);
});
