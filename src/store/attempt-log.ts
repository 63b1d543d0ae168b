/**
 * Writes the integration log and what it makes known of postings, many attempts in one call that is a
 * transaction (`write_log` in the database): durability is not paid one row at a time.
 *
 * What must stay true: nothing is written for a lane whose fence has moved on (invariant 2); an
 * attempt is opened only on the wish it has seen (invariant 4); the rows of the log are only ever
 * inserted, each result chained to the one before it in its company (invariant 9).
 */
import type {
  AttemptFailure,
  LoggedExchange,
  Outcome,
  RuleDecision,
  Trigger,
} from '../core/attempt.ts';
import type { Bill } from '../core/bill.ts';
import type { ChangeKind } from '../core/change.ts';
import type { KeptFields } from '../core/kept-fields.ts';
import type { PostingDocument, PostingFields, PostingKind } from '../core/posting.ts';
import type { PostingState } from '../core/posting-state.ts';
import { closingRow, LOG_COLUMNS, openingRow, writeRow } from './attempt-rows.ts';
import { arrayOf, binary, rowOf, textArray, uuidArray } from './binary-values.ts';
import type { HeldLane } from './lanes.ts';
import { type LiveNotice, liveText } from './notices.ts';
import type { Queryable } from './pool.ts';

export interface Opening {
  readonly lane: HeldLane;
  readonly attemptId: string;
  readonly postingId: string;
  readonly billId: string;
  readonly kind: PostingKind;
  readonly paymentId: string | null;
  /** The wish the attempt answers; a newer one stays due. */
  readonly wishNumber: number;
  /** The attempt whose knowledge this one builds on; there must have been none since. */
  readonly lastAttemptId: string | null;
  readonly trigger: Trigger;
  readonly changes: readonly ChangeKind[];
  readonly actor: string | null;
  readonly requestIds: readonly string[];
  readonly openedAt: Date;
  readonly bill: Bill;
  readonly document: PostingDocument | null;
  readonly fields: PostingFields | null;
}

export interface Write {
  readonly lane: HeldLane;
  readonly attemptId: string;
  readonly number: number;
  readonly sentAt: Date;
  readonly method: string;
  readonly target: string;
  readonly body: string | null;
  readonly sha256: string | null;
}

export interface Closing {
  readonly lane: HeldLane;
  readonly attemptId: string;
  readonly postingId: string;
  readonly billId: string;
  readonly closedAt: Date;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly failure: AttemptFailure | null;
  /** What the connection's rule decided of changes made over there. */
  readonly decision: RuleDecision | null;
  readonly exchanges: readonly LoggedExchange[];
  /** As the log answered when it was opened and each write announced; null: not known, to be looked up. */
  readonly hashes: AttemptHashes | null;
  readonly known: Known;
}

export interface AttemptHashes {
  readonly opening: string;
  /** In the order of their numbers, all of them. */
  readonly writes: readonly string[];
}

/** What the attempt makes known of its posting. */
export interface Known {
  /** Unless a newer wish is due or the posting is off by now. */
  readonly state: PostingState;
  /** When the engine tries again by itself; null: it does not. */
  readonly retryAt: Date | null;
  readonly failures: number;
  readonly mustLook: boolean;
  /** When the last write left whose answer never came. */
  readonly lostWriteAt: Date | null;
  readonly generation: number;
  readonly remoteId: string | null;
  readonly remoteVersion: string | null;
  readonly link: string | null;
  readonly confirmedFields: PostingFields | null;
  readonly keptFields: KeptFields;
  /** As they were when the attempt began: what a person decided since stays. */
  readonly keptBefore: KeptFields;
  readonly confirmedRevision: number | null;
  readonly inStepAt: Date | null;
}

export interface LogBatch {
  readonly openings: readonly Opening[];
  readonly writes: readonly Write[];
  readonly closings: readonly Closing[];
}

export interface LogBatchResult {
  /** The attempts that were opened, with the hash of each; the others had been overtaken by a newer wish. */
  readonly opened: ReadonlyMap<string, string>;
  /** The hashes of the writes, in their order. */
  readonly writeHashes: readonly string[];
  /** `company/connection/fence` of the lanes that were no longer held; nothing of theirs was written. */
  readonly lost: ReadonlySet<string>;
}

export function laneToken(lane: HeldLane): string {
  return `${lane.companyId}/${lane.connectionId}/${lane.fence}`;
}

const LANES = arrayOf(rowOf(LOG_COLUMNS.log_lane));
const OPENINGS = arrayOf(rowOf(LOG_COLUMNS.log_opening));
const WRITES = arrayOf(rowOf(LOG_COLUMNS.log_write));
const CLOSINGS = arrayOf(rowOf(LOG_COLUMNS.log_closing));

/** Writes a batch and tells browsers to look again: all of it or, when it throws, nothing. */
export async function writeLog(
  db: Queryable,
  { openings, writes, closings }: LogBatch,
  now: Date,
  notices: readonly LiveNotice[] = [],
): Promise<LogBatchResult> {
  const lanes = new Map(
    [...openings, ...writes, ...closings].map(({ lane }) => [laneToken(lane), lane]),
  );
  const tokens = [...lanes.keys()];
  const numberOf = new Map(tokens.map((token, number) => [token, number]));
  const lane = (item: { lane: HeldLane }) => numberOf.get(laneToken(item.lane))!;
  const locked = [...openings, ...closings];
  const openingRows = openings.map((each) => openingRow(each, lane(each)));
  const writeRows = writes.map((each) => writeRow(each, lane(each)));
  const { rows } = await db.query<{ written: { held: number[]; opened: string[] } }>({
    name: 'write-log',
    text: `select write_log($1, $2, $3, $4, $5, $6, $7, $8) as written`,
    values: [
      binary(
        LANES,
        [...lanes.values()].map((held, number) => ({ number, ...held })),
      ),
      binary(OPENINGS, openingRows),
      binary(WRITES, writeRows),
      binary(
        CLOSINGS,
        closings.map((each) => closingRow(each, lane(each))),
      ),
      binary(
        uuidArray,
        locked.map((each) => each.lane.companyId),
      ),
      binary(
        uuidArray,
        locked.map(({ postingId }) => postingId),
      ),
      binary(textArray, notices.map(liveText)),
      now,
    ],
  });
  const { held, opened } = rows[0]!.written;
  const begun = new Set(opened);
  return {
    opened: new Map(
      openingRows
        .filter(({ attemptId }) => begun.has(attemptId))
        .map(({ attemptId, hash }) => [attemptId, hash]),
    ),
    writeHashes: writeRows.map(({ hash }) => hash),
    lost: new Set(tokens.filter((_, number) => !held.includes(number))),
  };
}
