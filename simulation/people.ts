/**
 * What people do: each a transaction on the model, as `src/engine/record-change.ts`, `resync.ts`,
 * `keep-in-target.ts` and `connect.ts` make it on PostgreSQL, with the engine's own planning in it.
 */
import type { Bill, BillDetails } from '../src/core/bill.ts';
import { billKey } from '../src/core/bill.ts';
import { EditRefused } from '../src/core/bill-edits.ts';
import type { Change, ChangeKind } from '../src/core/change.ts';
import type { Clock, Ids } from '../src/core/clock.ts';
import type { ConnectionRules } from '../src/core/rules.ts';
import type { ThreeWayDifference } from '../src/core/attempt.ts';
import { asKept } from '../src/core/kept-fields.ts';
import { askAgain, planBill } from '../src/engine/plan.ts';
import type { Keeping } from '../src/engine/keep-in-target.ts';
import type { NewBill } from '../src/engine/record-change.ts';
import { sha256Hex } from '../src/engine/sha256.ts';
import { type ResyncRequest, wishesOf } from '../src/engine/resync.ts';
import type { Wish } from '../src/store/postings.ts';
import { earliest, type Tables } from './model-tables.ts';
import { writeWishes } from './model-wishes.ts';

export interface People {
  addBill(companyId: string, details: BillDetails, files?: NewBill['attachments']): Bill;
  /** Null: refused, or nothing changed. */
  change(
    billId: string,
    edit: (bill: Bill) => { readonly bill: Bill; readonly changes: readonly Change[] },
  ): Bill | null;
  /** The postings that were asked for. */
  syncAgain(request: ResyncRequest): readonly string[];
  /** What is kept as it is there; null: there was nothing to decide. */
  keepInTarget(keeping: Keeping): readonly ThreeWayDifference[] | null;
  changeConnection(
    connectionId: string,
    edit: { readonly enabled?: boolean; readonly rules?: Partial<ConnectionRules> },
  ): void;
}

const FROM_THE_START = '00000000-0000-0000-0000-000000000000';

export function createPeople(
  tables: Tables,
  { clock, ids, actor }: { clock: Clock; ids: Ids; actor: string },
  onWake: (connectionId: string, isChanged?: boolean) => void,
): People {
  const { bills, lanes, postings } = tables;
  const connectionsOf = (companyId: string) =>
    [...tables.connections.values()]
      .filter((connection) => connection.companyId === companyId)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  const postingsOf = (billId: string) =>
    [...postings.values()].filter((posting) => posting.billId === billId);
  const record = (bill: Bill, changes: readonly Change[]) => {
    const kinds: ChangeKind[] = [...new Set(changes.map(({ kind }) => kind))];
    // Ids are taken as the lines of the activity log take them.
    for (const _ of changes) ids.next();
    const now = clock.now();
    const asking = { trigger: 'change', changes: kinds, actor, requestId: null, now } as const;
    const existing = postingsOf(bill.id);
    const wishes = connectionsOf(bill.companyId).flatMap((connection) =>
      planBill(bill, connection, existing, asking, () => ids.next()),
    );
    bills.set(bill.id, bill);
    writeWishes(tables, wishes, onWake);
  };
  const tryNow = (connectionId: string) => {
    const lane = lanes.get(connectionId)!;
    const nextDueAt = earliest(lane.nextDueAt, clock.now());
    const pauseCount = Math.min(lane.pauseCount, 1);
    const pausedUntil = lane.pauseFailure && clock.now();
    lanes.set(connectionId, { ...lane, pausedUntil, pauseCount, nextDueAt });
  };
  return {
    addBill(companyId, details, files = []) {
      const at = clock.now().toISOString();
      const fresh: Bill = {
        ...details,
        id: ids.next(),
        companyId,
        revision: 1,
        status: 'added',
        duplicateOf: null,
        acceptedAsSeparate: false,
        payments: [],
        attachments: files.map(({ name, mediaType, content }) => ({
          id: ids.next(),
          name,
          mediaType,
          byteLength: content.byteLength,
          sha256: sha256Hex(content),
        })),
        notices: [],
        addedAt: at,
        changedAt: at,
      };
      const bill = { ...fresh, duplicateOf: originalOf(tables, fresh) };
      for (const [index, { id }] of bill.attachments.entries())
        tables.attachments.set(`${bill.id}/${id}`, files[index]!.content);
      record(bill, [{ kind: 'added', subject: null, before: null, after: bill.number }]);
      return bill;
    },
    change(billId, edit) {
      const before = bills.get(billId);
      if (!before) return null;
      try {
        const { bill, changes } = edit(before);
        if (changes.length === 0) return null;
        const revision = before.revision + 1;
        const edited = { ...bill, revision, changedAt: clock.now().toISOString() };
        const isCorrected = before.duplicateOf !== null && keyOf(edited) !== keyOf(before);
        const after = isCorrected ? { ...edited, duplicateOf: originalOf(tables, edited) } : edited;
        if (isTaken(tables, after)) return null;
        record(after, changes);
        return after;
      } catch (error) {
        if (error instanceof EditRefused) return null;
        throw error;
      }
    },
    syncAgain(request) {
      const bill = bills.get(request.billId);
      if (!bill || bill.duplicateOf !== null) return [];
      const asked: Wish[] = [];
      const existing = postingsOf(bill.id);
      const postingIds: string[] = [];
      for (const connection of connectionsOf(request.companyId)) {
        if (!connection.enabled) continue;
        if (request.connectionId !== null && request.connectionId !== connection.id) continue;
        const one = wishesOf({ clock, ids, actor }, request, bill, connection, existing);
        if ('refusal' in one) continue;
        asked.push(...one.wishes);
        postingIds.push(...one.postingIds);
        tables.syncRequests.set(one.line.id, one.line.subject);
      }
      for (const id of new Set(asked.map(({ connectionId }) => connectionId))) tryNow(id);
      writeWishes(tables, asked, onWake);
      for (const id of request.overwrite ? postingIds : [])
        postings.set(id, { ...postings.get(id)!, keptFields: {} });
      return postingIds;
    },
    keepInTarget({ companyId, billId, postingId, attemptId }) {
      const posting = postings.get(postingId);
      const connection = tables.connections.get(posting?.connectionId ?? '');
      if (!connection?.enabled || posting?.companyId !== companyId || posting.billId !== billId)
        return null;
      const { failure, state, lastAttemptId } = posting;
      const isUndecided = state === 'failed' && failure?.code === 'changed-in-target';
      if (!isUndecided || lastAttemptId !== attemptId) return null;
      const keptFields = { ...posting.keptFields, ...asKept(failure.conflicts) };
      postings.set(postingId, { ...posting, keptFields });
      for (const _ of failure.conflicts) ids.next();
      const now = clock.now();
      const asking = { trigger: 'manual', changes: [], actor, requestId: null, now } as const;
      tryNow(connection.id);
      writeWishes(tables, [askAgain(posting, connection.rules, asking)], onWake);
      return failure.conflicts;
    },
    changeConnection(connectionId, { enabled, rules }) {
      const before = tables.connections.get(connectionId)!;
      tables.connections.set(connectionId, {
        ...before,
        enabled: enabled ?? before.enabled,
        rules: { ...before.rules, ...rules },
        changedAt: new Date(Math.max(clock.now().getTime(), before.changedAt.getTime() + 1)),
        replanAfter: FROM_THE_START,
      });
      tryNow(connectionId);
      onWake(connectionId, true);
    },
  };
}

/** The bill with the same supplier, kind and number. */
function originalOf(tables: Tables, bill: Bill): string | null {
  const key = keyOf(bill);
  for (const other of tables.bills.values()) {
    if (other.companyId !== bill.companyId || other.id === bill.id) continue;
    if (claimsKey(other) && keyOf(other) === key) return other.id;
  }
  return null;
}

/** A unique index refuses it. */
function isTaken(tables: Tables, bill: Bill): boolean {
  return claimsKey(bill) && originalOf(tables, bill) !== null;
}

function claimsKey({ duplicateOf, status }: Bill): boolean {
  return duplicateOf === null && status !== 'cancelled';
}

function keyOf(bill: Bill): string {
  return bill.acceptedAsSeparate ? `${billKey(bill)}#${bill.id}` : billKey(bill);
}
