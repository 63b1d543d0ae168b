/** A clock that was ahead once must not keep a later month from beginning. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { writeLog } from './attempt-log.ts';
import { ensurePartitions } from './partitions.ts';
import {
  clock,
  hold,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
} from './test-lane.ts';

onOwnClock();

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('A month with attempts from a clock that was ahead goes without partitions, the next has them', async () => {
  const { pool } = database;
  clock.at = new Date('2031-05-10T00:00:00Z');
  const lane = await makeLane(pool);
  const attempt = async () => {
    const bill = await makeBill(pool, lane);
    const held = await hold(pool, lane, 'me', 60_000);
    const opening = openingOf(held, bill, await makePosting(pool, lane, bill));
    await writeLog(pool, { openings: [opening], writes: [], closings: [] }, clock.at);
    return opening.attemptId;
  };
  const early = await attempt();

  expect(await ensurePartitions(pool, clock.at)).toEqual(['2031-05']);
  expect(await ensurePartitions(pool, clock.at)).toEqual(['2031-05']);
  const later = await attempt();
  clock.at = new Date('2031-06-10T00:00:00Z');
  expect(await ensurePartitions(pool, clock.at)).toEqual([]);
  const next = await attempt();
  const { rows } = await pool.query<{ table: string; attempt_id: string }>(
    'select tableoid::regclass::text as table, attempt_id from attempts order by attempt_id',
  );
  expect(rows).toEqual([
    { table: 'attempts_other', attempt_id: early },
    { table: 'attempts_other', attempt_id: later },
    { table: 'attempts_2031_06', attempt_id: next },
  ]);
});
