/**
 * A company's failures by cause: for each connection and failure code the attempts that failed so since
 * a time, how many postings they were of, and how many of those fail by it still.
 *
 * It reads the company's failures since then and nothing else: they are a range of one index, in the
 * months that are not over by then, and of each its opening and its posting are looked up by key.
 */
import type { FailureCode } from '../core/failure.ts';
import { lowestId } from './partitions.ts';
import type { Queryable } from './pool.ts';

export interface FailureCause {
  readonly connectionId: string;
  readonly code: FailureCode;
  readonly attempts: number;
  readonly postings: number;
  /** Of these postings, whose last attempt failed by it too. */
  readonly failing: number;
  /** Bills of those that fail still. */
  readonly failingBills: number;
  /** When the first and the last of these attempts were begun. */
  readonly firstAt: Date;
  readonly lastAt: Date;
}

export interface FailuresQuery {
  readonly companyId: string;
  /** Null: all. */
  readonly connectionId: string | null;
  /** Attempts begun since. */
  readonly since: Date;
}

/** Those that most fail by still come first. */
export async function listFailureCauses(
  db: Queryable,
  query: FailuresQuery,
): Promise<FailureCause[]> {
  const { rows } = await db.query<FailureCause>(FAILURE_CAUSES, [
    query.companyId,
    lowestId(query.since),
    query.connectionId,
  ]);
  return rows;
}

/** For whoever wants to see how it is read. */
export const FAILURE_CAUSES = `
  with failed as (
    select a.connection_id, r.failure_code, a.posting_id, a.opened_at
    from attempt_results r
    -- limited, so that each is looked up by its key: joined freely, whole months may be read for them
    cross join lateral (
      select connection_id, posting_id, opened_at
      from attempts
      where company_id = r.company_id and attempt_id = r.attempt_id
      limit 1
    ) a
    where r.company_id = $1 and r.failure_code is not null and r.attempt_id >= $2
      and ($3::uuid is null or a.connection_id = $3)
  ),
  by_posting as (
    select connection_id, failure_code, posting_id, count(*) as attempts, min(opened_at) as first_at,
      max(opened_at) as last_at
    from failed
    group by connection_id, failure_code, posting_id
  )
  select f.connection_id as "connectionId", f.failure_code as code, sum(f.attempts)::bigint as attempts,
    count(*) as postings, count(p.posting_id) as failing, count(distinct p.bill_id) as "failingBills",
    min(f.first_at) as "firstAt", max(f.last_at) as "lastAt"
  from by_posting f
  left join postings p on p.company_id = $1 and p.posting_id = f.posting_id
    and p.failure ->> 'code' = f.failure_code and p.off is null
  group by f.connection_id, f.failure_code
  order by failing desc, attempts desc, f.connection_id, f.failure_code`;
