/**
 * Postings: what is wanted and what is known of each. Wishes are written in the transaction of the
 * change that caused them; what is known is written by the lane's holder alone (`attempt-log.ts`).
 */
import type { Trigger } from '../core/attempt.ts';
import type { AttemptFailure } from '../core/attempt.ts';
import type { ChangeKind } from '../core/change.ts';
import type { KeptFields } from '../core/kept-fields.ts';
import type { PostingFields, PostingKind } from '../core/posting.ts';
import type { PostingState } from '../core/posting-state.ts';
import type { OffReason } from '../core/rules.ts';
import { STATE, stillWished, UNDER_WAY } from './open-attempts.ts';
import type { Queryable } from './pool.ts';
import type { WaitsFor } from './standing-aside.ts';

export interface Posting {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly billId: string;
  readonly kind: PostingKind;
  readonly paymentId: string | null;
  /** `absent`: the bill is cancelled or the payment taken back. */
  readonly wanted: 'present' | 'absent';
  readonly wantedRevision: number;
  readonly off: OffReason | null;
  readonly wishNumber: number;
  readonly dueAt: Date | null;
  readonly burstBeganAt: Date | null;
  /** One of `PRIORITY`. */
  readonly priority: number;
  readonly trigger: Trigger;
  readonly changes: readonly ChangeKind[];
  readonly actor: string | null;
  readonly requestIds: readonly string[];
  readonly state: PostingState;
  readonly waitingFor: WaitsFor | null;
  readonly openAttemptId: string | null;
  readonly lastAttemptId: string | null;
  readonly mustLook: boolean;
  /** When the last write left whose answer never came. */
  readonly lostWriteAt: Date | null;
  /** Grows when a deleted posting is made again: a new logical write with a new idempotency key. */
  readonly generation: number;
  readonly failures: number;
  readonly failure: AttemptFailure | null;
  readonly remoteId: string | null;
  readonly remoteVersion: string | null;
  readonly link: string | null;
  readonly confirmedFields: PostingFields | null;
  readonly keptFields: KeptFields;
  readonly confirmedRevision: number | null;
  readonly inStepAt: Date | null;
}

/** Of `p`, with `UNDER_WAY`. */
export const POSTING_COLUMNS = `p.posting_id as "id", p.company_id as "companyId", p.connection_id as "connectionId",
  p.bill_id as "billId", p.kind, p.payment_id as "paymentId", p.wanted, p.wanted_revision as "wantedRevision",
  p.off, p.wish_number as "wishNumber", ${stillWished('due_at')} as "dueAt",
  ${stillWished('burst_began_at')} as "burstBeganAt", ${stillWished('priority', '1')} as "priority", p.trigger,
  ${stillWished('changes', "'{}'")} as "changes", ${stillWished('actor')} as "actor",
  ${stillWished('request_ids', "'{}'")} as "requestIds", ${STATE} as "state",
  ${stillWished('waiting_for')} as "waitingFor", o.attempt_id as "openAttemptId",
  p.last_attempt_id as "lastAttemptId", p.must_look as "mustLook", p.lost_write_at as "lostWriteAt",
  p.generation, p.failures, p.failure, p.remote_id as "remoteId", p.remote_version as "remoteVersion", p.link,
  p.confirmed_fields as "confirmedFields", p.kept_fields as "keptFields",
  p.confirmed_revision as "confirmedRevision", p.in_step_at as "inStepAt"`;

export function listPostings(db: Queryable, companyId: string, billId: string): Promise<Posting[]> {
  return listPostingsOf(db, companyId, [billId]);
}

/** Of several bills. */
export async function listPostingsOf(
  db: Queryable,
  companyId: string,
  billIds: readonly string[],
): Promise<Posting[]> {
  const { rows } = await db.query<Posting>(
    `select ${POSTING_COLUMNS}
     from postings p ${UNDER_WAY}
     where p.company_id = $1 and p.bill_id = any ($2)
     order by p.connection_id, p.kind, p.posting_id`,
    [companyId, billIds],
  );
  return rows;
}

export function lockPostings(db: Queryable, companyId: string, billId: string): Promise<Posting[]> {
  return lockPostingsOf(db, companyId, [billId]);
}

/** Bill by bill, as the log's writer locks them: the two never wait for each other in a ring. */
export async function lockPostingsOf(
  db: Queryable,
  companyId: string,
  billIds: readonly string[],
): Promise<Posting[]> {
  await db.query(
    `select 1
     from postings
     where company_id = $1 and bill_id = any ($2)
     order by bill_id, posting_id
     for update`,
    [companyId, billIds],
  );
  // A second statement: an attempt that was opened while we waited for the lock is not seen by the first.
  return listPostingsOf(db, companyId, billIds);
}

/** Does another invoice of the connection stand for this record of the accounting system? */
export async function isOfAnother(
  db: Queryable,
  { companyId, connectionId }: { companyId: string; connectionId: string },
  postingId: string,
  remoteId: string,
): Promise<boolean> {
  const { rows } = await db.query(
    `select
     from postings
     where company_id = $1 and connection_id = $2 and kind = 'supplier-invoice' and remote_id = $3
       and posting_id <> $4
     limit 1`,
    [companyId, connectionId, remoteId, postingId],
  );
  return rows.length > 0;
}

/** The half of a posting that says what is wanted. */
export type Wish = Pick<
  Posting,
  | 'id'
  | 'companyId'
  | 'connectionId'
  | 'billId'
  | 'kind'
  | 'paymentId'
  | 'wanted'
  | 'wantedRevision'
  | 'off'
  | 'wishNumber'
  | 'dueAt'
  | 'burstBeganAt'
  | 'priority'
  | 'trigger'
  | 'changes'
  | 'actor'
  | 'requestIds'
  | 'state'
  | 'waitingFor'
>;

const WISH_ROW = `json_to_recordset($1) as wish (
  "id" uuid, "companyId" uuid, "connectionId" uuid, "billId" uuid, "kind" text, "paymentId" uuid, "wanted" text,
  "wantedRevision" integer, "off" jsonb, "wishNumber" bigint, "dueAt" timestamptz, "burstBeganAt" timestamptz,
  "priority" smallint, "trigger" text, "changes" text[], "actor" text, "requestIds" uuid[], "state" text,
  "waitingFor" text
)`;

/** Writes wishes: a new posting is inserted, a known one (locked by the caller) updated. */
export async function writeWishes(db: Queryable, wishes: readonly Wish[]): Promise<void> {
  if (wishes.length === 0) return;
  await db.query(
    `insert into postings (
       company_id, posting_id, connection_id, bill_id, kind, payment_id, wanted, wanted_revision, off, wish_number,
       due_at, burst_began_at, priority, trigger, changes, actor, request_ids, state, waiting_for
     )
     select "companyId", "id", "connectionId", "billId", "kind", "paymentId", "wanted", "wantedRevision", "off",
       "wishNumber", "dueAt", "burstBeganAt", "priority", "trigger", "changes", "actor", "requestIds", "state",
       "waitingFor"
     from ${WISH_ROW}
     on conflict (company_id, posting_id) do update
     set wanted = excluded.wanted, wanted_revision = excluded.wanted_revision, off = excluded.off,
       wish_number = excluded.wish_number, due_at = excluded.due_at, burst_began_at = excluded.burst_began_at,
       priority = excluded.priority, trigger = excluded.trigger, changes = excluded.changes,
       actor = excluded.actor, request_ids = excluded.request_ids, state = excluded.state,
       waiting_for = excluded.waiting_for`,
    [JSON.stringify(wishes)],
  );
}
