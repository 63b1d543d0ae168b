/**
 * One attempt: opened in the log, made, closed in the log. Whatever happens in between ends as a
 * line that says so.
 */
import type { Exchange, RuleDecision } from '../core/attempt.ts';
import { SyncFailure } from '../core/failure.ts';
import { sayOnce } from '../core/logged-exchange.ts';
import type { PostingDocument, PostingFields } from '../core/posting.ts';
import type { Call, WriteIntent } from '../sdk/connector.ts';
import { isDatabaseTrouble } from '../store/database-trouble.ts';
import type { HeldLane } from '../store/lanes.ts';
import type { DuePosting } from '../store/claimable.ts';
import { bringInLine } from './bring-in-line.ts';
import { documentFor } from './documents.ts';
import type { WorkerContext } from './engine.ts';
import { type LaneSession, mayArriveUntil } from './lane-session.ts';
import { LaneLost, type LogWriter } from './log-writer.ts';
import { remoteSupplier } from './remote-supplier.ts';
import { type Ending, endBadly, endWell, type KnownBefore } from './settle.ts';
import type { Task } from './task.ts';

export interface LaneHold {
  readonly lane: HeldLane;
  /** Throws `LaneLost` when the lease has run out by this machine's own clock. */
  assertHeld(): void;
  readonly signal: AbortSignal;
}

/** A newer wish came before the attempt was opened; it will be made with that one. */
class Overtaken extends Error {}

/** What an attempt notes of itself on the way, for its line in the log. */
interface Notes {
  readonly exchanges: Exchange[];
  readonly writes: WriteIntent[];
  /** Of each write that was announced, once the log holds it: null before, or when nobody knows. */
  readonly writeHashes: (string | null)[];
  lastWriteAt: Date | null;
  decision: RuleDecision | null;
  /** What was there is gone, by our own doing, and is to be made anew. */
  isTakenAway: boolean;
}

interface Attempt {
  readonly hold: LaneHold;
  readonly work: LaneSession;
  readonly due: DuePosting;
  readonly prepared: Prepared;
  readonly startedAt: Date;
  readonly call: Call;
  readonly notes: Notes;
}

export interface Made {
  /** Null: overtaken before it was opened, nothing happened. */
  readonly ending: Ending | null;
  /** Resolves when the log says so too; until then nothing else may be done about the posting. */
  readonly closed: Promise<void>;
}

/** Resolves when the accounting system has no more to do with it. Throws `LaneLost`; so may `closed`. */
export async function syncPosting(
  context: WorkerContext,
  log: LogWriter,
  hold: LaneHold,
  work: LaneSession,
  due: DuePosting,
): Promise<Made> {
  const attemptId = context.ids.next();
  const startedAt = context.clock.now();
  const startedMs = context.timers.elapsedMs();
  const prepared = prepare(work, due);
  const opening = log.open({
    lane: hold.lane,
    attemptId,
    postingId: due.id,
    billId: due.billId,
    kind: due.kind,
    paymentId: due.paymentId,
    wishNumber: due.wishNumber,
    lastAttemptId: due.lastAttemptId,
    trigger: due.trigger,
    changes: due.changes,
    actor: due.actor,
    requestIds: due.requestIds,
    openedAt: startedAt,
    bill: due.bill,
    document: prepared.document,
    fields: prepared.fields,
  });
  // Read below on every path; until then a refusal must not count as unhandled.
  opening.catch(() => {});
  const notes: Notes = {
    exchanges: [],
    writes: [],
    writeHashes: [],
    lastWriteAt: null,
    decision: null,
    isTakenAway: false,
  };
  const call: Call = {
    signal: hold.signal,
    record: (exchange) => void notes.exchanges.push(exchange),
    assertMayWrite: () => hold.assertHeld(),
    async write(intent) {
      hold.assertHeld();
      const number = notes.writes.length + 1;
      const written = log.write({
        lane: hold.lane,
        attemptId,
        number,
        sentAt: context.clock.now(),
        ...intent,
      });
      const place = notes.writeHashes.push(null) - 1;
      const [opened, hash] = await Promise.all([opening, written]);
      if (opened === null) throw new Overtaken();
      notes.writeHashes[place] = hash;
      hold.assertHeld();
      notes.writes.push(intent);
      notes.lastWriteAt = context.clock.now();
    },
  };
  const ending = await attempt(context, { hold, work, due, prepared, startedAt, call, notes });
  const openingHash = await opening;
  if (ending === null || openingHash === null) return { ending: null, closed: Promise.resolve() };
  const writeHashes = notes.writeHashes.flatMap((hash) => hash ?? []);
  const closed = log.close({
    lane: hold.lane,
    attemptId,
    postingId: due.id,
    billId: due.billId,
    closedAt: context.clock.now(),
    durationMs: Math.round((context.timers.elapsedMs() - startedMs) * 10) / 10,
    outcome: ending.outcome,
    failure: ending.failure,
    decision: notes.decision,
    exchanges: sayOnce(notes.exchanges, notes.writes),
    // A write whose announcement failed may be in the log all the same.
    hashes:
      writeHashes.length === notes.writeHashes.length
        ? { opening: openingHash, writes: writeHashes }
        : null,
    known: ending.known,
  });
  // Whoever asked for the attempt looks at it a moment later.
  closed.catch(() => {});
  return { ending, closed };
}

interface Prepared {
  readonly document: PostingDocument | null;
  readonly fields: PostingFields | null;
  readonly refusal: unknown;
}

function prepare(work: LaneSession, due: DuePosting): Prepared {
  try {
    const posting = { ...due, postingId: due.id };
    const document = documentFor(due.bill, posting, work.connection.rules);
    return { document, fields: work.session.fields(document), refusal: null };
  } catch (error) {
    return { document: null, fields: null, refusal: error };
  }
}

async function attempt(
  context: WorkerContext,
  { hold, work, due, prepared, startedAt, call, notes }: Attempt,
): Promise<Ending | null> {
  try {
    const { document, fields, refusal } = prepared;
    if (!document || !fields) throw refusal;
    const task: Task = {
      document,
      fields,
      wanted: due.wanted,
      before: due,
      lost: due.lostFields ?? [],
      onConflict: work.connection.rules.onConflict,
      // By the time before we look: what we find must be what there is when nothing can come any more.
      startedAt,
      mayArriveUntil: mayArriveUntil(due.lostWriteAt, work, startedAt),
      // Also when it is tried again, or when changes came while it waited.
      byPerson: due.asked,
      mayRecreate: due.askedToRecreate,
      mayReplace: due.askedToReplace,
      mayLink: due.askedToLink,
      isOfAnother: (remoteId) => isOfAnother(context, hold, work, due, remoteId),
      takenAway: () => (notes.isTakenAway = true),
      decided: (decision) => (notes.decision = decision),
      supplierRemoteId: (ofCall) =>
        remoteSupplier(context, hold, work, document, ofCall, due.asked),
    };
    const success = await bringInLine(work.session, call, task);
    return endWell(success, due, due.bill.revision, context.clock.now());
  } catch (error) {
    letGo(work, due);
    if (error instanceof Overtaken) return null;
    // Our own database's failure says nothing of the bill: the lane's next holder goes on from here.
    if (error instanceof LaneLost || isDatabaseTrouble(error)) throw error;
    const unexpected = !(error instanceof SyncFailure);
    if (unexpected)
      context.logger.error(
        { err: error, postingId: due.id },
        'an attempt failed in an unforeseen way',
      );
    // A new wish does not pay for the old ones: its waits begin anew.
    const before = due.trigger === 'retry' ? due : { ...due, failures: 0 };
    return endBadly(error, notes.isTakenAway ? withoutRecord(before) : before, {
      // Announced is not sent: it may have left at any moment until now.
      lastWriteAt: notes.lastWriteAt && context.clock.now(),
      now: context.clock.now(),
      random: context.random,
    });
  }
}

/** What is known once it is taken away: nobody deleted it, and the next attempt makes it. */
function withoutRecord(before: KnownBefore): KnownBefore {
  return {
    ...before,
    generation: before.generation + 1,
    remoteId: null,
    remoteVersion: null,
    link: null,
    confirmedFields: null,
  };
}

/** Nothing was linked: what was booked by hand may be another's. */
function letGo({ linked }: LaneSession, { id }: DuePosting): void {
  for (const [remoteId, postingId] of linked) if (postingId === id) linked.delete(remoteId);
}

/** Also when the other is being linked at this moment, and the log does not say so yet. */
async function isOfAnother(
  { store }: WorkerContext,
  { lane }: LaneHold,
  { linked }: LaneSession,
  { id }: DuePosting,
  remoteId: string,
): Promise<boolean> {
  if ((linked.get(remoteId) ?? id) !== id) return true;
  linked.set(remoteId, id);
  return store.isOfAnother(lane, id, remoteId);
}
