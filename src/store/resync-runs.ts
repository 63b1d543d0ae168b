/**
 * Resync runs: a person asked that many bills be synced again. Kept with how far they are: a page of bills and the
 * step past it are one transaction, so that no bill is asked for twice and none forgotten, whoever dies on the way.
 */
import { canonicalJson } from '../core/canonical.ts';
import type { ResyncRefusal } from '../core/resync-refusal.ts';
import type { Queryable } from './pool.ts';
import type { Selected, Selection, SelectionTold } from './selected-bills.ts';

export type ResyncRunState = 'running' | 'done' | 'stopped';

export interface ResyncRun extends Omit<Selected, 'of'> {
  readonly of: SelectionTold;
  /** What somebody booked there by hand is to be linked, where it is as the bill says. */
  readonly link: boolean;
  /** What was deleted there is to be made again. */
  readonly recreate: boolean;
  readonly id: string;
  readonly actor: string;
  readonly state: ResyncRunState;
  /** Null while nobody stopped it; and when it was stopped because the connection was turned off. */
  readonly stoppedBy: string | null;
  /** That were selected when it began. */
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
  r.posting_kind as "posting", r.selection - 'billIds' as "of", r.link, r.recreate, r.actor, r.state, r.stopped_by as "stoppedBy", r.bills,
  r.bills_looked_at as "billsLookedAt", r.after_bill_id as "afterBillId", r.accepted, r.deleted,
  r.skipped_bills as "skippedBills", r.skipped, r.created_at as "createdAt", r.finished_at as "finishedAt"`;

/** What a run is asked for. */
export type Wanted = Selected & Pick<ResyncRun, 'link' | 'recreate'>;

/** The same of two runs that would ask for the same; null: of named bills each run is its own. */
function keyOf({ connectionId, posting, of, link, recreate }: Wanted): string | null {
  if (of.by === 'bills') return null;
  const decisions = [...(link ? ['link'] : []), ...(recreate ? ['recreate'] : [])];
  return canonicalJson([connectionId, posting, of, ...decisions]);
}

/** Until the transaction ends, no other run of the company begins or goes on: of two that ask for the same, one does. */
export async function lockBeginnings(db: Queryable, companyId: string): Promise<void> {
  await db.query(`select from companies where company_id = $1 for no key update`, [companyId]);
}

/** False: the same is running. */
export async function insertResyncRun(
  db: Queryable,
  run: Wanted & Pick<ResyncRun, 'id' | 'actor' | 'bills' | 'createdAt'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into resync_runs (company_id, run_id, connection_id, posting_kind, selection, selection_key, actor, state,
       bills, created_at, link, recreate)
     values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $10, $11)
     on conflict do nothing`,
    [
      run.companyId,
      run.id,
      run.connectionId,
      run.posting,
      JSON.stringify(run.of),
      keyOf(run),
      run.actor,
      run.bills,
      run.createdAt,
      run.link,
      run.recreate,
    ],
  );
  return rowCount === 1;
}

/** To go on with it: null when somebody else does at this moment, or when it is over. */
export async function takeResyncRun(
  db: Queryable,
  companyId: string,
  id: string,
): Promise<(ResyncRun & { readonly of: Selection }) | null> {
  const { rows } = await db.query<ResyncRun & { readonly of: Selection }>(
    `select ${COLUMNS}, r.selection as "of"
     from resync_runs r
     where r.company_id = $1 and r.run_id = $2 and r.state = 'running'
     for update skip locked`,
    [companyId, id],
  );
  return rows[0] ?? null;
}

/** How far it is now; by whoever took it. */
export async function advanceResyncRun(
  db: Queryable,
  run: Omit<ResyncRun, 'finishedAt'>,
  now: Date,
): Promise<void> {
  await db.query(
    `update resync_runs
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
export async function stopResyncRun(
  db: Queryable,
  companyId: string,
  id: string,
  stop: { readonly by: string; readonly now: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update resync_runs
     set state = 'stopped', stopped_by = $3, finished_at = $4
     where company_id = $1 and run_id = $2 and state = 'running'`,
    [companyId, id, stop.by, stop.now],
  );
  return rowCount === 1;
}

/** Goes on from where it stood, in another's name. False: it is not stopped, or the same is running. */
export async function reopenResyncRun(
  db: Queryable,
  { companyId, id }: Pick<ResyncRun, 'companyId' | 'id'>,
  actor: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update resync_runs r
     set state = 'running', actor = $3, stopped_by = null, finished_at = null
     where r.company_id = $1 and r.run_id = $2 and r.state = 'stopped'
       and not exists (
         select 1
         from resync_runs other
         where other.company_id = r.company_id and other.selection_key = r.selection_key and other.state = 'running'
       )`,
    [companyId, id, actor],
  );
  return rowCount === 1;
}

export async function findResyncRun(
  db: Queryable,
  companyId: string,
  id: string,
): Promise<ResyncRun | null> {
  const { rows } = await db.query<ResyncRun>(
    `select ${COLUMNS} from resync_runs r where r.company_id = $1 and r.run_id = $2`,
    [companyId, id],
  );
  return rows[0] ?? null;
}

export async function findRunning(db: Queryable, selected: Wanted): Promise<ResyncRun | null> {
  const { rows } = await db.query<ResyncRun>(
    `select ${COLUMNS}
     from resync_runs r
     where r.company_id = $1 and r.selection_key = $2 and r.state = 'running'`,
    [selected.companyId, keyOf(selected)],
  );
  return rows[0] ?? null;
}

/** Newest first. */
export async function listResyncRuns(
  db: Queryable,
  companyId: string,
  page: { readonly before: string | null; readonly limit: number },
): Promise<ResyncRun[]> {
  const { rows } = await db.query<ResyncRun>(
    `select ${COLUMNS}
     from resync_runs r
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
): Promise<Pick<ResyncRun, 'companyId' | 'id'>[]> {
  const { rows } = await db.query<Pick<ResyncRun, 'companyId' | 'id'>>(
    `select company_id as "companyId", run_id as "id"
     from resync_runs
     where state = 'running'
     limit $1`,
    [limit],
  );
  return rows;
}
