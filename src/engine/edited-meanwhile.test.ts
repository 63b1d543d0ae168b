/** Invariant 7, between two requests of one attempt: who changed the record meanwhile is not taken for us. */
import { expect, test } from 'vitest';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import type { ConnectorSession, RemotePosting } from '../sdk/connector.ts';
import { createRecordingCall } from '../sdk/testing/recording-call.ts';
import { bringInLine } from './bring-in-line.ts';
import { documentFor } from './documents.ts';
import { NEVER_ATTEMPTED } from './plan.ts';
import { endWell, type KnownBefore } from './settle.ts';
import { createLedger, NOTHING_ASKED } from './test-ledger.ts';
import type { Task } from './task.ts';

const ledger = createLedger();
const taskFor = (note: string, before: KnownBefore): Task => {
  const of = { postingId: 'p-1', kind: 'supplier-invoice', paymentId: null } as const;
  const posting = { ...of, wanted: 'present', invoice: null } as const;
  const rules = { ...DEFAULT_RULES, defaultAccount: '5010' };
  const document = documentFor(sampleBill({ note }), posting, rules);
  return {
    document,
    fields: ledger.fields(document),
    wanted: 'present',
    before,
    lost: [],
    startedAt: new Date('2026-11-24T10:00:00Z'),
    onConflict: 'ask',
    mayArriveUntil: null,
    byPerson: false,
    ...NOTHING_ASKED,
    decided: () => {},
    supplierRemoteId: async () => null,
  };
};
const sync = async (session: ConnectorSession, note: string, before: KnownBefore) =>
  endWell(
    await bringInLine(session, createRecordingCall(), taskFor(note, before)),
    before,
    1,
    new Date('2026-11-24T10:00:00Z'),
  ).known;

test('Between creating and answering, or updating and answering, it is asked about at the next', async () => {
  const edited = async (made: RemotePosting) => {
    ledger.edit('note', 'rettet derovre');
    return (await ledger.read(createRecordingCall(), made.remoteId, taskFor('', known).document))!;
  };
  const meanwhile: ConnectorSession = {
    ...ledger,
    create: async (...given) => edited(await ledger.create(...given)),
    update: async (...given) => edited(await ledger.update(...given)),
  };
  let known: KnownBefore = NEVER_ATTEMPTED;
  known = await sync(meanwhile, 'fra bilaget', known);
  const conflict = { there: 'rettet derovre', wanted: 'ny tekst' };
  await expect(sync(ledger, 'ny tekst', known)).rejects.toMatchObject({
    conflicts: [{ field: 'note', confirmed: 'fra bilaget', ...conflict }],
  });

  ledger.edit('note', 'fra bilaget');
  known = await sync(meanwhile, 'anden tekst', known);
  await expect(sync(ledger, 'ny tekst', known)).rejects.toMatchObject({
    conflicts: [{ field: 'note', confirmed: 'anden tekst', ...conflict }],
  });
});
