/**
 * Reconciliations: what is asked for, how far it is, and what was found. Written on by the lane's holder
 * alone; a bill's rows and the step past that bill are one transaction, so none is told twice.
 */
import type { AttemptFailure, ThreeWayDifference } from '../core/attempt.ts';
import type { Bill } from '../core/bill.ts';
import type { Day } from '../core/day.ts';
import type { PostingKind } from '../core/posting.ts';
import type { ReconciliationState, Verdict, VerdictReason } from '../core/reconciliation.ts';
import type { PostingState } from '../core/posting-state.ts';
import type { HeldLane, LaneKey } from './lanes.ts';
import type { Queryable } from './pool.ts';

export interface Reconciliation {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly fromOn: Day;
  readonly toOn: Day;
  readonly nightOn: Day | null;
  readonly actor: string | null;
  readonly state: ReconciliationState;
  readonly listedAfter: string | null;
  readonly bills: number;
  readonly billsLookedAt: number;
  readonly afterBillId: string | null;
  readonly tries: number;
  readonly failure: AttemptFailure | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface ReconciliationRow {
  readonly id: string;
  readonly verdict: Verdict;
  readonly reason: VerdictReason | null;
  readonly billId: string | null;
  readonly postingId: string | null;
  readonly kind: PostingKind;
  readonly paymentId: string | null;
  readonly state: PostingState | null;
  readonly number: string;
  readonly supplierName: string | null;
  readonly onDay: Day | null;
  readonly currency: string;
  /** Negative where money comes back. */
  readonly amountMinor: number;
  readonly remoteId: string | null;
  readonly link: string | null;
  readonly differences: readonly ThreeWayDifference[];
  readonly failure: AttemptFailure | null;
  readonly lookedAt: Date;
}

const COLUMNS = `r.reconciliation_id as "id", r.company_id as "companyId", r.connection_id as "connectionId",
  r.from_on::text as "fromOn", r.to_on::text as "toOn", r.night_on::text as "nightOn", r.actor, r.state,
  r.listed_after as "listedAfter", r.bills, r.bills_looked_at as "billsLookedAt",
  r.after_bill_id as "afterBillId", r.tries, r.failure, r.created_at as "createdAt", r.finished_at as "finishedAt"`;

/** Asks for one, due now; false: this connection has one under way, or had one this night. */
export async function insertReconciliation(
  db: Queryable,
  given: Pick<
    Reconciliation,
    'id' | 'companyId' | 'connectionId' | 'fromOn' | 'toOn' | 'nightOn' | 'actor'
  >,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into reconciliations (
       company_id, reconciliation_id, connection_id, from_on, to_on, night_on, actor, state, bills, due_at, created_at
     )
     select $1, $2, $3, $4::date, $5::date, $6, $7, 'waiting', (
       select count(*) from bills where company_id = $1 and issued_on between $4::date and $5::date
     ), $8, $8
     where not exists (
       select 1 from reconciliations where company_id = $1 and connection_id = $3 and due_at is not null
     )
     on conflict do nothing`,
    [
      given.companyId,
      given.id,
      given.connectionId,
      given.fromOn,
      given.toOn,
      given.nightOn,
      given.actor,
      now,
    ],
  );
  return rowCount === 1;
}

/** The one a lane is to go on with; null when there is none yet. */
export async function dueReconciliation(
  db: Queryable,
  lane: LaneKey,
  now: Date,
): Promise<Reconciliation | null> {
  const { rows } = await db.query<Reconciliation>(
    `select ${COLUMNS}
     from reconciliations r
     where r.company_id = $1 and r.connection_id = $2 and r.due_at <= $3
     order by r.due_at
     limit 1`,
    [lane.companyId, lane.connectionId, now],
  );
  return rows[0] ?? null;
}

/** The next bills of its period, in the order of ids: a bill whose day is moved keeps its place. */
export async function nextBills(
  db: Queryable,
  { companyId, fromOn, toOn, afterBillId }: Reconciliation,
  limit: number,
): Promise<Bill[]> {
  const { rows } = await db.query<{ document: Bill }>(
    `select document
     from bills
     where company_id = $1 and issued_on between $2 and $3
       and ($4::uuid is null or bill_id > $4)
     order by bill_id
     limit $5`,
    [companyId, fromOn, toOn, afterBillId, limit],
  );
  return rows.map((row) => row.document);
}

export interface ReconciliationStep {
  readonly rows: readonly ReconciliationRow[];
  readonly state: ReconciliationState;
  readonly listedAfter: string | null;
  readonly billsLookedAt: number;
  readonly afterBillId: string | null;
  readonly tries: number;
  readonly failure: AttemptFailure | null;
  /** When to go on; null: it is over. */
  readonly dueAt: Date | null;
}

/** Writes what a step found and where it stands, by the lane's holder; false: the lane has another. */
export async function saveStep(
  db: Queryable,
  lane: HeldLane,
  reconciliationId: string,
  step: ReconciliationStep,
  now: Date,
): Promise<boolean> {
  const held = await db.query(
    `select 1
     from lanes
     where company_id = $1 and connection_id = $2 and fence = $3 and lease_until > $4
     for key share`,
    [lane.companyId, lane.connectionId, lane.fence, now],
  );
  if (held.rows.length === 0) return false;
  await db.query(
    `insert into reconciliation_rows (
       company_id, reconciliation_id, row_id, verdict, reason, bill_id, posting_id, kind, payment_id, state, number,
       supplier_name, on_day, currency, amount_minor, remote_id, link, differences, failure, looked_at
     )
     select $1, $2, id, verdict, reason, "billId", "postingId", kind, "paymentId", state, number, "supplierName",
       "onDay", currency, "amountMinor", "remoteId", link, differences, failure, "lookedAt"
     from json_to_recordset($3) as row (
       id uuid, verdict text, reason text, "billId" uuid, "postingId" uuid, kind text, "paymentId" uuid, state text,
       number text, "supplierName" text, "onDay" date, currency text, "amountMinor" bigint, "remoteId" text,
       link text, differences jsonb, failure jsonb, "lookedAt" timestamptz
     )`,
    [lane.companyId, reconciliationId, JSON.stringify(step.rows)],
  );
  await db.query(
    `update reconciliations
     set state = $3, listed_after = $4, bills_looked_at = $5, bills = greatest(bills, $5), after_bill_id = $6,
       tries = $7, failure = $8, due_at = $9,
       finished_at = case when $9::timestamptz is null then $10::timestamptz end
     where company_id = $1 and reconciliation_id = $2`,
    [
      lane.companyId,
      reconciliationId,
      step.state,
      step.listedAfter,
      step.billsLookedAt,
      step.afterBillId,
      step.tries,
      step.failure === null ? null : JSON.stringify(step.failure),
      step.dueAt,
      now,
    ],
  );
  return true;
}

/** Of these references, those that are postings of the connection. */
export async function knownReferences(
  db: Queryable,
  lane: LaneKey,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ posting_id: string }>(
    `select posting_id from postings where company_id = $1 and connection_id = $2 and posting_id = any ($3)`,
    [lane.companyId, lane.connectionId, references],
  );
  return new Set(rows.map((row) => row.posting_id));
}

export async function readReconciliations(
  db: Queryable,
  companyId: string,
  query: { id: string | null; before: string | null; limit: number },
): Promise<Reconciliation[]> {
  const { rows } = await db.query<Reconciliation>(
    `select ${COLUMNS}
     from reconciliations r
     where r.company_id = $1
       and ($2::uuid is null or r.reconciliation_id = $2)
       and ($3::uuid is null or r.reconciliation_id < $3)
     order by r.reconciliation_id desc
     limit $4`,
    [companyId, query.id, query.before, query.limit],
  );
  return rows;
}

export interface VerdictTotal {
  readonly reconciliationId: string;
  readonly verdict: Verdict;
  readonly kind: PostingKind;
  readonly currency: string;
  readonly rows: number;
  readonly amountMinor: number;
}

export async function readTotals(
  db: Queryable,
  companyId: string,
  reconciliationIds: readonly string[],
): Promise<VerdictTotal[]> {
  const { rows } = await db.query<VerdictTotal>(
    `select reconciliation_id as "reconciliationId", verdict, kind, currency, count(*) as "rows",
       sum(amount_minor)::bigint as "amountMinor"
     from reconciliation_rows
     where company_id = $1 and reconciliation_id = any ($2)
     group by reconciliation_id, verdict, kind, currency
     order by currency, kind, verdict`,
    [companyId, reconciliationIds],
  );
  return rows;
}

export async function readRows(
  db: Queryable,
  query: {
    companyId: string;
    reconciliationId: string;
    verdict: Verdict | null;
    after: string | null;
    limit: number;
  },
): Promise<ReconciliationRow[]> {
  const { rows } = await db.query<ReconciliationRow>(
    `select row_id as "id", verdict, reason, bill_id as "billId", posting_id as "postingId", kind,
       payment_id as "paymentId", state, number, supplier_name as "supplierName", on_day::text as "onDay", currency,
       amount_minor as "amountMinor", remote_id as "remoteId", link, differences, failure, looked_at as "lookedAt"
     from reconciliation_rows
     where company_id = $1 and reconciliation_id = $2
       and ($3::text is null or verdict = $3)
       and ($4::uuid is null or row_id > $4)
     order by row_id
     limit $5`,
    [query.companyId, query.reconciliationId, query.verdict, query.after, query.limit],
  );
  return rows;
}
