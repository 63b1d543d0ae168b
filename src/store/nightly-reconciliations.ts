/** The worker's questions about the nightly reconciliation: for whom is it still to be made, what is old. */
import type { Day } from '../core/day.ts';
import type { LaneKey } from './lanes.ts';
import type { Queryable } from './pool.ts';

/** Connections with bills in these days, without a reconciliation of that night. */
export async function withoutNight(
  db: Queryable,
  { nightOn, fromOn }: { nightOn: Day; fromOn: Day },
  limit: number,
): Promise<LaneKey[]> {
  const { rows } = await db.query<LaneKey>(
    `select c.company_id as "companyId", c.connection_id as "connectionId"
     from connections c
     where c.enabled and (c.rules ->> 'reconcileNightly')::boolean
       and not exists (
         select 1
         from reconciliations r
         where r.company_id = c.company_id and r.connection_id = c.connection_id
           and (r.night_on = $1 or r.due_at is not null)
       )
       and exists (
         select 1 from bills b where b.company_id = c.company_id and b.issued_on between $2 and $1
       )
     limit $3`,
    [nightOn, fromOn, limit],
  );
  return rows;
}

/** Nightly ones that began before: another night has said more. */
export async function forgetNights(db: Queryable, before: Day): Promise<void> {
  await db.query(
    `delete from reconciliation_rows d
     using reconciliations r
     where r.night_on < $1 and r.due_at is null
       and d.company_id = r.company_id and d.reconciliation_id = r.reconciliation_id`,
    [before],
  );
  await db.query(`delete from reconciliations where night_on < $1 and due_at is null`, [before]);
}
