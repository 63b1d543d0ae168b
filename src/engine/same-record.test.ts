/** The known id is another record's: the accounting system was restored from a backup, or is another one now. */
import { beforeEach, expect, test } from 'vitest';
import { SyncFailure } from '../core/failure.ts';
import type { PostingFields } from '../core/posting.ts';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import { createRecordingCall } from '../sdk/testing/recording-call.ts';
import { bringInLine } from './bring-in-line.ts';
import { documentFor } from './documents.ts';
import { NEVER_ATTEMPTED } from './plan.ts';
import { endWell, type KnownBefore } from './settle.ts';
import { createLedger, type Ledger, NOTHING_ASKED } from './test-ledger.ts';
import type { Task } from './task.ts';

const OURS = 'p-1';
const THEIRS = { number: 'F-9', issuedOn: '2026-11-20' };
const now = new Date('2026-11-24T10:00:00Z');

let ledger: Ledger;
let known: KnownBefore;
let id: string;
beforeEach(async () => {
  ledger = createLedger();
  known = { ...NEVER_ATTEMPTED, failures: 0 };
  await attempt();
  id = known.remoteId!;
});

async function attempt(given: Partial<Task> = {}): Promise<string> {
  const of = { postingId: OURS, kind: 'supplier-invoice', paymentId: null, invoice: null } as const;
  const wanted = given.wanted ?? 'present';
  const rules = { ...DEFAULT_RULES, defaultAccount: '5010' };
  const document = documentFor(sampleBill({ note: 'ændret' }), { ...of, wanted }, rules);
  const task: Task = {
    document,
    fields: ledger.fields(document),
    wanted,
    before: known,
    lost: [],
    startedAt: now,
    onConflict: 'bill-wins',
    mayArriveUntil: null,
    byPerson: false,
    ...NOTHING_ASKED,
    decided: () => {},
    supplierRemoteId: async () => null,
    ...given,
  };
  try {
    const success = await bringInLine(ledger, createRecordingCall(), task);
    ({ known } = endWell(success, known, 1, now));
    return success.outcome;
  } catch (error) {
    if (error instanceof SyncFailure) return error.details.code;
    throw error;
  }
}

/** Another record has the id now. */
function isNow(reference: string, changed: PostingFields): void {
  const { fields } = ledger.records.get(id)!;
  ledger.records.set(id, { reference, version: 7, fields: { ...fields, ...changed } });
}

test.each([
  ['another posting’s, as like ours as can be', 'p-2', {}],
  ['one that somebody booked', '', THEIRS],
])('%s is neither overwritten nor taken away: ours is gone', async (_, reference, changed) => {
  isNow(reference, changed);
  const theirs = structuredClone(ledger.records.get(id));
  expect(await attempt()).toBe('deleted-in-target');
  expect(await attempt({ byPerson: true, mayRecreate: true })).toBe('created');
  expect(known.remoteId).not.toBe(id);
  expect(ledger.records.get(id)).toEqual(theirs);
});

test('when the bill is cancelled, another record stays, and ours counts as removed', async () => {
  isNow('p-2', {});
  expect(await attempt({ wanted: 'absent' })).toBe('removed');
  expect([...ledger.records.keys()]).toEqual([id]);
});

test('ours is ours however much somebody changed it there', async () => {
  isNow(OURS, { ...THEIRS, total: '1.00', supplier: 'En anden' });
  expect(await attempt({ onConflict: 'ask' })).toBe('changed-in-target');
});

test('and so is one that lost its reference, while number or date are as they were', async () => {
  isNow('', { number: 'RETTET' });
  expect(await attempt({ onConflict: 'ask' })).toBe('changed-in-target');
  isNow('', { number: sampleBill().number, issuedOn: '2026-01-01' });
  expect(await attempt({ onConflict: 'ask' })).toBe('changed-in-target');
});
