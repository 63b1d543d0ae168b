import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Bill } from '../core/bill.ts';
import { type Closing, writeLog } from './attempt-log.ts';
import type { HeldLane, LaneKey } from './lanes.ts';
import { type Pool, transaction } from './pool.ts';
import { claimable } from './claimable.ts';
import { parkPayments, type Posting, wakePayments } from './postings.ts';
import {
  clock,
  closingOf,
  hold,
  ids,
  IN_STEP,
  later,
  makeBill,
  makeLane,
  makePosting,
  openingOf,
  readPosting,
} from './test-lane.ts';

let database: TestDatabase;
let pool: Pool;
let lane: LaneKey;
let held: HeldLane;
let bill: Bill;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  lane = await makeLane(pool);
  held = await hold(pool, lane);
  bill = await makeBill(pool, lane);
});

const claim = (limit = 10) => claimable(pool, lane, clock.at, limit);
const claimed = async () => (await claim()).map(({ id }) => id);
/** One attempt of a posting, ended as given. */
async function attempt(
  posting: Posting,
  of: Bill,
  given: Partial<Closing> = {},
  wrote = true,
): Promise<void> {
  const now = await readPosting(pool, of, posting.id);
  const opening = openingOf(held, of, now);
  const fields = { note: `of ${opening.attemptId.slice(-4)}` };
  const write = {
    number: 1,
    sentAt: clock.at,
    method: 'POST',
    target: '/',
    body: null,
    sha256: null,
  };
  const writes = wrote ? [{ ...write, lane: held, attemptId: opening.attemptId }] : [];
  await transaction(pool, (db) =>
    writeLog(
      db,
      {
        openings: [{ ...opening, fields }],
        writes,
        closings: [closingOf(opening, given)],
      },
      clock.at,
    ),
  );
}
const payment = (given = {}) =>
  makePosting(pool, lane, bill, { kind: 'supplier-payment', paymentId: ids.next(), ...given });

describe('what is next', () => {
  test('First what a person asked for, then what changed, then bulk; each by when it was due', async () => {
    const due = async (priority: number, ms: number) =>
      (
        await makePosting(pool, lane, await makeBill(pool, lane), {
          priority,
          dueAt: later(ms),
        })
      ).id;
    const bulk = await due(2, -9_000);
    const second = await due(1, -1_000);
    const first = await due(1, -2_000);
    const manual = await due(0, -10);
    await due(0, 10);
    expect(await claimed()).toEqual([manual, first, second, bulk]);
    expect((await claim(2)).map(({ id }) => id)).toEqual([manual, first]);
  });

  test('Not what is under way already, nor what belongs to another connection', async () => {
    const other = await makeLane(pool);
    await makePosting(pool, other, await makeBill(pool, other));
    const posting = await makePosting(pool, lane, bill);
    await transaction(pool, (db) =>
      writeLog(
        db,
        { openings: [openingOf(held, bill, posting)], writes: [], closings: [] },
        clock.at,
      ),
    );
    await makePosting(pool, lane, bill, { id: posting.id, wishNumber: 2 });
    expect(await claimed()).toEqual([]);
  });

  test('With the bill as it is now, not as it was when the wish was made', async () => {
    await makePosting(pool, lane, bill);
    await pool.query(
      `update bills set document = document || '{"note":"nu"}' where company_id = $1`,
      [lane.companyId],
    );
    expect((await claim())[0]!.bill.note).toBe('nu');
  });
});

describe('a payment and its invoice', () => {
  test('Is told whether the invoice is there, and whether one will come', async () => {
    const invoice = await makePosting(pool, lane, bill);
    const pay = await payment();
    const invoiceOf = async () => (await claim()).find(({ id }) => id === pay.id)!.invoice;
    expect(await invoiceOf()).toEqual({ postingId: invoice.id, remoteId: null, expected: true });
    await attempt(invoice, bill);
    expect(await invoiceOf()).toMatchObject({ remoteId: 'invoice-1' });
    await makePosting(pool, lane, bill, { id: invoice.id, off: { code: 'kind-off' } });
    expect(await invoiceOf()).toMatchObject({ expected: false });
  });

  test('Waits aside until the invoice is there', async () => {
    const invoice = await makePosting(pool, lane, bill);
    const pay = await payment();
    await parkPayments(pool, lane.companyId, [pay.id]);
    expect(await claimed()).toEqual([invoice.id]);
    expect(await wakePayments(pool, lane, clock.at)).toBe(0);
    await attempt(invoice, bill);
    expect(await wakePayments(pool, lane, clock.at)).toBe(1);
    expect(await claimed()).toEqual([pay.id]);
  });

  test('Or until it will not come', async () => {
    const invoice = await makePosting(pool, lane, bill);
    const pay = await payment();
    await parkPayments(pool, lane.companyId, [pay.id]);
    const off = { code: 'kind-off' } as const;
    await makePosting(pool, lane, bill, { id: invoice.id, off, dueAt: null, state: 'off' });
    expect(await wakePayments(pool, lane, clock.at)).toBe(1);
    expect(await claimed()).toEqual([pay.id]);
  });

  test('Stands in the way of taking the invoice back, until it is taken back itself', async () => {
    await makePosting(pool, lane, bill, { wanted: 'absent' });
    const pay = await payment({ wanted: 'absent' });
    const inTheWay = async () =>
      (await claim()).find(({ kind }) => kind === 'supplier-invoice')!.paymentInTheWay;
    expect(await inTheWay()).toBe(true);
    const known = { ...IN_STEP, state: 'removed' as const, remoteId: null };
    await attempt(pay, bill, { outcome: 'removed', known });
    expect(await inTheWay()).toBe(false);
  });
});

test('What attempts with lost answers may have written is remembered until it is in step again', async () => {
  const posting = await makePosting(pool, lane, bill);
  const lost = async () => (await claim())[0]?.lostFields;
  expect(await lost()).toBeNull();
  const uncertain = {
    ...IN_STEP,
    state: 'uncertain' as const,
    mustLook: true,
    inStepAt: null,
    retryAt: clock.at,
  };
  await attempt(posting, bill, { outcome: 'uncertain', known: uncertain });
  // Looked only, while the first could still arrive.
  await attempt(posting, bill, { outcome: 'uncertain', known: uncertain }, false);
  await attempt(posting, bill, { outcome: 'failed', known: uncertain });
  await attempt(posting, bill, { outcome: 'uncertain', known: uncertain });
  expect(await lost()).toHaveLength(2);
  clock.at = later(1_000);
  held = (await hold(pool, lane))!;
  await attempt(posting, bill, { known: { ...IN_STEP, inStepAt: clock.at, retryAt: clock.at } });
  expect(await lost()).toBeNull();
});
