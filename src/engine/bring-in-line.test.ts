import { beforeEach, describe, expect, test } from 'vitest';
import { SyncFailure } from '../core/failure.ts';
import { DEFAULT_RULES } from '../core/rules.ts';
import { sampleBill } from '../core/test-bill.ts';
import { createRecordingCall } from '../sdk/testing/recording-call.ts';
import { bringInLine } from './bring-in-line.ts';
import { documentFor } from './documents.ts';
import { NEVER_ATTEMPTED } from './plan.ts';
import { ChangedInTarget, endBadly, endWell, type KnownBefore } from './settle.ts';
import { createLedger, type Ledger, NOTHING_ASKED } from './test-ledger.ts';
import type { Task } from './task.ts';

let ledger: Ledger;
/** What the engine knows, attempt after attempt, as it keeps it between two. */
let known: KnownBefore;
let lost: Task['lost'];
let person: boolean;
let onConflict: Task['onConflict'];
/** How long a lost write may still be carried out, and when we are. */
let arrivesWithinMs: number;
let now: Date;
beforeEach(() => {
  ledger = createLedger();
  known = NEVER_ATTEMPTED;
  lost = [];
  person = false;
  onConflict = 'ask';
  arrivesWithinMs = 0;
  now = new Date('2026-11-24T10:00:00Z');
});

function taskFor(note: string, wanted: Task['wanted'] = 'present'): Task {
  const invoice = { postingId: 'p-1', kind: 'supplier-invoice', paymentId: null } as const;
  const posting = { ...invoice, wanted, invoice: null };
  const rules = { ...DEFAULT_RULES, defaultAccount: '5010' };
  const document = documentFor(sampleBill({ note }), posting, rules);
  return {
    document,
    fields: ledger.fields(document),
    wanted,
    before: known,
    lost,
    startedAt: now,
    onConflict,
    mayArriveUntil: mayArriveUntil(),
    byPerson: person,
    ...NOTHING_ASKED,
    mayRecreate: person,
    decided: () => {},
    supplierRemoteId: async () => null,
  };
}

function mayArriveUntil(): Date | null {
  if (!known.lostWriteAt) return null;
  const until = new Date(known.lostWriteAt.getTime() + arrivesWithinMs);
  return until > now ? until : null;
}

/** One attempt: its outcome, or the code of its failure. */
async function attempt(note: string, wanted: Task['wanted'] = 'present'): Promise<string> {
  const task = taskFor(note, wanted);
  ledger.story.length = 0;
  try {
    const success = await bringInLine(ledger, createRecordingCall(), task);
    ({ known } = endWell(success, known, 1, now));
    lost = [];
    return success.outcome;
  } catch (error) {
    const ending = endBadly(error, known, { lastWriteAt: now, now, random: Math.random });
    ({ known } = ending);
    if (ending.outcome === 'uncertain' && !ending.waits) lost = [...lost, task.fields];
    return ending.failure!.code;
  }
}
const noteThere = () => [...ledger.records.values()].map(({ fields }) => fields['note']);

describe('a first attempt', () => {
  test('What was never sent is created without looking', async () => {
    expect(await attempt('a')).toBe('created');
    expect(ledger.story).toEqual(['create']);
  });

  test('What is there already as wanted is left alone', async () => {
    await attempt('a');
    expect(await attempt('a')).toBe('unchanged');
    expect(ledger.story).toEqual(['read']);
  });

  test('What differs is updated on the version that was read', async () => {
    await attempt('a');
    expect(await attempt('b')).toBe('updated');
    expect(ledger.story).toEqual(['read', 'update']);
    expect(noteThere()).toEqual(['b']);
  });
});

describe('after an answer that was lost (invariant 3)', () => {
  test('What had arrived is found and linked, not created again', async () => {
    ledger.lose('after');
    expect(await attempt('a')).toBe('answer-lost');
    expect(await attempt('a')).toBe('linked');
    expect(ledger.story).toEqual(['find']);
    expect(ledger.records.size).toBe(1);
  });

  test('What had not arrived is looked for, and created once, under the same key', async () => {
    ledger.lose('before');
    await attempt('a');
    expect(await attempt('a')).toBe('created');
    expect(ledger.story).toEqual(['find', 'create']);
    expect(ledger.keys[0]).toBe(ledger.keys[1]);
    expect(ledger.records.size).toBe(1);
  });

  test('When the bill changed meanwhile, what had arrived is found and updated', async () => {
    ledger.lose('after');
    await attempt('a');
    expect(await attempt('b')).toBe('updated');
    expect(ledger.story).toEqual(['find', 'update']);
    expect(noteThere()).toEqual(['b']);
  });

  test('Our own update whose answer was lost is not taken for a change somebody made there', async () => {
    await attempt('a');
    ledger.lose('after');
    expect(await attempt('b')).toBe('answer-lost');
    expect(await attempt('c')).toBe('updated');
    expect(noteThere()).toEqual(['c']);
  });

  test('But a change somebody made after it is', async () => {
    await attempt('a');
    ledger.lose('after');
    await attempt('b');
    ledger.edit('note', 'theirs');
    expect(await attempt('c')).toBe('changed-in-target');
    expect(noteThere()).toEqual(['theirs']);
  });

  test('A removal that had arrived is one', async () => {
    await attempt('a');
    ledger.lose('after');
    expect(await attempt('a', 'absent')).toBe('answer-lost');
    expect(await attempt('a', 'absent')).toBe('removed');
    expect(ledger.story).toEqual(['read', 'find']);
  });
});

describe('while a lost write may still be carried out (invariant 3)', () => {
  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };
  beforeEach(() => {
    arrivesWithinMs = 60_000;
  });

  test('That it is not there proves nothing: nothing is written, and it is looked for again then', async () => {
    ledger.lose('before');
    await attempt('a');
    pass(59_000);
    expect(await attempt('a')).toBe('answer-lost');
    expect(ledger.story).toEqual(['find']);
    expect(known).toMatchObject({ mustLook: true, failures: 1 });
    pass(1_000);
    expect(await attempt('a')).toBe('created');
  });

  test('Not even when a person asks', async () => {
    ledger.lose('before');
    await attempt('a');
    person = true;
    expect(await attempt('a')).toBe('answer-lost');
    expect(ledger.story).toEqual(['find']);
  });

  test('What has arrived is linked at once, and brought up to date if the bill went on', async () => {
    ledger.lose('after');
    await attempt('a');
    expect(await attempt('a')).toBe('linked');
    ledger.lose('after');
    await attempt('b');
    expect(await attempt('c')).toBe('updated');
    expect(noteThere()).toEqual(['c']);
  });

  test('An update that has not arrived is waited for, also if the bill says again what is there', async () => {
    await attempt('a');
    ledger.lose('before');
    await attempt('b');
    expect(await attempt('a')).toBe('answer-lost');
    expect(ledger.story).toEqual(['read']);
    pass(60_000);
    expect(await attempt('a')).toBe('unchanged');
  });

  test('A cancelled bill is not called removed before what was lost can come no more', async () => {
    ledger.lose('before');
    await attempt('a');
    expect(await attempt('a', 'absent')).toBe('answer-lost');
    pass(60_000);
    expect(await attempt('a', 'absent')).toBe('removed');
  });

  test('Nor is it deleted there, if making it again is what was lost', async () => {
    await attempt('a');
    ledger.records.clear();
    person = true;
    ledger.lose('before');
    await attempt('a');
    person = false;
    expect(await attempt('a')).toBe('answer-lost');
    pass(60_000);
    expect(await attempt('a')).toBe('deleted-in-target');
  });
});

describe('what somebody deleted there (invariant 7)', () => {
  beforeEach(async () => {
    await attempt('a');
    ledger.records.clear();
  });

  test('Is not made again by itself, however often it is tried', async () => {
    expect(await attempt('b')).toBe('deleted-in-target');
    expect(await attempt('c')).toBe('deleted-in-target');
    expect(ledger.records.size).toBe(0);
  });

  test('Is made again when a person asks, as a new write with a key of its own', async () => {
    person = true;
    expect(await attempt('a')).toBe('created');
    expect(ledger.keys[1]).not.toBe(ledger.keys[0]);
    expect(known).toMatchObject({ remoteId: 'record-2', generation: 1 });
  });

  test('Is found, when making it again had arrived though the answer was lost', async () => {
    person = true;
    ledger.lose('after');
    expect(await attempt('a')).toBe('answer-lost');
    expect(await attempt('a')).toBe('linked');
    expect(ledger.records.size).toBe(1);
    expect(known).toMatchObject({ remoteId: 'record-2', generation: 1 });
  });

  test('Also by a later attempt that nobody asked for', async () => {
    person = true;
    ledger.lose('after');
    await attempt('a');
    person = false;
    expect(await attempt('a')).toBe('linked');
    expect(ledger.records.size).toBe(1);
  });

  // Used to be made again by the next change of the bill: what was deleted was not kept.
  test('Stays deleted, when it was deleted in the moment in which it was found', async () => {
    ledger.lose('after');
    known = NEVER_ATTEMPTED;
    await attempt('a');
    ledger.beforeUpdate = () => ledger.records.clear();
    expect(await attempt('b')).toBe('deleted-in-target');
    expect(await attempt('c')).toBe('deleted-in-target');
    expect(ledger.records.size).toBe(0);
  });

  test('Is what was wanted, when the bill is cancelled', async () => {
    expect(await attempt('a', 'absent')).toBe('removed');
    expect(ledger.story).toEqual(['read', 'find']);
    expect(known).toMatchObject({ remoteId: null, generation: 1 });
  });
});

describe('what somebody changed there (invariant 7)', () => {
  beforeEach(async () => {
    await attempt('ours');
    ledger.edit('note', 'theirs');
  });

  test('Is not overwritten; the three values are told', async () => {
    const failing = bringInLine(ledger, createRecordingCall(), taskFor('new'));
    await expect(failing).rejects.toThrow(ChangedInTarget);
    const error = (await failing.catch((thrown: unknown) => thrown)) as ChangedInTarget;
    expect(error.conflicts).toEqual([
      { field: 'note', confirmed: 'ours', there: 'theirs', wanted: 'new' },
    ]);
    expect(noteThere()).toEqual(['theirs']);
  });

  test('Is overwritten when a person asks', async () => {
    person = true;
    expect(await attempt('new')).toBe('updated');
    expect(noteThere()).toEqual(['new']);
  });

  test('Is fine when it is what the bill says by now', async () => {
    expect(await attempt('theirs')).toBe('unchanged');
  });

  test('Another field of the bill does not excuse it', async () => {
    ledger.edit('dueOn', '2026-12-24');
    const failing = bringInLine(ledger, createRecordingCall(), taskFor('theirs'));
    await expect(failing).rejects.toMatchObject({
      conflicts: [
        { field: 'dueOn', confirmed: '2026-11-30', there: '2026-12-24', wanted: '2026-11-30' },
      ],
    });
  });
});

describe('what is kept as it is there', () => {
  beforeEach(async () => {
    await attempt('ours');
    ledger.edit('note', 'theirs');
    known = { ...known, keptFields: { note: { there: 'theirs', wanted: 'ours' } } };
  });

  test('Counts as equal, and nothing is written', async () => {
    expect(await attempt('ours')).toBe('unchanged');
    expect(ledger.story).toEqual(['read']);
    expect(known.keptFields).toEqual({ note: { there: 'theirs', wanted: 'ours' } });
  });

  test('Is sent as it is there when another field is updated', async () => {
    ledger.edit('dueOn', '2026-12-24');
    known = { ...known, confirmedFields: { ...known.confirmedFields, dueOn: '2026-12-24' } };
    expect(await attempt('ours')).toBe('updated');
    expect([...ledger.records.values()][0]?.fields).toMatchObject({
      note: 'theirs',
      dueOn: '2026-11-30',
    });
  });

  test('Is asked about again when they change it once more', async () => {
    ledger.edit('note', 'theirs again');
    expect(await attempt('ours')).toBe('changed-in-target');
  });

  test('Is what the bill says, when the bill goes on', async () => {
    await attempt('ours');
    expect(await attempt('new')).toBe('updated');
    expect(noteThere()).toEqual(['new']);
    expect(known.keptFields).toEqual({});
  });

  /** An amount is kept as it is there, and the answer to an update that sent it so is lost. */
  async function lostOverKeptAmount(): Promise<string> {
    ledger.edit('note', 'ours');
    const net = Object.keys(known.confirmedFields!).find((name) => name.endsWith('.net'))!;
    ledger.edit(net, '1.00');
    const wanted = known.confirmedFields![net]!;
    known = { ...known, keptFields: { [net]: { there: '1.00', wanted } } };
    ledger.lose('after');
    expect(await attempt('b')).toBe('answer-lost');
    return net;
  }

  test('The sum that our own lost update made of it is not taken for their change', async () => {
    await lostOverKeptAmount();
    expect(await attempt('c')).toBe('updated');
  });

  test('Nor is it when the amount is kept no longer: that one is asked about, alone', async () => {
    const net = await lostOverKeptAmount();
    known = { ...known, keptFields: {} };
    const asked = bringInLine(ledger, createRecordingCall(), taskFor('c'));
    await expect(asked).rejects.toMatchObject({ conflicts: [{ field: net, there: '1.00' }] });
  });

  test('Is not overwritten by a person who syncs again for another reason', async () => {
    person = true;
    expect(await attempt('ours')).toBe('unchanged');
  });

  test('Is asked about again, never overwritten, where it can not be sent as it is there', async () => {
    ledger.edit('supplier', 'Andre ApS');
    const wanted = known.confirmedFields!['supplier']!;
    known = { ...known, keptFields: { supplier: { there: 'Andre ApS', wanted } } };
    known = { ...known, confirmedFields: { ...known.confirmedFields, note: 'theirs' } };
    const failing = bringInLine(ledger, createRecordingCall(), taskFor('new'));
    await expect(failing).rejects.toMatchObject({
      conflicts: [{ field: 'supplier', confirmed: wanted, there: 'Andre ApS', wanted }],
    });
    expect(ledger.story.filter((name) => name === 'update')).toEqual([]);
  });
});

describe('a rule that decides', () => {
  beforeEach(async () => {
    await attempt('ours');
    ledger.edit('note', 'theirs');
  });

  test('The bill wins: the change is overwritten', async () => {
    onConflict = 'bill-wins';
    expect(await attempt('ours')).toBe('updated');
    expect(noteThere()).toEqual(['ours']);
  });

  test('The accounting system wins: the change stays, and is remembered as kept', async () => {
    onConflict = 'accounting-system-wins';
    expect(await attempt('ours')).toBe('unchanged');
    expect(noteThere()).toEqual(['theirs']);
    expect(known.keptFields).toEqual({ note: { there: 'theirs', wanted: 'ours' } });
  });

  test('But what the bill says later than that is sent', async () => {
    onConflict = 'accounting-system-wins';
    await attempt('ours');
    expect(await attempt('new')).toBe('updated');
    expect(noteThere()).toEqual(['new']);
  });
});

describe('somebody who was quicker by a hair', () => {
  beforeEach(() => attempt('a'));
  const touched = () => ledger.records.forEach((record) => (record.version += 1));

  test('Who changed nothing of ours is no hindrance', async () => {
    ledger.beforeUpdate = touched;
    expect(await attempt('b')).toBe('updated');
    expect(ledger.story).toEqual(['read', 'update', 'read', 'update']);
  });

  test('Who deleted it is respected', async () => {
    ledger.beforeUpdate = () => {
      touched();
      ledger.read = async () => {
        ledger.records.clear();
        return null;
      };
    };
    expect(await attempt('b')).toBe('deleted-in-target');
    expect(ledger.records.size).toBe(0);
  });

  test('Who deleted what was to be removed did what was wanted', async () => {
    ledger.remove = () => Promise.reject(new SyncFailure('deleted-in-target'));
    expect(await attempt('a', 'absent')).toBe('removed');
  });
});

test('A system that can not remove says so, and nothing is pretended', async () => {
  await attempt('a');
  const { remove: _, ...without } = ledger;
  const failing = bringInLine(without, createRecordingCall(), taskFor('a', 'absent'));
  await expect(failing).rejects.toMatchObject({ details: { code: 'not-supported' } });
  expect(ledger.records.size).toBe(1);
});
