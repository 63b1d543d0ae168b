/** Invariant 5: the order of a bill's postings, and who wakes what had to wait for it. */
import { beforeEach, describe, expect, test } from 'vitest';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import type { Bill } from '../core/bill.ts';
import type { FailureCode } from '../core/failure.ts';
import type { Closing } from './attempt-log.ts';
import { claimable } from './claimable.ts';
import type { HeldLane, LaneKey } from './lanes.ts';
import type { Posting } from './postings.ts';
import { stepAside, wakeAside } from './standing-aside.ts';
import {
  clock,
  hold,
  ids,
  IN_STEP,
  later,
  makeAttempt,
  makeBill,
  makeLane,
  makePosting,
  onAnotherProcess,
  onOwnClock,
  readPosting,
} from './test-lane.ts';

onOwnClock();
inOneDatabase();

let lane: LaneKey;
let held: HeldLane;
let bill: Bill;
beforeEach(async () => {
  lane = await makeLane(pool);
  held = await hold(pool, lane);
  bill = await makeBill(pool, lane);
});

const claim = () => claimable(pool, lane, clock.at, 10);
const claimed = async () => (await claim()).map(({ id }) => id);
const waits = async (posting: Posting) =>
  (await claim()).find(({ id }) => id === posting.id)?.waitsFor;
const invoice = (given = {}) => makePosting(pool, lane, bill, given);
const payment = (given = {}) =>
  makePosting(pool, lane, bill, { kind: 'supplier-payment', paymentId: ids.next(), ...given });
const attempt = (of: Posting, given: Partial<Closing> = {}) =>
  makeAttempt(pool, held, bill, of, given);
const wake = () => wakeAside(pool, lane, clock.at);

const REMOVED = {
  outcome: 'removed',
  known: { ...IN_STEP, state: 'removed', remoteId: null },
} as const;
const failed = (code: FailureCode, retryAt: Date | null = null): Partial<Closing> => ({
  outcome: 'failed',
  failure: { code, originalMessage: null, subject: null, retryAfterMs: null, conflicts: [] },
  known: { ...IN_STEP, state: retryAt ? 'retrying' : 'failed', retryAt },
});

describe('A payment and its invoice', () => {
  test('It is told whether the invoice is there, and waits while one is to come', async () => {
    const paid = await invoice();
    const pay = await payment();
    const itsInvoice = async () => (await claim()).find(({ id }) => id === pay.id)!.invoice;
    expect(await itsInvoice()).toEqual({ postingId: paid.id, remoteId: null });
    expect(await waits(pay)).toBe('invoice');
    await attempt(paid);
    expect(await itsInvoice()).toMatchObject({ remoteId: 'invoice-1' });
    expect(await waits(pay)).toBeNull();
  });

  test('It stands aside until the invoice is there', async () => {
    const paid = await invoice();
    const pay = await payment();
    await stepAside(pool, lane.companyId, [pay.id]);
    expect(await claimed()).toEqual([paid.id]);
    expect(await readPosting(pool, bill, pay.id)).toMatchObject({
      state: 'waiting',
      waitingFor: 'invoice',
      dueAt: null,
    });
    expect(await wake()).toBe(0);
    await attempt(paid);
    expect(await wake()).toBe(1);
    expect(await claimed()).toEqual([pay.id]);
  });

  test('Or until it will not come', async () => {
    const paid = await invoice();
    const pay = await payment();
    await stepAside(pool, lane.companyId, [pay.id]);
    const off = { code: 'kind-off' } as const;
    await makePosting(pool, lane, bill, { id: paid.id, off, dueAt: null, state: 'off' });
    expect(await wake()).toBe(1);
    expect(await claimed()).toEqual([pay.id]);
  });

  test('What need not wait does not step aside, whoever thought so', async () => {
    const paid = await invoice();
    const pay = await payment();
    await attempt(paid);
    await stepAside(pool, lane.companyId, [paid.id, pay.id]);
    expect(await claimed()).toEqual([pay.id]);
  });
});

describe('What is to go first', () => {
  test('The payment, before its invoice is taken back', async () => {
    const paid = await invoice({ wanted: 'absent' });
    const pay = await payment({ wanted: 'absent' });
    expect([await waits(paid), await waits(pay)]).toEqual(['payment', null]);
    await stepAside(pool, lane.companyId, [paid.id]);
    await attempt(pay, failed('target-error', later(2_000)));
    expect(await wake()).toBe(0);
    await attempt(pay, REMOVED);
    expect(await wake()).toBe(1);
    expect(await claimed()).toEqual([paid.id]);
  });

  test('The payment that was taken back, before the one made in its stead', async () => {
    const paid = await invoice();
    await attempt(paid);
    const old = await payment({ wanted: 'absent' });
    const stead = await payment();
    expect([await waits(old), await waits(stead)]).toEqual([null, 'payment']);
    await stepAside(pool, lane.companyId, [stead.id]);
    await attempt(old, failed('target-error', later(2_000)));
    expect(await wake()).toBe(0);
    await attempt(old, REMOVED);
    expect(await wake()).toBe(1);
    expect(await claimed()).toEqual([stead.id]);
  });

  test('But not one whose taking back was refused: nothing more will come of it', async () => {
    const old = await payment({ wanted: 'absent' });
    const stead = await payment();
    await stepAside(pool, lane.companyId, [stead.id]);
    await attempt(old, failed('period-locked'));
    expect(await wake()).toBe(1);
  });

  test('Another bill’s, or another connection’s, is none of its business', async () => {
    const others = await makeBill(pool, lane);
    const kind = 'supplier-payment';
    await makePosting(pool, lane, others, { kind, wanted: 'absent', paymentId: ids.next() });
    const elsewhere = await makeLane(pool, lane.companyId);
    await makePosting(pool, elsewhere, bill, { kind, wanted: 'absent', paymentId: ids.next() });
    expect(await waits(await payment())).toBeNull();
  });

  test('What waited for an invoice, and has to wait for a payment then, says so', async () => {
    const paid = await invoice();
    const old = await payment({ wanted: 'absent', dueAt: later(5_000) });
    const stead = await payment();
    await stepAside(pool, lane.companyId, [stead.id]);
    await attempt(paid);
    expect(await wake()).toBe(1);
    await stepAside(pool, lane.companyId, [stead.id]);
    expect((await readPosting(pool, bill, stead.id)).waitingFor).toBe('payment');
    await attempt(old, REMOVED);
    expect(await wake()).toBe(1);
  });
});

describe('What was refused because of another', () => {
  test('A payment that was too much goes again when another has gone, once', async () => {
    const old = await payment({ wanted: 'absent' });
    await attempt(old, failed('period-locked'));
    const stead = await payment();
    await attempt(stead, failed('amount-rejected'));
    expect(await wake()).toBe(0);
    await attempt(old, REMOVED);
    expect(await wake()).toBe(1);
    expect(await readPosting(pool, bill, stead.id)).toMatchObject({
      state: 'waiting',
      trigger: 'retry',
      dueAt: clock.at,
    });
    await attempt(stead, failed('amount-rejected'));
    expect(await wake()).toBe(0);
  });

  test('Or when the invoice was changed', async () => {
    const paid = await invoice();
    await attempt(paid);
    const pay = await payment();
    await attempt(pay, failed('amount-rejected'));
    await attempt(paid, failed('target-error', later(2_000)));
    expect(await wake()).toBe(0);
    await attempt(paid, { outcome: 'updated' });
    expect(await wake()).toBe(1);
  });

  test('Also when the other’s worker has a clock that is behind', async () => {
    const old = await payment({ wanted: 'absent' });
    const stead = await payment();
    clock.at = later(1_000);
    await attempt(stead, failed('amount-rejected'));
    clock.at = later(-500);
    onAnotherProcess();
    await attempt(old, REMOVED);
    expect(await wake()).toBe(1);
  });

  test('An invoice that was paid is taken back when its payment has gone', async () => {
    const pay = await payment({ wanted: 'absent' });
    await attempt(pay, failed('period-locked'));
    const paid = await invoice({ wanted: 'absent' });
    await attempt(paid, failed('posting-locked'));
    expect(await wake()).toBe(0);
    await attempt(pay, REMOVED);
    expect(await wake()).toBe(1);
  });

  test('What was refused for a reason of its own is a person’s to mend', async () => {
    const paid = await invoice();
    const pay = await payment();
    await attempt(pay, failed('account-missing'));
    const locked = await payment();
    await attempt(locked, failed('posting-locked'));
    await attempt(paid);
    expect(await wake()).toBe(0);
  });
});
