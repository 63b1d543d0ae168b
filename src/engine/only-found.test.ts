/**
 * A record that an attempt finds there, of which nothing is confirmed: the answer to the write that made it
 * was lost. What people did with it meanwhile is theirs (invariant 7); what is half done is ours to complete.
 */
import { beforeEach, expect, test } from 'vitest';
import type { RuleDecision } from '../core/attempt.ts';
import type { PostingFields } from '../core/posting.ts';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import { createRecordingCall } from '../sdk/testing/recording-call.ts';
import { bringInLine } from './bring-in-line.ts';
import { documentFor } from './documents.ts';
import { NEVER_ATTEMPTED } from './plan.ts';
import { createLedger, type Ledger, NOTHING_ASKED } from './test-ledger.ts';
import type { Task } from './task.ts';

const rules = { ...DEFAULT_RULES, defaultAccount: '5010' };
const documentOf = (note: string) => {
  const of = { postingId: 'p-1', kind: 'supplier-invoice', paymentId: null } as const;
  const bill = sampleBill({ note });
  return documentFor(bill, { ...of, wanted: 'present', invoice: null }, rules);
};

let ledger: Ledger;
/** What the lost write said. */
let sent: PostingFields;
let remoteId: string;
let decisions: (RuleDecision | null)[];
beforeEach(async () => {
  ledger = createLedger();
  decisions = [];
  const document = documentOf('ours');
  sent = ledger.fields(document);
  const options = { idempotencyKey: 'lost', supplierRemoteId: null };
  ({ remoteId } = await ledger.create(createRecordingCall(), document, options));
});

/** The next attempt. */
function next(note: string, given: Partial<Task> = {}) {
  const document = documentOf(note);
  const fields = ledger.fields(document);
  return bringInLine(ledger, createRecordingCall(), {
    document,
    fields,
    wanted: 'present',
    before: { ...NEVER_ATTEMPTED, failures: 1, mustLook: true },
    lost: [sent],
    mayArriveUntil: null,
    startedAt: new Date('2026-11-24T10:00:00Z'),
    onConflict: 'ask',
    byPerson: false,
    ...NOTHING_ASKED,
    decided: (decision) => void decisions.push(decision),
    supplierRemoteId: async () => null,
    ...given,
  });
}
const there = () => ledger.records.get(remoteId)!;
const asked = { confirmed: null, there: 'theirs' };

// It used to be overwritten.
test('What somebody changed before we found it is not overwritten; what was never confirmed is told as such', async () => {
  ledger.edit('note', 'theirs');
  await expect(next('ours')).rejects.toMatchObject({
    details: { code: 'changed-in-target' },
    conflicts: [{ field: 'note', ...asked, wanted: 'ours' }],
  });
  await expect(next('new')).rejects.toMatchObject({
    conflicts: [{ field: 'note', ...asked, wanted: 'new' }],
  });
  expect(ledger.story).toEqual(['create', 'find', 'find']);
});

test('It is when a person asks, or the rule says that the bill wins', async () => {
  ledger.edit('note', 'theirs');
  expect(await next('ours', { byPerson: true })).toMatchObject({ outcome: 'updated' });
  ledger.edit('note', 'theirs');
  expect(await next('ours', { onConflict: 'bill-wins' })).toMatchObject({ outcome: 'updated' });
  expect(decisions.at(-1)).toMatchObject({ rule: 'bill-wins', conflicts: [asked] });
  expect(there().fields).toEqual(sent);
});

test('It stays, and is kept, when the rule says that the accounting system wins', async () => {
  ledger.edit('note', 'theirs');
  expect(await next('ours', { onConflict: 'accounting-system-wins' })).toMatchObject({
    outcome: 'linked',
    keptFields: { note: { there: 'theirs', wanted: 'ours' } },
  });
});

test('What any of several lost tries said is ours, and is brought up to date', async () => {
  const lost = [ledger.fields(documentOf('first')), sent, ledger.fields(documentOf('third'))];
  expect(await next('fourth', { lost })).toMatchObject({ outcome: 'updated' });
  expect(there().fields['note']).toBe('fourth');
});

test('How far it was taken is nobody’s change: what broke off midway is completed', async () => {
  const { fields } = ledger;
  ledger.edit('state', 'draft');
  ledger = {
    ...ledger,
    stageFields: ['state'],
    fields: (document) => ({ ...fields(document), state: 'posted' }),
  };
  const lost = [{ ...sent, state: 'posted' }];
  expect(await next('ours', { lost })).toMatchObject({ outcome: 'updated' });
});

// What it lacked used to be kept as somebody's change, and was never sent.
test('What was made again and is half done is completed, whoever wins over changes made there', async () => {
  const { note: _notYet, ...half } = sent;
  there().fields = half;
  const before = {
    ...NEVER_ATTEMPTED,
    failures: 1,
    mustLook: true,
    remoteId: 'deleted',
    remoteVersion: '1',
    confirmedFields: sent,
    confirmedRevision: 1,
  };
  const success = await next('ours', {
    before,
    onConflict: 'accounting-system-wins',
    byPerson: true,
  });
  expect(success).toMatchObject({ outcome: 'updated', keptFields: {}, confirmedFields: sent });
  expect(decisions).toEqual([null]);
});

test('A copy of what was there before says what was confirmed then: that is ours', async () => {
  const confirmedFields = ledger.fields(documentOf('older'));
  ledger.edit('note', 'older');
  const before = { ...NEVER_ATTEMPTED, mustLook: true, remoteId: 'deleted', confirmedFields };
  expect(await next('ours', { before })).toMatchObject({ outcome: 'updated' });
});
