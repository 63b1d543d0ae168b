/**
 * The log's writer in the model: as `src/store/attempt-log.ts`. First everything is judged, then
 * everything is written, so that a batch that is refused leaves nothing behind.
 */
import { canonicalJson } from '../src/core/canonical.ts';
import { CHAIN_START, writeHash } from '../src/store/attempt-chain.ts';
import {
  type Closing,
  laneToken,
  type LogBatch,
  type LogBatchResult,
  type Opening,
  type Write,
} from '../src/store/attempt-log.ts';
import { keepable } from '../src/store/keepable.ts';
import type { HeldLane } from '../src/store/lanes.ts';
import type { Posting } from '../src/store/postings.ts';
import { hashesOf, hashOfClosing, hashOfOpening, hashOfResult } from './model-hashes.ts';
import { isLater, type ResultRow, type Tables } from './model-tables.ts';

export function writeModelLog(tables: Tables, batch: LogBatch, now: Date): LogBatchResult {
  const all = [...batch.openings, ...batch.writes, ...batch.closings];
  const lost = new Set(
    all.filter(({ lane }) => !isHeld(tables, lane, now)).map(({ lane }) => laneToken(lane)),
  );
  const isOurs = ({ lane }: { lane: HeldLane }) => !lost.has(laneToken(lane));
  const opened = openable(tables, batch.openings.filter(isOurs));
  const exists = (attemptId: string) => tables.attempts.has(attemptId) || opened.has(attemptId);
  const writes = batch.writes.filter((write) => isOurs(write) && exists(write.attemptId));
  const closings = batch.closings.filter(isOurs);
  refuseImpossible(tables, { writes, closings }, opened);

  for (const opening of opened.values()) open(tables, opening);
  const writeHashes = keepable(batch.writes).map(writeHash);
  for (const write of keepable(writes)) {
    const { attemptId } = write;
    tables.writes.set(attemptId, [
      ...(tables.writes.get(attemptId) ?? []),
      { ...write, hash: writeHash(write) },
    ]);
  }
  for (const closing of keepable(closings)) close(tables, closing);
  return {
    opened: new Map([...opened.keys()].map((id) => [id, tables.attempts.get(id)!.hash])),
    writeHashes,
    lost,
  };
}

function isHeld(tables: Tables, { connectionId, fence }: HeldLane, now: Date): boolean {
  const lane = tables.lanes.get(connectionId);
  return lane?.fence === fence && isLater(lane.leaseUntil, now);
}

/** Only on the wish it has seen, and on the knowledge it has. */
function openable(tables: Tables, openings: readonly Opening[]): Map<string, Opening> {
  const opened = new Map<string, Opening>();
  const taken = new Set<string>();
  for (const opening of openings) {
    const posting = tables.postings.get(opening.postingId);
    const mayOpen =
      posting?.wishNumber === opening.wishNumber &&
      posting.openAttemptId === null &&
      posting.lastAttemptId === opening.lastAttemptId &&
      !taken.has(posting.id);
    if (!mayOpen) continue;
    taken.add(posting.id);
    opened.set(opening.attemptId, opening);
  }
  return opened;
}

/** What PostgreSQL answers with an error, undoing the whole batch. */
function refuseImpossible(
  tables: Tables,
  { writes, closings }: { writes: readonly Write[]; closings: readonly Closing[] },
  opened: ReadonlyMap<string, Opening>,
): void {
  const seen = new Set<string>();
  const once = (name: string, isThere: boolean) => {
    if (isThere || seen.has(name)) throw new Error(`There is ${name} already.`);
    seen.add(name);
  };
  for (const { attemptId, number } of writes) {
    const isThere = tables.writes.get(attemptId)?.some((other) => other.number === number) ?? false;
    once(`write ${number} of ${attemptId}`, isThere);
  }
  for (const { attemptId, postingId } of closings) {
    const isOpen =
      opened.has(attemptId) || tables.postings.get(postingId)?.openAttemptId === attemptId;
    if (!isOpen) throw new Error(`Attempt ${attemptId} is not open.`);
    once(`a result of ${attemptId}`, tables.results.has(attemptId));
  }
}

function open(tables: Tables, opening: Opening): void {
  tables.attempts.set(opening.attemptId, { ...opening, hash: hashOfOpening(opening) });
  tables.postings.set(opening.postingId, {
    ...tables.postings.get(opening.postingId)!,
    openAttemptId: opening.attemptId,
    state: 'syncing',
    dueAt: null,
    burstBeganAt: null,
    waitingFor: null,
    priority: 1,
    changes: [],
    actor: null,
    requestIds: [],
  });
}

function close(tables: Tables, closing: Closing): void {
  const { postingId, attemptId } = closing;
  tables.results.set(attemptId, chained(tables, closing));
  const posting = tables.postings.get(postingId)!;
  tables.postings.set(postingId, {
    ...posting,
    ...made(posting, closing, tables.attempts.get(attemptId)!),
  });
}

/** What closing makes of a posting. */
function made(posting: Posting, closing: Closing, attempt: Opening): Partial<Posting> {
  const { state, retryAt, keptFields, keptBefore, ...known } = closing.known;
  // What was decided meanwhile stays.
  const isAsBefore = canonicalJson(posting.keptFields) === canonicalJson(keptBefore);
  const isWanted = posting.off === null || posting.wanted === 'absent';
  const isOff = posting.off !== null && posting.wanted === 'present';
  return {
    ...known,
    keptFields: isAsBefore ? keptFields : posting.keptFields,
    openAttemptId: null,
    lastAttemptId: closing.attemptId,
    dueAt: posting.dueAt ?? (isWanted ? retryAt : null),
    trigger: posting.dueAt === null && retryAt !== null ? 'retry' : posting.trigger,
    requestIds:
      retryAt !== null ? [...attempt.requestIds, ...posting.requestIds] : posting.requestIds,
    state: posting.dueAt !== null ? 'waiting' : isOff ? 'off' : state,
    failure: closing.failure,
  };
}

function chained(tables: Tables, closing: Closing): ResultRow {
  const { companyId } = closing.lane;
  const head = tables.chains.get(companyId) ?? { number: 0, hash: CHAIN_START };
  const row = {
    ...closing,
    contentHash: hashOfClosing(closing),
    chainNumber: head.number + 1,
    previousHash: head.hash,
  };
  const hash = hashOfResult(row, closing.hashes ?? hashesOf(tables, closing.attemptId));
  tables.chains.set(companyId, { number: row.chainNumber, hash });
  return { ...row, hash };
}
