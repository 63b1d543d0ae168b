/** The sweep's questions: is any wish forgotten? Each mends what it finds and tells how many. */
import { FROM_THE_START } from './connections.ts';
import type { Queryable } from './pool.ts';

/** Lanes nobody holds whose next look is later than their first due posting. */
export async function wakeSleepingLanes(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query(
    `update lanes l
     set next_due_at = due.at
     from (
       select company_id, connection_id, min(due_at) as at
       from (
         select company_id, connection_id, due_at from postings where due_at is not null
         union all
         select company_id, connection_id, due_at from reconciliations where due_at is not null
       ) wish
       group by company_id, connection_id
     ) due
     where l.company_id = due.company_id and l.connection_id = due.connection_id
       and (l.lease_until is null or l.lease_until <= $1)
       -- one that has had its turn stands in line from then, and is due
       and coalesce(l.next_due_at, 'infinity') > greatest(due.at, l.paused_until, $1)`,
    [now],
  );
  const orphans = await db.query(
    `update lanes l
     set next_due_at = $1
     from (
       select distinct company_id, connection_id
       from open_attempts
     ) open
     where l.company_id = open.company_id and l.connection_id = open.connection_id
       and (l.lease_until is null or l.lease_until <= $1)
       and coalesce(l.next_due_at, 'infinity') > greatest($1, l.paused_until)`,
    [now],
  );
  return (rowCount ?? 0) + (orphans.rowCount ?? 0);
}

/**
 * Connections with a bill they have no posting for are planned anew; tells how many connections. A
 * bill that was cancelled before there was a posting needs none.
 */
export async function addMissingPostings(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `update connections c
     set replan_after = '${FROM_THE_START}'
     where c.replan_after is null
       and exists (
         select 1
         from bills b
         where b.company_id = c.company_id and b.status <> 'cancelled'
           and not exists (
             select 1
             from postings p
             where p.company_id = b.company_id and p.bill_id = b.bill_id and p.connection_id = c.connection_id
               and p.kind = 'supplier-invoice'
           )
       )`,
  );
  return rowCount ?? 0;
}
