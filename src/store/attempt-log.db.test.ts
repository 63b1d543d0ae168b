import { beforeEach, describe, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import { type Closing, laneToken, type LogBatch, type Opening, writeLog } from './attempt-log.ts';
import { type HeldLane, type LaneKey, releaseLane, takeLane } from './lanes.ts';
import { transaction } from './pool.ts';
import { lockPostings, lockPostingsOf } from './postings.ts';
import {
  clock,
  closingOf,
  hold,
  IN_STEP,
  later,
  makeBill,
  makeLane,
  makePosting,
  onOwnClock,
  openingOf,
  readPosting,
} from './test-lane.ts';

onOwnClock();
inOneDatabase();

let key: LaneKey;
let lane: HeldLane;
beforeEach(async () => {
  key = await makeLane(pool);
  lane = await hold(pool, key);
});

const log = (batch: Partial<LogBatch>, now = clock.at) =>
  transaction(pool, (db) =>
    writeLog(db, { openings: [], writes: [], closings: [], ...batch }, now),
  );
const writeOf = (opening: Opening, number = 1) => ({
  lane: opening.lane,
  attemptId: opening.attemptId,
  number,
  sentAt: clock.at,
  method: 'POST',
  target: 'http://books.example/invoices',
  body: '{}',
  sha256: 'ab',
});
async function rowsOf(table: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) from ${table} where company_id = $1`,
    [key.companyId],
  );
  return rows[0]!.count;
}
const everything = () => Promise.all(['attempts', 'attempt_writes', 'attempt_results'].map(rowsOf));

describe('the fence', () => {
  test('Under an old fence nothing is written, not an opening, a write or a result', async () => {
    const bill = await makeBill(pool, key);
    const posting = await makePosting(pool, key, bill);
    const mine = openingOf(lane, bill, posting);
    await log({ openings: [mine] });
    const theirs = await takeLane(pool, key, 'another', later(60_001), later(120_000));
    const second = await makePosting(pool, key, await makeBill(pool, key));
    const result = await log({
      openings: [openingOf(lane, bill, second)],
      writes: [writeOf(mine)],
      closings: [closingOf(mine)],
    });
    expect(result.lost).toEqual(new Set([laneToken(lane)]));
    expect(result.opened.size).toBe(0);
    expect(await everything()).toEqual([1, 0, 0]);
    expect(await readPosting(pool, bill, posting.id)).toMatchObject({
      state: 'syncing',
      openAttemptId: mine.attemptId,
      remoteId: null,
    });
    expect(theirs!.fence).toBe(lane.fence + 1);
  });

  test('When the lease is over nothing is written either, though nobody took the lane yet', async () => {
    const bill = await makeBill(pool, key);
    const opening = openingOf(lane, bill, await makePosting(pool, key, bill));
    const result = await log({ openings: [opening], writes: [writeOf(opening)] }, later(60_001));
    expect(result.lost.size).toBe(1);
    expect(await everything()).toEqual([0, 0, 0]);
  });

  test('In one batch the lanes that are still held are written, the lost one is not', async () => {
    const other = await makeLane(pool);
    const otherLane = await hold(pool, other);
    await takeLane(pool, key, 'another', later(60_001), later(120_000));
    const [a, b] = [await makeBill(pool, key), await makeBill(pool, other)];
    const [pa, pb] = [await makePosting(pool, key, a), await makePosting(pool, other, b)];
    const held = openingOf(otherLane, b, pb);
    const result = await log({ openings: [openingOf(lane, a, pa), held] });
    expect([...result.opened.keys()]).toEqual([held.attemptId]);
    expect([...result.lost]).toEqual([laneToken(lane)]);
  });

  test('Taking the lane waits for a log that is just being written under it', async () => {
    const bill = await makeBill(pool, key);
    const opening = openingOf(lane, bill, await makePosting(pool, key, bill));
    const order: string[] = [];
    let theft: Promise<unknown> = Promise.resolve();
    await transaction(pool, async (db) => {
      await writeLog(db, { openings: [opening], writes: [], closings: [] }, clock.at);
      theft = takeLane(pool, key, 'another', later(60_001), later(120_000)).then(() =>
        order.push('taken'),
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push('written');
    });
    await theft;
    expect(order).toEqual(['written', 'taken']);
  });
});

describe('opening', () => {
  test('An attempt is opened only on the wish it has seen', async () => {
    const bill = await makeBill(pool, key);
    const seen = await makePosting(pool, key, bill);
    const opening = openingOf(lane, bill, seen);
    await makePosting(pool, key, bill, { id: seen.id, wishNumber: 2 });
    const result = await log({ openings: [opening], writes: [writeOf(opening)] });
    expect(result.opened.size).toBe(0);
    expect(await everything()).toEqual([0, 0, 0]);
    expect(await readPosting(pool, bill, seen.id)).toMatchObject({
      state: 'waiting',
      wishNumber: 2,
    });
  });

  test('A posting has one open attempt at most', async () => {
    const bill = await makeBill(pool, key);
    const posting = await makePosting(pool, key, bill);
    await log({ openings: [openingOf(lane, bill, posting)] });
    const result = await log({ openings: [openingOf(lane, bill, posting)] });
    expect(result.opened.size).toBe(0);
  });

  test('An attempt is opened only on what it has seen: one that was made meanwhile stands in the way', async () => {
    const bill = await makeBill(pool, key);
    const seen = await makePosting(pool, key, bill);
    const first = openingOf(lane, bill, seen);
    await log({ openings: [first] });
    const retryAt = later(2_000);
    const uncertain = { ...IN_STEP, state: 'uncertain' as const, mustLook: true, remoteId: null };
    await log({
      closings: [closingOf(first, { outcome: 'uncertain', known: { ...uncertain, retryAt } })],
    });
    // It knows nothing of the first: it would create again without looking.
    const result = await log({ openings: [openingOf(lane, bill, seen)] });
    expect(result.opened.size).toBe(0);
    const now = await readPosting(pool, bill, seen.id);
    expect((await log({ openings: [openingOf(lane, bill, now)] })).opened.size).toBe(1);
  });

  test('A write of an attempt that was never opened is not kept', async () => {
    const bill = await makeBill(pool, key);
    const opening = openingOf(lane, bill, await makePosting(pool, key, bill));
    await log({ writes: [writeOf(opening)] });
    expect(await everything()).toEqual([0, 0, 0]);
  });
});

describe('closing', () => {
  async function opened(given: Parameters<typeof makePosting>[3] = {}) {
    const bill = await makeBill(pool, key);
    const posting = await makePosting(pool, key, bill, given);
    const opening = openingOf(lane, bill, posting);
    await log({ openings: [opening] });
    const close = async (known: Partial<Closing['known']>) => {
      const closing = closingOf(opening, { known: { ...IN_STEP, ...known } });
      await log({ closings: [closing] });
      return readPosting(pool, bill, posting.id);
    };
    return { bill, posting, opening, close };
  }

  test('What became known is known; nothing is due any more', async () => {
    const { opening, close } = await opened();
    expect(await close({})).toMatchObject({
      state: 'in-step',
      dueAt: null,
      openAttemptId: null,
      lastAttemptId: opening.attemptId,
      remoteId: 'invoice-1',
      confirmedFields: { number: 'F-1' },
    });
  });

  test('A wish that came during the attempt stays due', async () => {
    const { bill, posting, close } = await opened();
    await makePosting(pool, key, bill, { id: posting.id, wishNumber: 2, state: 'syncing' });
    expect(await close({})).toMatchObject({ state: 'waiting', dueAt: clock.at, wishNumber: 2 });
  });

  test('A failure that is tried again is due then, as a retry', async () => {
    const { close } = await opened({ trigger: 'manual' });
    expect(await close({ state: 'retrying', retryAt: later(4_000) })).toMatchObject({
      state: 'retrying',
      dueAt: later(4_000),
      trigger: 'retry',
    });
  });

  test('What is off by now is not tried again', async () => {
    const { bill, posting, close } = await opened();
    const off = { code: 'kind-off' } as const;
    await makePosting(pool, key, bill, { id: posting.id, dueAt: null, off, state: 'syncing' });
    expect(await close({ state: 'retrying', retryAt: later(4_000) })).toMatchObject({
      state: 'off',
      dueAt: null,
    });
  });

  test('Characters a database can not keep do not keep an attempt from being closed', async () => {
    const { opening } = await opened();
    const message = 'broken \u0000 and \ud83d';
    const failure = {
      code: 'rejected' as const,
      originalMessage: message,
      subject: message,
      retryAfterMs: null,
      conflicts: [],
    };
    const exchange = {
      kind: 'http' as const,
      method: 'POST',
      target: `http://books.example/${message}`,
      requestHeaders: {},
      requestBody: message,
      requestSha256: null,
      startedAt: clock.at.toISOString(),
      durationMs: 1,
      status: 422,
      answerHeaders: { 'x-odd': message },
      answerBody: message,
      error: null,
    };
    await log({
      writes: [{ ...writeOf(opening), body: message, target: message }],
      closings: [closingOf(opening, { outcome: 'failed', failure, exchanges: [exchange] })],
    });
    expect(await everything()).toEqual([1, 1, 1]);
    const { rows } = await pool.query<{ message: string }>(
      `select failure ->> 'originalMessage' as message from attempt_results where company_id = $1`,
      [key.companyId],
    );
    expect(rows[0]!.message).toBe('broken \ufffd and \ufffd');
  });
});

test('Who locks many bills and who writes the log of many never wait for each other in a ring', async () => {
  const [first, second] = [await makeBill(pool, key), await makeBill(pool, key)];
  await makePosting(pool, key, first);
  const other = await makePosting(pool, key, second);
  // A payment of the first bill, younger than the second bill's invoice.
  const payment = await makePosting(pool, key, first, {
    kind: 'supplier-payment',
    paymentId: '01980000-0000-7000-8000-00000000aaaa',
  });
  let writing: Promise<unknown> = Promise.resolve();
  await transaction(pool, async (db) => {
    await lockPostings(db, key.companyId, first.id);
    writing = log({
      openings: [openingOf(lane, second, other), openingOf(lane, first, payment)],
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await lockPostings(db, key.companyId, second.id);
  });
  await writing;
  expect(await rowsOf('attempts')).toBe(2);
});

test('Nor two who lock many bills', async () => {
  const [first, second] = [await makeBill(pool, key), await makeBill(pool, key)];
  await makePosting(pool, key, second);
  await makePosting(pool, key, first);
  let page: Promise<unknown> = Promise.resolve();
  await transaction(pool, async (db) => {
    await lockPostings(db, key.companyId, first.id);
    page = transaction(pool, (other) =>
      lockPostingsOf(other, key.companyId, [second.id, first.id]),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await lockPostings(db, key.companyId, second.id);
  });
  expect(await page).toHaveLength(2);
});

test('A change that waits for an attempt to be opened sees it open', async () => {
  const bill = await makeBill(pool, key);
  const posting = await makePosting(pool, key, bill);
  const opening = openingOf(lane, bill, posting);
  let seen: ReturnType<typeof lockPostings> = Promise.resolve([]);
  await transaction(pool, async (db) => {
    await writeLog(db, { openings: [opening], writes: [], closings: [] }, clock.at);
    seen = transaction(pool, (other) => lockPostings(other, key.companyId, bill.id));
    await new Promise((resolve) => setTimeout(resolve, 200));
  });
  // Else a bill that is cancelled now would be left in the accounting system: nothing seemed to be there.
  expect(await seen).toMatchObject([
    { openAttemptId: opening.attemptId, state: 'syncing', dueAt: null },
  ]);
});

test('A lane given back over an attempt that could not be closed is due at once', async () => {
  const bill = await makeBill(pool, key);
  await log({ openings: [openingOf(lane, bill, await makePosting(pool, key, bill))] });
  await transaction(pool, (db) => releaseLane(db, lane));
  const { rows } = await pool.query<{ due: boolean }>(
    `select next_due_at <= $3 as due from lanes where company_id = $1 and connection_id = $2`,
    [key.companyId, key.connectionId, clock.at],
  );
  expect(rows).toEqual([{ due: true }]);
});

test('Nobody changes or deletes what the log says, not even in the database', async () => {
  const bill = await makeBill(pool, key);
  const opening = openingOf(lane, bill, await makePosting(pool, key, bill));
  await log({ openings: [opening], writes: [writeOf(opening)], closings: [closingOf(opening)] });
  for (const [table, column] of [
    ['attempts', 'actor'],
    ['attempt_writes', 'body'],
    ['attempt_results', 'outcome'],
  ]) {
    const update = `update ${table} set ${column} = 'x' where company_id = '${key.companyId}'`;
    await expect(pool.query(update)).rejects.toThrow('append-only');
    const removal = `delete from ${table} where company_id = '${key.companyId}'`;
    await expect(pool.query(removal)).rejects.toThrow('append-only');
  }
  expect(await everything()).toEqual([1, 1, 1]);
});
