/** Reads the integration log: a bill's lines newest first, one attempt whole, what a dead worker left open. */
import type {
  AttemptFailure,
  Exchange,
  LoggedExchange,
  Outcome,
  RuleDecision,
  Trigger,
} from '../core/attempt.ts';
import type { Bill } from '../core/bill.ts';
import type { ChangeKind } from '../core/change.ts';
import type { KeptFields } from '../core/kept-fields.ts';
import { sayAll } from '../core/logged-exchange.ts';
import type { PostingDocument, PostingFields, PostingKind } from '../core/posting.ts';
import type { LaneKey } from './lanes.ts';
import type { Queryable } from './pool.ts';

export interface AttemptLine {
  readonly id: string;
  readonly billId: string;
  readonly connectionId: string;
  readonly postingId: string;
  readonly kind: PostingKind;
  readonly paymentId: string | null;
  readonly trigger: Trigger;
  readonly changes: readonly ChangeKind[];
  readonly actor: string | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly durationMs: number | null;
  readonly outcome: Outcome | null;
  readonly failure: AttemptFailure | null;
  readonly remoteId: string | null;
  readonly link: string | null;
}

const LINE = `a.attempt_id as "id", a.bill_id as "billId", a.connection_id as "connectionId",
  a.posting_id as "postingId", a.kind, a.payment_id as "paymentId", a.trigger, a.changes, a.actor,
  a.opened_at as "openedAt", r.closed_at as "closedAt", r.duration_ms as "durationMs", r.outcome, r.failure,
  r.remote_id as "remoteId", r.link`;

export async function listAttempts(
  db: Queryable,
  query: {
    companyId: string;
    billId: string;
    connectionId: string | null;
    before: string | null;
    limit: number;
  },
): Promise<AttemptLine[]> {
  const { rows } = await db.query<AttemptLine>(
    `select ${LINE}
     from attempts a
     left join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where a.company_id = $1 and a.bill_id = $2
       and ($3::uuid is null or a.connection_id = $3)
       and ($4::uuid is null or a.attempt_id < $4)
     order by a.attempt_id desc
     limit $5`,
    [query.companyId, query.billId, query.connectionId, query.before, query.limit],
  );
  return rows;
}

export interface SentWrite {
  readonly sentAt: string;
  readonly method: string;
  readonly target: string;
  readonly body: string | null;
  readonly sha256: string | null;
}

export interface AttemptWhole extends AttemptLine {
  readonly bill: Bill;
  readonly document: PostingDocument | null;
  readonly fields: PostingFields | null;
  readonly decision: RuleDecision | null;
  readonly exchanges: readonly Exchange[] | null;
  readonly hash: string | null;
  readonly previousId: string | null;
  readonly previousFields: PostingFields | null;
  readonly writes: readonly SentWrite[];
}

export async function readAttempt(
  db: Queryable,
  companyId: string,
  attemptId: string,
): Promise<AttemptWhole | null> {
  const { rows } = await db.query<
    AttemptWhole & { readonly exchanges: readonly LoggedExchange[] | null }
  >(
    `select ${LINE}, a.bill, a.document, a.fields, r.decision, r.exchanges, r.hash,
       previous.attempt_id as "previousId", previous.fields as "previousFields",
       coalesce((
         select jsonb_agg(
           jsonb_build_object(
             'sentAt', to_char(w.sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
             'method', w.method, 'target', w.target, 'body', w.body, 'sha256', w.sha256
           )
           order by w.number
         )
         from attempt_writes w
         where w.company_id = a.company_id and w.attempt_id = a.attempt_id
       ), '[]') as "writes"
     from attempts a
     left join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     left join lateral (
       select p.attempt_id, p.fields
       from attempts p
       where p.company_id = a.company_id and p.bill_id = a.bill_id and p.posting_id = a.posting_id
         and p.attempt_id < a.attempt_id
       order by p.attempt_id desc
       limit 1
     ) previous on true
     where a.company_id = $1 and a.attempt_id = $2`,
    [companyId, attemptId],
  );
  const [row] = rows;
  if (!row) return null;
  return { ...row, exchanges: row.exchanges && sayAll(row.exchanges, row.writes) };
}

/** An attempt that was opened and never closed: its worker died or lost the lane. */
export interface Orphan {
  readonly attemptId: string;
  readonly postingId: string;
  readonly billId: string;
  readonly openedAt: Date;
  /** Did a write leave? Then nobody knows whether it arrived. */
  readonly wrote: boolean;
  /** Before it; none, when a new wish brought it about. */
  readonly failures: number;
  readonly mustLook: boolean;
  readonly lostWriteAt: Date | null;
  readonly generation: number;
  readonly remoteId: string | null;
  readonly remoteVersion: string | null;
  readonly link: string | null;
  readonly confirmedFields: PostingFields | null;
  readonly keptFields: KeptFields;
  readonly confirmedRevision: number | null;
  readonly inStepAt: Date | null;
}

export async function listOrphans(db: Queryable, lane: LaneKey, limit: number): Promise<Orphan[]> {
  const { rows } = await db.query<Orphan>({
    name: 'list-orphans',
    text: `select a.attempt_id as "attemptId", p.posting_id as "postingId", p.bill_id as "billId",
       a.opened_at as "openedAt",
       exists (
         select 1 from attempt_writes w where w.company_id = a.company_id and w.attempt_id = a.attempt_id
       ) as "wrote",
       case when a.trigger = 'retry' then p.failures else 0 end as failures, p.must_look as "mustLook",
       p.lost_write_at as "lostWriteAt", p.generation, p.remote_id as "remoteId",
       p.remote_version as "remoteVersion", p.link, p.confirmed_fields as "confirmedFields", p.kept_fields as "keptFields",
       p.confirmed_revision as "confirmedRevision", p.in_step_at as "inStepAt"
     from open_attempts o
     join postings p on p.company_id = o.company_id and p.posting_id = o.posting_id
     join attempts a on a.company_id = o.company_id and a.attempt_id = o.attempt_id
     where o.company_id = $1 and o.connection_id = $2
     limit $3`,
    values: [lane.companyId, lane.connectionId, limit],
  });
  return rows;
}
