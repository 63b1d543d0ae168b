/**
 * What a reconciliation promises, watched step by step: each verdict is the truth of what stood still
 * while it was looked at, nothing is told twice, no bill is passed over, and nothing due waits for it.
 */
import type { Bill } from '../src/core/bill.ts';
import type { HeldLane, LaneKey } from '../src/store/lanes.ts';
import type { DuePosting } from '../src/store/claimable.ts';
import type { Posting } from '../src/store/postings.ts';
import type {
  Reconciliation,
  ReconciliationRow,
  ReconciliationStep,
} from '../src/store/reconciliations.ts';
import type { ConnectionRow, ReconciliationEntry, Tables } from './model-tables.ts';
import type { RemoteRecord, Target } from './target.ts';
import { isExpected, saidOf, truthOf } from './reconciliation-truth.ts';
import type { Watch } from './watch.ts';

export interface ReconciliationChecks {
  /** The store carried out an operation for a machine. */
  answered(who: string, operation: string, given: readonly unknown[], answer: unknown): void;
  /** Everything has settled, and this one was made since. */
  atEnd(one: ReconciliationEntry): void;
}

/** As it was when a machine asked; rows and records are replaced, never altered. */
interface Seen {
  readonly bills: ReadonlyMap<string, Bill>;
  readonly postings: ReadonlyMap<string, Posting>;
  readonly records: ReadonlyMap<string, RemoteRecord>;
  readonly connection: ConnectionRow;
}

interface Step extends Seen {
  readonly one: Reconciliation;
}

interface Claim {
  readonly due: readonly DuePosting[];
  readonly seen: Pick<Seen, 'postings' | 'connection'>;
}

export function createReconciliationChecks(
  tables: Tables,
  targetOf: (connectionId: string) => Target,
  lists: boolean,
  watch: Watch,
): ReconciliationChecks {
  /** By machine and connection: what was due when it last asked, and where its step began. */
  const claims = new Map<string, Claim>();
  const steps = new Map<string, Step>();
  /** Who was given the lane last, by connection. */
  const holders = new Map<string, string>();
  const broken = (what: string) => watch.broken('reconciliation', what);

  const claimed = (key: string, { connectionId }: LaneKey, due: readonly DuePosting[]) => {
    const rows = due.map(({ id }) => [id, tables.postings.get(id)!] as const);
    const connection = tables.connections.get(connectionId)!;
    claims.set(key, { due, seen: { postings: new Map(rows), connection } });
  };
  const began = (key: string, { connectionId }: LaneKey, one: Reconciliation) => {
    const claim = claims.get(key);
    claims.delete(key);
    const connection = tables.connections.get(connectionId)!;
    if (!claim) broken(`a step on ${connectionId} begins, and nobody asked what is due`);
    else if (claim.seen.connection === connection && connection.enabled)
      for (const { id } of claim.due)
        if (tables.postings.get(id) === claim.seen.postings.get(id))
          broken(`a step on ${connectionId} begins while ${id} is due`);
    steps.set(key, {
      one,
      bills: new Map(tables.bills),
      postings: new Map(tables.postings),
      records: new Map(targetOf(connectionId).records),
      // The rules the step goes by are read after the machine asked what is due: those, or newer ones.
      connection: claim?.seen.connection ?? connection,
    });
  };
  const stoodStill = (seen: Seen, { id, billId, remoteId }: Posting): boolean => {
    const { records } = targetOf(seen.connection.id);
    const isOfIt = (record: RemoteRecord) => record.reference === id || record.id === remoteId;
    const all = [...seen.records.values()].filter(isOfIt);
    return (
      seen.postings.get(id) === tables.postings.get(id) &&
      seen.bills.get(billId) === tables.bills.get(billId) &&
      seen.connection === tables.connections.get(seen.connection.id) &&
      all.every((record) => records.get(record.id) === record) &&
      [...records.values()].filter(isOfIt).length === all.length
    );
  };
  /** Of a row; what moved meanwhile may be told as it was or as it is. */
  const judge = (row: ReconciliationRow, seen: Seen) => {
    const { connection } = seen;
    const told = `${row.kind} ${row.postingId ?? row.remoteId ?? row.billId} is told as ${row.verdict}`;
    if (row.reason === 'unreadable') return;
    if (row.billId === null) {
      const { records } = targetOf(connection.id);
      const record = records.get(row.remoteId!) ?? seen.records.get(row.remoteId!);
      if (!record || tables.postings.has(record.reference))
        broken(`${told}, and is no stranger there`);
      return;
    }
    if (row.postingId === null) {
      const isPlanned = [...seen.postings.values()].some(
        ({ billId, connectionId, kind, paymentId }) =>
          billId === row.billId &&
          connectionId === connection.id &&
          kind === row.kind &&
          paymentId === row.paymentId,
      );
      if (isPlanned) broken(`${told}, and there is a posting for it`);
      return;
    }
    const posting = tables.postings.get(row.postingId)!;
    if (!stoodStill(seen, posting)) return;
    const truth = truthOf(
      posting,
      tables.bills.get(posting.billId)!,
      connection,
      targetOf(connection.id),
    );
    const said = saidOf(row);
    if (said !== truth) broken(`${row.kind} ${row.postingId} is told as ${said}, and is ${truth}`);
  };
  const passedOver = (step: ReconciliationStep, { one, ...seen }: Step) => {
    const [from, to] = [one.afterBillId ?? '', step.afterBillId ?? ''];
    for (const posting of tables.postings.values()) {
      const bill = tables.bills.get(posting.billId)!;
      const isPassed = bill.id > from && bill.id <= to;
      if (bill.issuedOn < one.fromOn || bill.issuedOn > one.toOn) continue;
      if (!isPassed || posting.connectionId !== one.connectionId) continue;
      if (!stoodStill(seen, posting)) continue;
      const isTold = step.rows.some(({ postingId }) => postingId === posting.id);
      if (isTold !== isExpected(posting, bill, seen.connection))
        broken(`${posting.id} is ${isTold ? 'told, and not looked for' : 'passed over'}`);
    }
  };
  const saved = (key: string, id: string, step: ReconciliationStep) => {
    const seen = steps.get(key);
    const one = tables.reconciliations.get(id);
    if (!seen || !one) return;
    for (const row of step.rows) judge(row, seen);
    passedOver(step, seen);
    const names = one.rows.map(({ postingId, billId, paymentId, remoteId, kind }) =>
      billId === null ? `there ${remoteId}` : (postingId ?? `${billId} ${kind} ${paymentId}`),
    );
    if (new Set(names).size < names.length) broken(`something is told twice in ${id}`);
  };
  return {
    answered(who, operation, given, answer) {
      const [lane] = given as [HeldLane];
      const key = `${who}/${lane?.connectionId}`;
      if (operation === 'takeLane' && answer !== null) holders.set(lane.connectionId, who);
      if (operation === 'claimable') claimed(key, lane, answer as DuePosting[]);
      if (operation === 'reconciliation.due' && answer !== null)
        began(key, lane, answer as Reconciliation);
      if (operation !== 'reconciliation.saveStep' || answer !== true) return;
      if (holders.get(lane.connectionId) !== who)
        broken(`a step of ${who} is kept, and ${holders.get(lane.connectionId)} has the lane`);
      const [, id, step] = given as [HeldLane, string, ReconciliationStep];
      saved(key, id, step);
    },
    atEnd({ id, state, rows, connectionId }) {
      if (state !== 'done') return broken(`${id} is ${state}, and nothing was in its way`);
      const { records } = targetOf(connectionId);
      const isTold = (name: string) =>
        rows.some(({ postingId, remoteId }) => (postingId ?? remoteId) === name);
      for (const { id: recordId, reference } of lists ? records.values() : [])
        if (reference !== '' && !tables.postings.has(reference) && !isTold(recordId))
          broken(`${recordId}, a stranger there, is not told in ${id}`);
      for (const row of rows)
        if (row.reason === 'unreadable' || (row.postingId === null && row.billId !== null))
          broken(`${row.kind} of bill ${row.billId} is told as ${saidOf(row)} in ${id}`);
    },
  };
}
