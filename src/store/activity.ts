/** The activity log: a bill's changes and manual syncs, as people read them. */
import type { Outcome } from '../core/attempt.ts';
import type { ChangeKind } from '../core/change.ts';
import type { PostingKind } from '../core/posting.ts';
import type { Queryable } from './pool.ts';

export interface ActivityLine {
  readonly id: string;
  readonly companyId: string;
  readonly billId: string;
  readonly at: Date;
  readonly actor: string;
  readonly kind: ChangeKind | 'sync-requested' | 'kept-in-target';
  readonly subject: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly connectionId: string | null;
  readonly postingKind: PostingKind | null;
}

export async function insertActivity(db: Queryable, lines: readonly ActivityLine[]): Promise<void> {
  if (lines.length === 0) return;
  await db.query(
    `insert into activity (
       company_id, bill_id, activity_id, at, actor, kind, subject, before, after, connection_id, posting_kind
     )
     select "companyId", "billId", id, at, actor, kind, subject, before, after, "connectionId", "postingKind"
     from json_to_recordset($1) as line (
       "companyId" uuid, "billId" uuid, id uuid, at timestamptz, actor text, kind text, subject text,
       before text, after text, "connectionId" uuid, "postingKind" text
     )`,
    [JSON.stringify(lines)],
  );
}

export interface ActivityRow extends ActivityLine {
  /** For `sync-requested`: the attempt it led to, and how that ended. */
  readonly attemptId: string | null;
  readonly outcome: Outcome | null;
  /** It was made, and left the log with its month. */
  readonly archived: boolean;
}

export async function listActivity(
  db: Queryable,
  companyId: string,
  billId: string,
  before: string | null,
  limit: number,
): Promise<ActivityRow[]> {
  const { rows } = await db.query<ActivityRow>(
    `select a.activity_id as "id", a.company_id as "companyId", a.bill_id as "billId", a.at, a.actor, a.kind,
       a.subject, a.before, a.after, a.connection_id as "connectionId", a.posting_kind as "postingKind",
       led.attempt_id as "attemptId", led.outcome,
       a.kind = 'sync-requested' and led.attempt_id is null
         and exists (
           select 1
           from departed_attempts d
           where d.company_id = a.company_id and d.bill_id = a.bill_id
             and d.month >= to_char(a.at at time zone 'UTC', 'YYYY-MM')
         )
         and not exists (
           select 1
           from postings p
           where p.company_id = a.company_id and p.bill_id = a.bill_id and a.activity_id = any (p.request_ids)
         ) as "archived"
     from activity a
     left join lateral (
       select t.attempt_id, r.outcome
       from attempts t
       left join attempt_results r on r.company_id = t.company_id and r.attempt_id = t.attempt_id
       where a.kind = 'sync-requested'
         and t.company_id = a.company_id
         and t.bill_id = a.bill_id
         and a.activity_id = any (t.request_ids)
       order by t.attempt_id desc
       limit 1
     ) led on true
     where a.company_id = $1 and a.bill_id = $2 and ($3::uuid is null or a.activity_id < $3)
     order by a.activity_id desc
     limit $4`,
    [companyId, billId, before, limit],
  );
  return rows;
}
