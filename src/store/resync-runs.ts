/**
 * Cause runs: a person asked that all which fails by a cause be synced again. Kept with how far they are: a
 * page of bills and the step past it are one transaction, so that no bill is asked for twice and none forgotten,
 * whoever dies on the way.
 */
import type { ResyncRefusal } from '../core/resync-refusal.ts';
import type { Cause } from './failing-now.ts';
import type { Queryable } from './pool.ts';

export type CauseRunState = 'running' | 'done' | 'stopped';

export interface CauseRun extends Cause {
  readonly id: string;
  readonly actor: string;
  readonly state: CauseRunState;
  /** Null while nobody stopped it; and when it was stopped because the connection was turned off. */
  readonly stoppedBy: string | null;
  /** That failed by it when it began. */
  readonly bills: number;
  readonly billsLookedAt: number;
  readonly afterBillId: string | null;
  /** Postings. */
  readonly accepted: number;
  readonly deleted: number;
  readonly skippedBills: number;
  /** The first of them. */
  readonly skipped: readonly { readonly billId: string; readonly refusal: ResyncRefusal }[];
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** How many refused bills are kept by name: to read more of them, nobody has the time. */
const SKIPPED_KEPT = 200;

const COLUMNS = `r.company_id as "companyId", r.run_id as "id", r.connection_id as "connectionId",
  r.failure_code as "failure", r.actor, r.state, r.stopped_by as "stoppedBy", r.bills,
  r.bills_looked_at as "billsLookedAt", r.after_bill_id as "afterBillId", r.accepted, r.deleted,
  r.skipped_bills as "skippedBills", r.skipped, r.created_at as "createdAt", r.finished_at as "finishedAt"`;

/** False: one of this cause is running. */
export async function insertCauseRun(
  db: Queryable,
  run: Cause & Pick<CauseRun, 'id' | 'actor' | 'bills' | 'createdAt'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into cause_runs (company_id, run_id, connection_id, failure_code, actor, state, bills, created_at)
     values ($1, $2, $3, $4, $5, 'running', $6, $7)
     on conflict do nothing`,
    [run.companyId, run.id, run.connectionId, run.failure, run.actor, run.bills, run.createdAt],
  );
  return rowCount === 1;
}

/** To go on with it: null when somebody else does at this moment, or when it is over. */
export async function takeCauseRun(
  db: Queryable,
  companyId: string,
  id: string,
): Promise<CauseRun | null> {
  const { rows } = await db.query<CauseRun>(
    `select ${COLUMNS}
     from cause_runs r
     where r.company_id = $1 and r.run_id = $2 and r.state = 'running'
     for update skip locked`,
    [companyId, id],
  );
  return rows[0] ?? null;
}

/** How far it is now; by whoever took it. */
export async function advanceCauseRun(
  db: Queryable,
  run: Omit<CauseRun, 'finishedAt'>,
  now: Date,
): Promise<void> {
  await db.query(
    `update cause_runs
     set state = $3, bills_looked_at = $4, after_bill_id = $5, accepted = $6, deleted = $7, skipped_bills = $8,
       skipped = $9, finished_at = case when $3 <> 'running' then $10::timestamptz end
     where company_id = $1 and run_id = $2`,
    [
      run.companyId,
      run.id,
      run.state,
      run.billsLookedAt,
      run.afterBillId,
      run.accepted,
      run.deleted,
      run.skippedBills,
      JSON.stringify(run.skipped.slice(0, SKIPPED_KEPT)),
      now,
    ],
  );
}

/** False: it is over, or there is no such run. A page that is under way is waited for. */
export async function stopCauseRun(
  db: Queryable,
  companyId: string,
  id: string,
  stop: { readonly by: string; readonly now: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update cause_runs
     set state = 'stopped', stopped_by = $3, finished_at = $4
     where company_id = $1 and run_id = $2 and state = 'running'`,
    [companyId, id, stop.by, stop.now],
  );
  return rowCount === 1;
}

export async function findCauseRun(
  db: Queryable,
  companyId: string,
  id: string,
): Promise<CauseRun | null> {
  const { rows } = await db.query<CauseRun>(
    `select ${COLUMNS} from cause_runs r where r.company_id = $1 and r.run_id = $2`,
    [companyId, id],
  );
  return rows[0] ?? null;
}

export async function findRunning(
  db: Queryable,
  { companyId, connectionId, failure }: Cause,
): Promise<CauseRun | null> {
  const { rows } = await db.query<CauseRun>(
    `select ${COLUMNS}
     from cause_runs r
     where r.company_id = $1 and r.connection_id = $2 and r.failure_code = $3 and r.state = 'running'`,
    [companyId, connectionId, failure],
  );
  return rows[0] ?? null;
}

/** Newest first. */
export async function listCauseRuns(
  db: Queryable,
  companyId: string,
  page: { readonly before: string | null; readonly limit: number },
): Promise<CauseRun[]> {
  const { rows } = await db.query<CauseRun>(
    `select ${COLUMNS}
     from cause_runs r
     where r.company_id = $1 and ($2::uuid is null or r.run_id < $2)
     order by r.run_id desc
     limit $3`,
    [companyId, page.before, page.limit],
  );
  return rows;
}

/** Of all companies. */
export async function listRunning(
  db: Queryable,
  limit: number,
): Promise<Pick<CauseRun, 'companyId' | 'id'>[]> {
  const { rows } = await db.query<Pick<CauseRun, 'companyId' | 'id'>>(
    `select company_id as "companyId", run_id as "id"
     from cause_runs
     where state = 'running'
     limit $1`,
    [limit],
  );
  return rows;
}
