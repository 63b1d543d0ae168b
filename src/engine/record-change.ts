/**
 * Records what happened to a bill: the bill's next revision, its activity lines and the wishes that
 * follow, in the caller's one transaction (invariant 4).
 *
 * Locks in one order everywhere: connections, bill, postings, lanes.
 */
import { type Bill, type BillDetails, billKey, type BillNotice } from '../core/bill.ts';
import { EditRefused } from '../core/bill-edits.ts';
import type { Change, ChangeKind } from '../core/change.ts';
import type { Clock, Ids } from '../core/clock.ts';
import { type ActivityLine, insertActivity } from '../store/activity.ts';
import { insertAttachment } from '../store/attachments.ts';
import { findOriginal, insertBill, lockBill, saveBill } from '../store/bills.ts';
import { type Connection, lockConnections } from '../store/connections.ts';
import { notifyLive } from '../store/notices.ts';
import type { Queryable } from '../store/pool.ts';
import { lockPostings, type Wish } from '../store/postings.ts';
import { sha256Hex } from './sha256.ts';
import { planBill } from './plan.ts';
import { wish } from './wish.ts';

export interface Recording {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly ids: Ids;
  /** A person's name, or the sending system. */
  readonly actor: string;
}

export interface NewBill {
  readonly details: BillDetails;
  readonly attachments: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly content: Uint8Array;
  }[];
  readonly notices: readonly BillNotice[];
}

/** Adds a bill; the same supplier, kind and number again is kept and marked as a duplicate. */
export async function addBill(
  recording: Recording,
  companyId: string,
  given: NewBill,
): Promise<Bill> {
  const { db, clock, ids } = recording;
  const connections = await lockConnections(db, companyId);
  const at = clock.now().toISOString();
  const fresh: Bill = {
    ...given.details,
    id: ids.next(),
    companyId,
    revision: 1,
    status: 'added',
    duplicateOf: null,
    acceptedAsSeparate: false,
    payments: [],
    attachments: given.attachments.map(({ name, mediaType, content }) => ({
      id: ids.next(),
      name,
      mediaType,
      byteLength: content.byteLength,
      sha256: sha256Hex(content),
    })),
    notices: given.notices,
    addedAt: at,
    changedAt: at,
  };
  const bill = await insertOnce(db, fresh);
  for (const [index, { content }] of given.attachments.entries()) {
    const attachmentId = bill.attachments[index]!.id;
    await insertAttachment(db, { companyId, billId: bill.id, attachmentId }, content);
  }
  await record(
    recording,
    bill,
    [{ kind: 'added', subject: null, before: null, after: bill.number }],
    connections,
  );
  return bill;
}

async function insertOnce(db: Queryable, bill: Bill): Promise<Bill> {
  for (;;) {
    const duplicate = { ...bill, duplicateOf: await findOriginal(db, bill) };
    // Refused: the same bill was added in this very moment, and is found at the next look.
    if (await insertBill(db, duplicate)) return duplicate;
  }
}

/** What an edit makes of a bill, and what that is called. */
export type Edit = (bill: Bill) => { readonly bill: Bill; readonly changes: readonly Change[] };

/** Null: there is no such bill. Without changes nothing is written. The edit may throw to refuse. */
export async function changeBill(
  recording: Recording,
  companyId: string,
  billId: string,
  edit: Edit,
): Promise<Bill | null> {
  const { db, clock } = recording;
  const connections = await lockConnections(db, companyId);
  const before = await lockBill(db, companyId, billId);
  if (!before) return null;
  const { bill, changes } = edit(before);
  if (changes.length === 0) return before;
  const revision = before.revision + 1;
  const edited = { ...bill, revision, changedAt: clock.now().toISOString() };
  const after = await duplicateOrNot(db, before, edited);
  await saveBill(db, after);
  await record(recording, after, changes, connections);
  return after;
}

/**
 * Two bills of one supplier and number are one, unless a person said otherwise. An edit does not make it so; and a
 * duplicate whose number is corrected is none any more.
 */
async function duplicateOrNot(db: Queryable, before: Bill, after: Bill): Promise<Bill> {
  if (after.acceptedAsSeparate || billKey(after) === billKey(before)) return after;
  const original = await findOriginal(db, after);
  if (before.duplicateOf !== null) return { ...after, duplicateOf: original };
  if (!original) return after;
  throw new EditRefused(
    'bill-number-taken',
    `There is another bill of ${after.supplier.name} with the number ${after.number}. If one of them is wrong, cancel it.`,
  );
}

async function record(
  recording: Recording,
  bill: Bill,
  changes: readonly Change[],
  connections: readonly Connection[],
): Promise<void> {
  const { db, clock, ids, actor } = recording;
  const now = clock.now();
  const lines = changes.map((change): ActivityLine => ({
    ...change,
    id: ids.next(),
    companyId: bill.companyId,
    billId: bill.id,
    at: now,
    actor,
    connectionId: null,
    postingKind: null,
  }));
  await insertActivity(db, lines);
  const existing = await lockPostings(db, bill.companyId, bill.id);
  const kinds: ChangeKind[] = [...new Set(changes.map(({ kind }) => kind))];
  const asking = { trigger: 'change', changes: kinds, actor, requestId: null, now } as const;
  const wishes: Wish[] = connections.flatMap((connection) =>
    planBill(bill, connection, existing, asking, () => ids.next()),
  );
  await notifyLive(db, [{ companyId: bill.companyId, billId: bill.id, connectionId: null }]);
  await wish(db, wishes);
}
