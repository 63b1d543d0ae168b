/** Invariant 9, append only: whoever gets past the database's refusal is found out. */
import { beforeEach, describe, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import { type AttemptHashes, type LogBatch, type Opening, writeLog } from './attempt-log.ts';
import type { LaneKey } from './lanes.ts';
import { transaction } from './pool.ts';
import {
  clock,
  closingOf,
  hold,
  ids,
  later,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
} from './test-lane.ts';
import { verifyChain } from './verify-chain.ts';

onOwnClock();
inOneDatabase();

let lane: LaneKey;
let attemptIds: string[];

/** Seven attempts in three batches, some in one transaction with another company's. */
beforeEach(async () => {
  lane = await makeLane(pool);
  const other = await makeLane(pool);
  const [held, otherHeld] = [await hold(pool, lane), await hold(pool, other)];
  attemptIds = [];
  for (const size of [3, 1, 3]) {
    const openings: Opening[] = [];
    for (let index = 0; index < size; index++) {
      const [bill, otherBill] = [await makeBill(pool, lane), await makeBill(pool, other)];
      openings.push(openingOf(held, bill, await makePosting(pool, lane, bill)));
      openings.push(openingOf(otherHeld, otherBill, await makePosting(pool, other, otherBill)));
    }
    await transaction(pool, (db) =>
      writeLog(
        db,
        {
          openings,
          writes: openings.map((opening) => writeOf(opening, 1)),
          closings: openings.map((opening) =>
            closingOf(opening, { closedAt: later(1.5), durationMs: 0.1 + 0.2 }),
          ),
        },
        clock.at,
      ),
    );
    attemptIds.push(
      ...openings.filter(({ lane: of }) => of === held).map(({ attemptId }) => attemptId),
    );
  }
});

function writeOf({ lane: of, attemptId }: Opening, number: number) {
  return {
    lane: of,
    attemptId,
    number,
    sentAt: clock.at,
    method: 'POST',
    target: 'http://books.example/invoices',
    body: '{"total":"125.00"}',
    sha256: 'ab',
  };
}

const verify = () => verifyChain(pool, lane.companyId);

/** As the database's owner could do. */
async function tamper(sql: string): Promise<void> {
  await transaction(pool, async (db) => {
    const table = /(?:update|delete from) (\w+)/.exec(sql)![1];
    await db.query(`alter table ${table} disable trigger user`);
    const { rowCount } = await db.query(sql);
    expect(rowCount).toBeGreaterThan(0);
    await db.query(`alter table ${table} enable trigger user`);
  });
}

test('A log as it was written fits, company by company', async () => {
  expect(await verify()).toBeNull();
  const { rows } = await pool.query<{ numbers: number[] }>(
    `select array_agg(chain_number order by attempt_id) as numbers
     from attempt_results where company_id = $1`,
    [lane.companyId],
  );
  expect(rows[0]!.numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('A company without attempts fits', async () => {
  expect(await verifyChain(pool, ids.next())).toBeNull();
});

describe('an alteration is named', () => {
  test.each([
    ['an outcome', 'attempt_results', `outcome = 'unchanged'`],
    ['a failure', 'attempt_results', `failure = '{}'`],
    ['an exchange', 'attempt_results', `exchanges = '[{"status":200}]'`],
    ['the moment it was closed', 'attempt_results', `closed_at = closed_at + interval '1 ms'`],
    ['the bill as it was', 'attempts', `bill = (bill::jsonb || '{"note":"altered"}')::json`],
    ['who asked', 'attempts', `actor = 'En anden'`],
    ['when it began', 'attempts', `opened_at = opened_at + interval '1 ms'`],
    ['what was sent', 'attempt_writes', `body = '{"total":"12.50"}'`],
    ['the hash of what was sent', 'attempt_writes', `sha256 = 'cd'`],
  ])('Of %s', async (_, table, change) => {
    await tamper(`update ${table} set ${change} where attempt_id = '${attemptIds[4]}'`);
    expect(await verify()).toEqual({
      attemptId: attemptIds[4],
      chainNumber: 5,
      reason: 'altered',
    });
  });

  test('Also when its own hash was made again', async () => {
    await tamper(
      `update attempt_results set hash = repeat('a', 64) where attempt_id = '${attemptIds[4]}'`,
    );
    expect(await verify()).toMatchObject({ attemptId: attemptIds[4] });
  });
});

describe('what was taken out is noticed', () => {
  test('A result in the middle', async () => {
    await tamper(`delete from attempt_results where attempt_id = '${attemptIds[2]}'`);
    expect(await verify()).toEqual({
      attemptId: attemptIds[3],
      chainNumber: 4,
      reason: 'missing',
    });
  });

  test('The last result', async () => {
    await tamper(`delete from attempt_results where attempt_id = '${attemptIds[6]}'`);
    expect(await verify()).toEqual({ attemptId: null, chainNumber: 7, reason: 'missing' });
  });

  test('An opening, and a write', async () => {
    await tamper(`delete from attempt_writes where attempt_id = '${attemptIds[5]}'`);
    expect(await verify()).toMatchObject({ attemptId: attemptIds[5], reason: 'altered' });
    await tamper(`delete from attempts where attempt_id = '${attemptIds[1]}'`);
    expect(await verify()).toMatchObject({ attemptId: attemptIds[1], reason: 'altered' });
  });

  test('The first results, though they never left with their month', async () => {
    await tamper(
      `delete from attempt_results where attempt_id in ('${attemptIds[0]}', '${attemptIds[1]}')`,
    );
    expect(await verify()).toEqual({
      attemptId: attemptIds[2],
      chainNumber: 3,
      reason: 'missing',
    });
  });

  test('All of them', async () => {
    await tamper(`delete from attempt_results where company_id = '${lane.companyId}'`);
    expect(await verify()).toEqual({ attemptId: null, chainNumber: 1, reason: 'missing' });
  });
});

describe('who closes an attempt may say the hashes of what the log holds of it', () => {
  async function closed(change: (hashes: AttemptHashes) => AttemptHashes): Promise<string> {
    const held = await hold(pool, lane, 'me', 120_000);
    const bill = await makeBill(pool, lane);
    const opening = openingOf(held, bill, await makePosting(pool, lane, bill));
    const writes = [1, 2].map((number) => writeOf(opening, number));
    const log = (batch: Partial<LogBatch>) =>
      writeLog(pool, { openings: [], writes: [], closings: [], ...batch }, clock.at);
    const { opened, writeHashes } = await log({ openings: [opening], writes });
    const hashes = { opening: opened.get(opening.attemptId)!, writes: writeHashes };
    await log({ closings: [closingOf(opening, { hashes: change(hashes) })] });
    return opening.attemptId;
  }

  test('The chain is the same as when they are looked up', async () => {
    await closed((hashes) => hashes);
    expect(await verify()).toBeNull();
  });

  test.each<[string, (hashes: AttemptHashes) => AttemptHashes]>([
    ["Another opening's", (hashes) => ({ ...hashes, opening: 'a'.repeat(64) })],
    ['Of one write too few', ({ opening, writes }) => ({ opening, writes: writes.slice(1) })],
    ['In another order', ({ opening, writes }) => ({ opening, writes: writes.toReversed() })],
    ['None of its writes', ({ opening }) => ({ opening, writes: [] })],
  ])('A wrong one is named: %s', async (_, change) => {
    const attemptId = await closed(change);
    expect(await verify()).toEqual({ attemptId, chainNumber: 8, reason: 'altered' });
  });

  test('An attempt that was never opened is not closed, whatever is said of it', async () => {
    const held = await hold(pool, lane, 'me', 120_000);
    const bill = await makeBill(pool, lane);
    const opening = openingOf(held, bill, await makePosting(pool, lane, bill));
    const hashes = { opening: 'a'.repeat(64), writes: [] };
    const closings = [closingOf(opening, { hashes })];
    await expect(writeLog(pool, { openings: [], writes: [], closings }, clock.at)).rejects.toThrow(
      'was not open',
    );
    expect(await verify()).toBeNull();
  });
});
