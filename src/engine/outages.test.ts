import { expect, test } from 'vitest';
import { pino } from 'pino';
import type { Timers } from '../core/clock.ts';
import { createOutages } from './outages.ts';

/** A database and a clock in a test's hand. */
function place() {
  let nowMs = 0;
  let next: { atMs: number; work: () => void } | null = null;
  const lines: { level: number; msg: string; failures?: number; durationMs?: number }[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  const timers: Timers = {
    elapsedMs: () => nowMs,
    after(ms, work) {
      next = { atMs: nowMs + ms, work };
      return () => (next = null);
    },
    soon: () => Promise.resolve(),
  };
  const database = { isUp: true };
  const outages = createOutages({
    logger,
    timers,
    ask: async () => {
      if (!database.isUp) throw fault('57P03');
    },
  });
  const pass = async (ms: number) => {
    const untilMs = nowMs + ms;
    while (next && next.atMs <= untilMs) {
      nowMs = next.atMs;
      const { work } = next;
      next = null;
      work();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
    nowMs = untilMs;
  };
  return { outages, database, lines, pass };
}

const fault = (code: string) => Object.assign(new Error('the server is gone'), { code });

test('However much fails, an outage is told when it begins and when it is over', async () => {
  const { outages, database, lines, pass } = place();
  database.isUp = false;
  for (let failure = 0; failure < 500; failure++) expect(outages.tell(fault('57P01'))).toBe(true);
  await pass(10_000);
  expect(lines.map(({ level }) => level)).toEqual([50]);
  expect(outages.isOn()).toBe(true);
  database.isUp = true;
  await pass(10_000);
  expect(outages.isOn()).toBe(false);
  expect(lines).toMatchObject([{ level: 50 }, { level: 30, failures: 500 }]);
});

test('A full disk that still answers questions is one outage as long as writing fails', async () => {
  const { outages, lines, pass } = place();
  for (let failure = 0; failure < 20; failure++) {
    outages.tell(fault('53100'));
    await pass(2_000);
  }
  expect(lines).toHaveLength(1);
  await pass(5_000);
  expect(lines).toHaveLength(2);
});

test('What is a fault of ours is no outage', () => {
  const { outages, lines } = place();
  expect(outages.tell(new TypeError('x is not a function'))).toBe(false);
  expect(outages.tell(fault('23505'))).toBe(false);
  expect(lines).toEqual([]);
});
