import { expect, test } from 'vitest';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import { createRecordingCall } from '../sdk/testing/recording-call.ts';
import { bringInLine, type Task } from './bring-in-line.ts';
import { documentFor } from './documents.ts';
import { createLedger } from './test-ledger.ts';

// What it lacked used to be kept as somebody's change, and was never sent.
test('What was made again and is half done is completed, whoever wins over changes made there', async () => {
  const ledger = createLedger();
  const of = { postingId: 'p-1', kind: 'supplier-invoice', paymentId: null } as const;
  const rules = { ...DEFAULT_RULES, defaultAccount: '5010' };
  const bill = sampleBill({ note: 'ours' });
  const document = documentFor(bill, { ...of, wanted: 'present', invoice: null }, rules);
  const fields = ledger.fields(document);
  const options = { idempotencyKey: 'again', supplierRemoteId: null };
  const { remoteId } = await ledger.create(createRecordingCall(), document, options);
  const { note: _notYet, ...half } = fields;
  ledger.records.get(remoteId)!.fields = half;
  const decisions: unknown[] = [];
  const task: Task = {
    document,
    fields,
    wanted: 'present',
    before: {
      failures: 1,
      mustLook: true,
      lostWriteAt: null,
      generation: 0,
      remoteId: 'deleted',
      remoteVersion: '1',
      link: null,
      confirmedFields: fields,
      keptFields: {},
      confirmedRevision: 1,
      inStepAt: null,
    },
    lost: [fields],
    mayArriveUntil: null,
    startedAt: new Date('2026-11-24T10:00:00Z'),
    onConflict: 'accounting-system-wins',
    byPerson: true,
    decided: (decision) => void decisions.push(decision),
    supplierRemoteId: async () => null,
  };
  const success = await bringInLine(ledger, createRecordingCall(), task);
  expect(success).toMatchObject({ outcome: 'updated', keptFields: {}, confirmedFields: fields });
  expect(decisions).toEqual([null]);
});
