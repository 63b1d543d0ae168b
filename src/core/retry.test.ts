import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONNECTION_BACKOFF, POSTING_BACKOFF, retryDelayMs } from './retry.ts';

const half = () => 0;
const whole = () => 1;

test('The wait doubles from failure to failure, up to an hour', () => {
  const waits = [1, 2, 3, 4, 11, 12, 500].map((n) => retryDelayMs(n, whole, POSTING_BACKOFF));
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 2_048_000, 3_600_000, 3_600_000]);
});

test('Chance shortens a wait by at most a half', () => {
  expect(retryDelayMs(3, half, POSTING_BACKOFF)).toBe(4_000);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, chance) => {
        const ms = retryDelayMs(failures, () => chance, CONNECTION_BACKOFF);
        const most = retryDelayMs(failures, whole, CONNECTION_BACKOFF);
        expect(ms).toBeGreaterThanOrEqual(most / 2 - 1);
        expect(ms).toBeLessThanOrEqual(CONNECTION_BACKOFF.longestMs);
      },
    ),
  );
});

test('We never come back earlier than the accounting system asked for, but within a day', () => {
  expect(retryDelayMs(1, half, POSTING_BACKOFF, 90_000)).toBe(90_000);
  expect(retryDelayMs(1, whole, POSTING_BACKOFF, 10)).toBe(2_000);
  expect(retryDelayMs(1, half, POSTING_BACKOFF, 900_000_000)).toBe(86_400_000);
});
