/**
 * The engine's ten invariants, watched while a run goes on: at the moment a write leaves, and whenever
 * the log is written. What can be said only when all has settled is in `final-checks.ts`.
 */
import type { PostingDocument, PostingFields } from '../src/core/posting.ts';
import { diffFields } from '../src/core/diff.ts';
import { postingFields } from '../src/core/posting-fields.ts';
import type { Bill } from '../src/core/bill.ts';
import { documentFor } from '../src/engine/documents.ts';
import type { Closing, LogBatch, LogBatchResult, Opening } from '../src/store/attempt-log.ts';
import type { Posting } from '../src/store/postings.ts';
import type { ByHand } from './by-hand.ts';
import { othersOfBill, wasAsked, wasAskedTo } from './model-claims.ts';
import type { Tables } from './model-tables.ts';
import type { Target } from './target.ts';
import type { Watch } from './watch.ts';

/** A write at the moment it leaves its machine. */
export interface Leaving {
  readonly connectionId: string;
  readonly kind: 'create' | 'update' | 'remove' | 'attach' | 'supplier';
  /** Null for a supplier. */
  readonly document: PostingDocument | null;
  /** Of the bytes that leave. */
  readonly sha256: string;
}

export interface Checks {
  leaves(who: string, write: Leaving, isLost: boolean): void;
  /** It was carried out, or refused: nothing of it is under way any more. */
  arrived(write: Leaving): void;
  /** It made this of a record. */
  changed(write: Leaving, recordId: string, after: PostingFields): void;
  /** A write of this attempt took the record away. */
  removed(write: Leaving, recordId: string): void;
  logWritten(batch: LogBatch, result: LogBatchResult): void;
  /** A transaction was left open by a machine, or ended. */
  transaction(who: string, isOpen: boolean): void;
}

export function createChecks(
  tables: Tables,
  targetOf: (connectionId: string) => Target,
  revisionsOf: (billId: string) => ReadonlyMap<number, Bill>,
  byHand: ByHand,
  watch: Watch,
): Checks {
  /** Writes of the log that have been made use of, as `attempt/number`. */
  const used = new Set<string>();
  /** The attempts whose writes are under way, by posting. */
  const underWay = new Map<string, { attemptId: string; write: Leaving }[]>();
  const attemptOf = new WeakMap<Leaving, string>();
  const openTransactions = new Map<string, number>();
  /** The attempt that is open, by posting. */
  const open = new Map<string, string>();
  /** By attempt: the record it took away. */
  const takenAway = new Map<string, string>();

  /** The attempt whose announcement this is, an open one if there is; each announcement serves one write. */
  const announcedBy = ({ connectionId, sha256 }: Leaving): string | null => {
    const isOpen = ({ attemptId, postingId }: Opening) => open.get(postingId) === attemptId;
    const mine = [...tables.attempts.values()].filter(
      ({ lane }) => lane.connectionId === connectionId,
    );
    for (const { attemptId } of mine.sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)))) {
      const found = tables.writes
        .get(attemptId)
        ?.find((write) => write.sha256 === sha256 && !used.has(`${attemptId}/${write.number}`));
      if (!found) continue;
      used.add(`${attemptId}/${found.number}`);
      return attemptId;
    }
    return null;
  };
  const opened = (opening: Opening) => {
    const { bill, postingId, lane } = opening;
    const posting = tables.postings.get(postingId)!;
    const asItWas = revisionsOf(bill.id).get(bill.revision);
    if (!asItWas || JSON.stringify(asItWas) !== JSON.stringify(bill))
      watch.broken(6, `attempt ${opening.attemptId} keeps a bill that never was`);
    const now = tables.bills.get(bill.id)!;
    const rules = tables.connections.get(lane.connectionId)!.rules;
    const says = (of: Bill) => fieldsOf(of, posting, rules);
    const [kept, current] = [says(bill), says(now)];
    if (kept && current && diffFields(kept, current).length > 0)
      watch.broken(
        6,
        `attempt ${opening.attemptId} would send revision ${bill.revision}, not ${now.revision}`,
      );
    if (open.has(postingId)) watch.broken(2, `posting ${postingId} has two open attempts`);
    open.set(postingId, opening.attemptId);
    byHand.opened(opening);
  };
  const closed = (closing: Closing) => {
    const { attemptId, postingId, failure, decision, known, lane } = closing;
    if (open.get(postingId) === attemptId) open.delete(postingId);
    const { records, deletedByHand } = targetOf(lane.connectionId);
    const wasDeleted = deletedByHand.has(postingId) || deletedByHand.has(known.remoteId ?? '');
    if (failure?.code === 'deleted-in-target' && !wasDeleted)
      watch.broken(7, `posting ${postingId} is called deleted there, and nobody deleted it`);
    if (closing.outcome === 'linked' && records.get(known.remoteId ?? '')?.reference === '') {
      const { requestIds, fields } = tables.attempts.get(attemptId)!;
      const isAlike = ['billKind', 'issuedOn', 'currency', 'total'].every(
        (field) => fields?.[field] === known.confirmedFields?.[field],
      );
      const mayLink =
        wasAskedTo('link', tables, requestIds) ||
        (isAlike && wasAskedTo('bulk-link', tables, requestIds));
      if (!mayLink)
        watch.broken(7, `posting ${postingId} is linked to what a person booked, and nobody asked`);
    }
    // Where a create's answer was lost, what is found there is not known by its id yet.
    const found = [...records.values()].filter(({ reference }) => reference === postingId);
    // And one that was replaced, or deleted, is not there any more.
    const gone = [takenAway.get(attemptId), deletedByHand.get(postingId)?.id];
    const ids = [known.remoteId, ...gone, ...found.map(({ id }) => id)].flatMap((id) => id ?? []);
    // Who changes a part changes what follows from it; what was lost may have sent another sum than stands there now.
    const wasChanged = (id: string, field: string) =>
      byHand.wasChanged(id, field) || (field === 'total' && byHand.wasChanged(id, 'lines.1.net'));
    // A copy may be of what it was before.
    const isCopy = ids.some((id) => records.get(id)?.isByHand);
    const changed = failure?.code === 'changed-in-target' ? failure.conflicts : [];
    for (const { field } of [...changed, ...(decision?.conflicts ?? [])])
      if (!isCopy && !ids.some((id) => wasChanged(id, field)))
        watch.broken(7, `${field} of ${postingId} is called changed there, and nobody changed it`);
    byHand.closed(closing);
  };
  const judgeCreate = (attempt: Opening, write: Leaving, posting: Posting) => {
    const target = targetOf(write.connectionId);
    const isKnown = posting.failure?.code === 'deleted-in-target' || posting.remoteId !== null;
    const { deletedByHand } = target;
    const wasDeleted =
      isKnown && (deletedByHand.has(posting.id) || deletedByHand.has(posting.remoteId ?? ''));
    const mayRecreate =
      wasAsked(tables, attempt.requestIds) ||
      wasAskedTo('bulk-recreate', tables, attempt.requestIds);
    if (wasDeleted && !mayRecreate)
      watch.broken(7, `posting ${posting.id} was deleted there, and is made again unasked`);
    if (posting.kind !== 'supplier-payment') return;
    for (const other of othersOfBill(tables, posting)) {
      if (other.kind === 'supplier-invoice') {
        if (other.off === null && other.remoteId === null)
          watch.broken(5, `payment ${posting.id} leaves before its invoice ${other.id}`);
      } else if (isStillToGo(other))
        watch.broken(5, `payment ${posting.id} leaves before ${other.id} is taken back`);
    }
  };
  const judgeRemove = ({ requestIds, wishNumber, attemptId }: Opening, posting: Posting) => {
    // What is wanted may be otherwise since.
    if (posting.wanted === 'absent' || posting.wishNumber !== wishNumber) return;
    if (!wasAskedTo('replace', tables, requestIds))
      watch.broken(7, `attempt ${attemptId} takes ${posting.id} away, and nobody asked for that`);
  };
  /** Taking it back was tried, and is to be tried again. */
  const isStillToGo = ({ wanted, dueAt, lastAttemptId, wishNumber }: Posting) =>
    wanted === 'absent' &&
    dueAt !== null &&
    tables.attempts.get(lastAttemptId ?? '')?.wishNumber === wishNumber;
  return {
    leaves(who, write, isLost) {
      if ((openTransactions.get(who) ?? 0) > 0)
        watch.broken(10, `${who} holds a transaction while it waits for the network`);
      const attemptId = announcedBy(write);
      if (attemptId === null)
        return watch.broken(1, `${who} sends a ${write.kind} that the log does not have`);
      attemptOf.set(write, attemptId);
      const attempt = tables.attempts.get(attemptId)!;
      const posting = tables.postings.get(attempt.postingId)!;
      if (posting.openAttemptId !== attemptId)
        watch.broken(2, `${who} sends for an attempt that somebody else has closed`);
      if (write.kind === 'create') judgeCreate(attempt, write, posting);
      if (write.kind === 'remove') judgeRemove(attempt, posting);
      const others = underWay.get(posting.id) ?? [];
      if (others.some((other) => other.attemptId !== attemptId))
        watch.broken(
          2,
          `${who} sends for ${posting.id} while an earlier attempt's write is under way`,
        );
      if (!isLost) underWay.set(posting.id, [...others, { attemptId, write }]);
    },
    arrived(write) {
      for (const [id, writes] of underWay) {
        const left = writes.filter((other) => other.write !== write);
        if (left.length === 0) underWay.delete(id);
        else underWay.set(id, left);
      }
    },
    removed(write, recordId) {
      const attemptId = attemptOf.get(write);
      if (attemptId !== undefined) takenAway.set(attemptId, recordId);
    },
    changed(write, recordId, after) {
      const attemptId = attemptOf.get(write);
      if (attemptId !== undefined) byHand.written(attemptId, recordId, after);
    },
    logWritten(batch, result) {
      for (const opening of batch.openings)
        if (result.opened.has(opening.attemptId)) opened(opening);
      for (const closing of batch.closings)
        if (tables.results.get(closing.attemptId)?.closedAt === closing.closedAt) closed(closing);
    },
    transaction(who, isOpen) {
      openTransactions.set(who, (openTransactions.get(who) ?? 0) + (isOpen ? 1 : -1));
    },
  };
}

/** What the posting would say of the bill; null when the rules leave out what it needs. */
function fieldsOf(
  bill: Bill,
  posting: Posting,
  rules: Parameters<typeof documentFor>[2],
): Record<string, string> | null {
  try {
    return postingFields(
      documentFor(bill, { ...posting, postingId: posting.id, invoice: null }, rules),
    );
  } catch {
    return null;
  }
}
