/**
 * What fails by a cause now, whenever it failed: a cause is a connection and a failure code. Those left out
 * by the rules are not counted; those that wait for an attempt already fail until it succeeds, but need
 * not be asked for.
 */
import type { FailureCode } from '../core/failure.ts';
import { STATE, UNDER_WAY } from './open-attempts.ts';
import type { Queryable } from './pool.ts';

export interface Cause {
  readonly companyId: string;
  readonly connectionId: string;
  readonly failure: FailureCode;
}

export interface FailingNow {
  /** Bills with a posting that would be asked for. */
  readonly bills: number;
  readonly postings: number;
  /** Of these postings, those that wait for an attempt; those of which one is under way. */
  readonly waiting: number;
  readonly syncing: number;
}

const FAILING = `
  from (
    select p.bill_id, ${STATE} as state
    from postings p ${UNDER_WAY}
    where p.company_id = $1 and p.connection_id = $2 and p.failure ->> 'code' = $3
      and p.off is null and p.state <> 'removed'
  ) failing`;

export async function countFailing(db: Queryable, cause: Cause): Promise<FailingNow> {
  const { rows } = await db.query<FailingNow>(
    `select count(distinct bill_id) filter (where state <> 'waiting') as bills, count(*) as postings,
       count(*) filter (where state = 'waiting') as waiting,
       count(*) filter (where state = 'syncing') as syncing
     ${FAILING}`,
    [cause.companyId, cause.connectionId, cause.failure],
  );
  return rows[0]!;
}
