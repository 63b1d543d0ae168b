/** Invariant 2 needs one clock for all: a machine whose clock is wrong goes by the database's. */
import { expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import { systemTimers } from '../core/clock.ts';
import { startDatabaseClock } from './database-clock.ts';

inOneDatabase();

/** How far the clock is from what the database says, in milliseconds, at most. */
async function differenceMs(clock: { now(): Date }): Promise<number> {
  const before = clock.now().getTime();
  const { rows } = await pool.query<{ at: Date }>('select clock_timestamp() as at');
  const after = clock.now().getTime();
  const at = rows[0]!.at.getTime();
  return Math.max(before - at, at - after, 0);
}

test("A machine an hour ahead goes by the database's clock, and says so once", async () => {
  const told: number[] = [];
  const own = {
    ahead: 3_600_000,
    asked: 0,
    now: () => {
      own.asked += 1;
      return new Date(Date.now() + own.ahead);
    },
  };
  const comparedTwice = async () => {
    const until = own.asked + 2;
    while (own.asked < until) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const clock = await startDatabaseClock(pool, {
    timers: systemTimers,
    own,
    onSkew: (aheadMs) => told.push(aheadMs),
    everyMs: 20,
  });
  expect(await differenceMs(clock)).toBeLessThan(1_000);
  await comparedTwice();
  expect(told).toHaveLength(1);
  expect(Math.round(told[0]! / 60_000)).toBe(60);
  // Set right, and wrong again: told again.
  own.ahead = 0;
  await comparedTwice();
  own.ahead = -3_600_000;
  await comparedTwice();
  expect(Math.round(told[1]! / 60_000)).toBe(-60);
  expect(await differenceMs(clock)).toBeLessThan(1_000);
  clock.stop();
});

test('When the database is away, time goes on', async () => {
  let isAway = false;
  const db = {
    query: (...args: unknown[]) =>
      isAway
        ? Promise.reject(new Error('away'))
        : (pool.query as (...all: unknown[]) => Promise<unknown>)(...args),
  } as unknown as typeof pool;
  const clock = await startDatabaseClock(db, {
    timers: systemTimers,
    own: { now: () => new Date() },
    onSkew: () => {},
    everyMs: 10,
  });
  isAway = true;
  const before = clock.now().getTime();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(clock.now().getTime()).toBeGreaterThan(before + 50);
  isAway = false;
  expect(await differenceMs(clock)).toBeLessThan(1_000);
  clock.stop();
});
