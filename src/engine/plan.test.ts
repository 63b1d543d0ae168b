import { describe, expect, test } from 'vitest';
import { addPayment, approve, cancel, editDetails, removePayment } from '../core/bill-edits.ts';
import type { Bill } from '../core/bill.ts';
import type { ChangeKind } from '../core/change.ts';
import { DEFAULT_RULES, type ConnectionRules } from '../core/rules.ts';
import { sampleBill, samplePayment } from '../core/test-bill.ts';
import type { Posting, Wish } from '../store/postings.ts';
import { askAgain, type Asking, planBill } from './plan.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 10, 0, seconds));
const asking = (given: Partial<Asking> = {}): Asking => ({
  trigger: 'change',
  changes: ['added'],
  actor: 'Bogholderen',
  requestId: null,
  now: at(0),
  ...given,
});
const connection = (rules: Partial<ConnectionRules> = {}, enabled = true) => ({
  id: 'c-1',
  enabled,
  rules: { ...DEFAULT_RULES, ...rules },
});
let made = 0;
const newId = () => `posting-${++made}`;
const plan = (
  bill: Bill,
  existing: readonly Posting[],
  ask: Partial<Asking> = {},
  of = connection(),
) => planBill(bill, of, existing, asking(ask), newId);
const KNOWN = {
  openAttemptId: null,
  lastAttemptId: null,
  mustLook: false,
  lostWriteAt: null,
  generation: 0,
  failures: 0,
  failure: null,
  remoteId: null,
  remoteVersion: null,
  link: null,
  confirmedFields: null,
  keptFields: {},
  confirmedRevision: null,
  inStepAt: null,
};
/** A wish as it is kept, with what is known of it. */
const kept = (wish: Wish, known: Partial<Posting> = {}): Posting => ({
  ...KNOWN,
  ...wish,
  ...known,
});
/** The same, after an attempt that succeeded. */
const inStep = (wish: Wish, known: Partial<Posting> = {}): Posting =>
  kept(wish, {
    state: 'in-step',
    dueAt: null,
    burstBeganAt: null,
    changes: [],
    actor: null,
    requestIds: [],
    remoteId: 'r-1',
    ...known,
  });
const one = (wishes: readonly Wish[]): Wish => {
  expect(wishes).toHaveLength(1);
  return wishes[0]!;
};
const kinds = (wishes: readonly Wish[]) => wishes.map(({ kind, wanted }) => [kind, wanted]);

describe('a new bill', () => {
  test('Wants its invoice after the quiet time', () => {
    expect(one(plan(sampleBill(), []))).toMatchObject({
      kind: 'supplier-invoice',
      wanted: 'present',
      off: null,
      dueAt: at(2),
      burstBeganAt: at(0),
      trigger: 'change',
      changes: ['added'],
      state: 'waiting',
      wishNumber: 1,
    });
  });

  test('Is planned but not due, with the reason, where the rules leave it out', () => {
    const off = { supplierInvoices: false };
    expect(one(plan(sampleBill(), [], {}, connection(off)))).toMatchObject({
      state: 'off',
      dueAt: null,
      off: { code: 'kind-off' },
    });
    expect(one(plan(sampleBill(), [], {}, connection({}, false)))).toMatchObject({
      off: { code: 'connection-off' },
    });
  });

  test('That is cancelled already wants nothing', () => {
    expect(plan(cancel(sampleBill()).bill, [])).toEqual([]);
  });
});

describe('a change', () => {
  const first = one(plan(sampleBill(), []));
  const ask = (changes: ChangeKind[], now = at(60)) => ({ changes, now });

  test('Of a detail concerns the invoice, not the payments', () => {
    const { bill } = addPayment(sampleBill(), samplePayment());
    const both = plan(bill, [], { changes: ['added', 'paid'] });
    const known = both.map((wish) => inStep(wish));
    expect(kinds(plan(bill, known, ask(['due-date-changed'])))).toEqual([
      ['supplier-invoice', 'present'],
    ]);
    expect(kinds(plan(bill, known, ask(['number-changed']))).length).toBe(2);
  });

  test('A payment concerns the payment, not the invoice', () => {
    const { bill } = addPayment(sampleBill(), samplePayment());
    expect(kinds(plan(bill, [inStep(first)], ask(['paid'])))).toEqual([
      ['supplier-payment', 'present'],
    ]);
  });

  test('In a burst each waits for quiet again, but not longer than the most', () => {
    let posting = kept(first);
    const dueAts: (Date | null)[] = [];
    for (const second of [1, 3, 5, 7, 9, 11, 13]) {
      const wish = one(plan(sampleBill(), [posting], ask(['note-changed'], at(second))));
      posting = kept(wish);
      dueAts.push(wish.dueAt);
    }
    expect(dueAts).toEqual([at(3), at(5), at(7), at(9), at(10), at(11), at(13)]);
    expect(posting.burstBeganAt).toEqual(at(0));
    expect(posting.changes).toEqual(['added', 'note-changed']);
  });

  test('While an attempt is under way asks for another, and leaves the state to the attempt', () => {
    const syncing = kept(first, {
      state: 'syncing',
      dueAt: null,
      burstBeganAt: null,
      openAttemptId: 'a-1',
    });
    const wish = one(plan(sampleBill(), [syncing], ask(['note-changed'])));
    expect(wish).toMatchObject({ state: 'syncing', dueAt: at(62), wishNumber: 2 });
  });

  test('Does not make a posting due that the rules leave out', () => {
    const off = connection({ beginOn: 'approved' });
    const waiting = kept(one(plan(sampleBill(), [], {}, off)));
    expect(plan(sampleBill(), [waiting], ask(['note-changed']), off)).toEqual([]);
    const approved = approve(sampleBill()).bill;
    expect(one(plan(approved, [waiting], ask(['approved']), off))).toMatchObject({ off: null });
  });

  test('Names the revision it is about', () => {
    const { bill } = editDetails(sampleBill({ revision: 6 }), { note: 'x' });
    const wish = one(plan({ ...bill, revision: 7 }, [inStep(first)], ask(['note-changed'])));
    expect(wish.wantedRevision).toBe(7);
  });
});

describe('what a person asks for', () => {
  const first = one(plan(sampleBill(), []));
  const manual = asking({ trigger: 'manual', changes: [], requestId: 'q-1', now: at(60) });

  test('Is due now and first', () => {
    expect(askAgain(inStep(first), DEFAULT_RULES, manual)).toMatchObject({
      dueAt: at(60),
      priority: 0,
      trigger: 'manual',
      requestIds: ['q-1'],
    });
  });

  test('Is not hidden or put off by changes that come while it waits', () => {
    const asked = kept(askAgain(inStep(first), DEFAULT_RULES, manual));
    const wish = one(
      plan(sampleBill(), [asked], { changes: ['note-changed'], actor: 'En anden', now: at(61) }),
    );
    expect(wish).toMatchObject({
      dueAt: at(60),
      priority: 0,
      trigger: 'manual',
      actor: 'Bogholderen',
      requestIds: ['q-1'],
      changes: ['note-changed'],
    });
  });

  test('In bulk comes after what changes ask for', () => {
    const bulk = asking({ ...manual, trigger: 'bulk' });
    expect(askAgain(inStep(first), DEFAULT_RULES, bulk).priority).toBe(2);
  });

  test('Twice is one attempt that answers both', () => {
    const once = kept(askAgain(inStep(first), DEFAULT_RULES, manual));
    const twice = askAgain(once, DEFAULT_RULES, { ...manual, requestId: 'q-2' });
    expect(twice.requestIds).toEqual(['q-1', 'q-2']);
  });

  test('Ends the wait for an invoice or a retry', () => {
    const parked = kept(first, { dueAt: null, waitingFor: 'invoice' });
    expect(askAgain(parked, DEFAULT_RULES, manual)).toMatchObject({
      dueAt: at(60),
      waitingFor: null,
    });
  });
});

describe('taking back', () => {
  const first = one(plan(sampleBill(), []));
  const cancelled = cancel(sampleBill()).bill;

  test('A cancelled bill that was sent is to be removed', () => {
    expect(one(plan(cancelled, [inStep(first)], { changes: ['cancelled'] }))).toMatchObject({
      wanted: 'absent',
      off: { code: 'cancelled' },
      state: 'waiting',
    });
  });

  test('One that may have arrived, too; one that certainly did not only rests', () => {
    const changes: ChangeKind[] = ['cancelled'];
    const uncertain = kept(first, { mustLook: true, state: 'uncertain' });
    expect(one(plan(cancelled, [uncertain], { changes })).dueAt).not.toBeNull();
    const syncing = kept(first, { openAttemptId: 'a-1', state: 'syncing', dueAt: null });
    expect(one(plan(cancelled, [syncing], { changes })).dueAt).not.toBeNull();
    expect(one(plan(cancelled, [kept(first)], { changes }))).toMatchObject({
      dueAt: null,
      state: 'off',
    });
  });

  test('A payment that was taken back is removed, the invoice left alone', () => {
    const { bill } = addPayment(sampleBill(), samplePayment());
    const known = plan(bill, [], { changes: ['added', 'paid'] }).map((wish) => inStep(wish));
    const without = removePayment(bill, samplePayment().id).bill;
    expect(kinds(plan(without, known, { changes: ['payment-removed'] }))).toEqual([
      ['supplier-payment', 'absent'],
    ]);
  });

  test('What is removed stays removed, whatever is planned again', () => {
    const removed = kept(first, {
      wanted: 'absent',
      off: { code: 'cancelled' },
      state: 'removed',
      dueAt: null,
    });
    expect(one(plan(cancelled, [removed], { trigger: 'settings', changes: [] }))).toMatchObject({
      state: 'removed',
      dueAt: null,
    });
  });
});

test("Another connection's postings are none of this one's business", () => {
  const others = kept({ ...one(plan(sampleBill(), [])), connectionId: 'c-2' });
  expect(one(plan(sampleBill(), [others]))).toMatchObject({ connectionId: 'c-1', wishNumber: 1 });
});
