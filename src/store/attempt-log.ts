/**
 * Writes the integration log and what it makes known of postings, many attempts in one transaction:
 * durability is not paid one row at a time.
 *
 * What must stay true: nothing is written for a lane whose fence has moved on (invariant 2); an
 * attempt is opened only on the wish it has seen (invariant 4); the rows of the log are only ever
 * inserted, each result chained to the one before it in its company (invariant 9).
 */
import type { AttemptFailure, Exchange, Outcome, Trigger } from '../core/attempt.ts';
import type { Bill } from '../core/bill.ts';
import type { ChangeKind } from '../core/change.ts';
import type { KeptFields } from '../core/kept-fields.ts';
import type { PostingDocument, PostingFields, PostingKind } from '../core/posting.ts';
import { chainResults } from './attempt-chain.ts';
import { keepable } from './keepable.ts';
import type { HeldLane } from './lanes.ts';
import type { PostingState } from './postings.ts';
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
  readonly exchanges: readonly Exchange[];
  readonly known: Known;
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
  /** Attempt ids that were opened; the others had been overtaken by a newer wish. */
  readonly opened: ReadonlySet<string>;
  /** `company/connection/fence` of the lanes that were no longer held; nothing of theirs was written. */
  readonly lost: ReadonlySet<string>;
}

export function laneToken(lane: HeldLane): string {
  return `${lane.companyId}/${lane.connectionId}/${lane.fence}`;
}

/** Writes a batch; the caller holds the transaction. */
export async function writeLog(db: Queryable, batch: LogBatch, now: Date): Promise<LogBatchResult> {
  const lanes = new Map(
    [...batch.openings, ...batch.writes, ...batch.closings].map(({ lane }) => [
      laneToken(lane),
      lane,
    ]),
  );
  const held = await stillHeld(db, [...lanes.values()], now);
  const lost = new Set([...lanes.keys()].filter((token) => !held.has(token)));
  const isHeld = ({ lane }: { lane: HeldLane }) => held.has(laneToken(lane));
  const openings = batch.openings.filter(isHeld);
  const closings = keepable(batch.closings.filter(isHeld));
  await lockBatch(db, [...openings, ...closings]);
  const opened = await open(db, openings);
  await insertWrites(db, keepable(batch.writes.filter(isHeld)));
  await close(db, closings);
  return { opened, lost };
}

async function stillHeld(
  db: Queryable,
  lanes: readonly HeldLane[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<HeldLane>(
    `select l.company_id as "companyId", l.connection_id as "connectionId", l.fence
     from lanes l
     join json_to_recordset($1) as held ("companyId" uuid, "connectionId" uuid, fence bigint)
       on l.company_id = held."companyId" and l.connection_id = held."connectionId" and l.fence = held.fence
     where l.lease_until > $2
     order by l.company_id, l.connection_id
     for key share of l`,
    [JSON.stringify(lanes), now],
  );
  return new Set(rows.map(laneToken));
}

/** Bill by bill, in the order in which everybody locks them, so that nobody waits in a ring. */
async function lockBatch(
  db: Queryable,
  items: readonly { lane: HeldLane; postingId: string }[],
): Promise<void> {
  if (items.length === 0) return;
  await db.query(
    `select 1
     from postings
     where (company_id, posting_id) in (select * from unnest($1::uuid[], $2::uuid[]))
     order by bill_id, posting_id
     for no key update`,
    [items.map(({ lane }) => lane.companyId), items.map(({ postingId }) => postingId)],
  );
}

async function open(db: Queryable, openings: readonly Opening[]): Promise<ReadonlySet<string>> {
  if (openings.length === 0) return new Set();
  const { rows } = await db.query<{ attemptId: string }>(
    `update postings p
     set open_attempt_id = o."attemptId", state = 'syncing', due_at = null, burst_began_at = null, waiting_for = null,
       priority = 1, changes = '{}', actor = null, request_ids = '{}'
     from json_to_recordset($1) as o ("companyId" uuid, "postingId" uuid, "attemptId" uuid, "wishNumber" bigint, "lastAttemptId" uuid)
     where p.company_id = o."companyId" and p.posting_id = o."postingId"
       and p.wish_number = o."wishNumber" and p.open_attempt_id is null
       and p.last_attempt_id is not distinct from o."lastAttemptId"
     returning o."attemptId"`,
    [
      JSON.stringify(
        openings.map(({ lane, postingId, attemptId, wishNumber, lastAttemptId }) => ({
          companyId: lane.companyId,
          postingId,
          attemptId,
          wishNumber,
          lastAttemptId,
        })),
      ),
    ],
  );
  const opened = new Set(rows.map((row) => row.attemptId));
  const rowsToInsert = openings
    .filter(({ attemptId }) => opened.has(attemptId))
    .map(({ lane, wishNumber: _wish, lastAttemptId: _last, ...opening }) => ({
      ...opening,
      companyId: lane.companyId,
      connectionId: lane.connectionId,
      fence: lane.fence,
    }));
  if (rowsToInsert.length > 0) {
    await db.query(
      `insert into attempts (
         company_id, attempt_id, connection_id, posting_id, bill_id, kind, payment_id, trigger, changes, actor,
         request_ids, fence, opened_at, bill, document, fields
       )
       select "companyId", "attemptId", "connectionId", "postingId", "billId", kind, "paymentId", trigger, changes,
         actor, "requestIds", fence, "openedAt", bill, document, fields
       from json_to_recordset($1) as o (
         "companyId" uuid, "attemptId" uuid, "connectionId" uuid, "postingId" uuid, "billId" uuid, kind text,
         "paymentId" uuid, trigger text, changes text[], actor text, "requestIds" uuid[], fence bigint,
         "openedAt" timestamptz, bill jsonb, document jsonb, fields jsonb
       )`,
      [JSON.stringify(rowsToInsert)],
    );
  }
  return opened;
}

/** Only those of attempts that were opened: one that was overtaken sends nothing. */
async function insertWrites(db: Queryable, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  await db.query(
    `insert into attempt_writes (company_id, attempt_id, number, sent_at, method, target, body, sha256)
     select "companyId", "attemptId", number, "sentAt", method, target, body, sha256
     from json_to_recordset($1) as w (
       "companyId" uuid, "attemptId" uuid, number smallint, "sentAt" timestamptz, method text, target text,
       body text, sha256 text
     )
     where exists (
       select 1 from attempts a where a.company_id = w."companyId" and a.attempt_id = w."attemptId"
     )`,
    [JSON.stringify(writes.map(({ lane, ...write }) => ({ ...write, companyId: lane.companyId })))],
  );
}

async function close(db: Queryable, closings: readonly Closing[]): Promise<void> {
  if (closings.length === 0) return;
  const results = await chainResults(db, closings);
  await db.query(
    `insert into attempt_results (
       company_id, attempt_id, closed_at, duration_ms, outcome, failure_code, failure, remote_id, link, exchanges,
       chain_number, previous_hash, hash
     )
     select "companyId", "attemptId", "closedAt", "durationMs", outcome, "failureCode", failure, "remoteId", link,
       exchanges, "chainNumber", "previousHash", hash
     from json_to_recordset($1) as r (
       "companyId" uuid, "attemptId" uuid, "closedAt" timestamptz, "durationMs" double precision, outcome text,
       "failureCode" text, failure jsonb, "remoteId" text, link text, exchanges jsonb, "chainNumber" bigint,
       "previousHash" text, hash text
     )`,
    [JSON.stringify(results.map(({ seal: _seal, ...result }) => result))],
  );
  await db.query(
    `update postings p
     set open_attempt_id = null,
       last_attempt_id = k."attemptId",
       due_at = coalesce(p.due_at, case when p.off is null or p.wanted = 'absent' then k."retryAt" end),
       trigger = case when p.due_at is null and k."retryAt" is not null then 'retry' else p.trigger end,
       -- what a person asked for is asked for until it is done
       request_ids = case when k."retryAt" is not null then a.request_ids || p.request_ids else p.request_ids end,
       state = case
         when p.due_at is not null then 'waiting'
         when p.off is not null and p.wanted = 'present' then 'off'
         else k.state
       end,
       failures = k.failures,
       failure = k.failure,
       must_look = k."mustLook",
       lost_write_at = k."lostWriteAt",
       generation = k.generation,
       remote_id = k."remoteId",
       remote_version = k."remoteVersion",
       link = k.link,
       confirmed_fields = k."confirmedFields",
       kept_fields = case when p.kept_fields = k."keptBefore" then k."keptFields" else p.kept_fields end,
       confirmed_revision = k."confirmedRevision",
       in_step_at = k."inStepAt"
     from json_to_recordset($1) as k (
       "companyId" uuid, "postingId" uuid, "attemptId" uuid, "retryAt" timestamptz, state text, failures integer,
       failure jsonb, "mustLook" boolean, "lostWriteAt" timestamptz, generation integer, "remoteId" text, "remoteVersion" text, link text,
       "confirmedFields" jsonb, "keptFields" jsonb, "keptBefore" jsonb, "confirmedRevision" integer, "inStepAt" timestamptz
     )
     join attempts a on a.company_id = k."companyId" and a.attempt_id = k."attemptId"
     where p.company_id = k."companyId" and p.posting_id = k."postingId" and p.open_attempt_id = k."attemptId"`,
    [
      JSON.stringify(
        closings.map(({ lane, postingId, attemptId, failure, known }) => ({
          ...known,
          companyId: lane.companyId,
          postingId,
          attemptId,
          failure,
        })),
      ),
    ],
  );
}
