/** What is still known of attempts that left the log with their month: whose, how many, and where to. */
import { monthOf } from './partitions.ts';
import type { Queryable } from './pool.ts';

export interface DepartedMonth {
  /** `2025-01` */
  readonly month: string;
  /** Of the bill. */
  readonly attempts: number;
  readonly leftAt: Date;
  /** The folder they were written to before they left; null: they were not. */
  readonly archivedTo: string | null;
}

/** A bill's, newest month first. */
export async function listDepartedMonths(
  db: Queryable,
  query: { companyId: string; billId: string; connectionId: string | null },
): Promise<DepartedMonth[]> {
  const { rows } = await db.query<DepartedMonth>(
    `select month, sum(d.attempts)::int as attempts, m.left_at as "leftAt", m.archived_to as "archivedTo"
     from departed_attempts d
     join departed_months m using (month)
     where d.company_id = $1 and d.bill_id = $2 and ($3::uuid is null or d.connection_id = $3)
     group by month, m.left_at, m.archived_to
     order by month desc`,
    [query.companyId, query.billId, query.connectionId],
  );
  return rows;
}

/** The month an attempt id is of, if the company's of that month left: ids say when they were made (UUID 7). */
export async function departedMonthOf(
  db: Queryable,
  companyId: string,
  attemptId: string,
): Promise<Pick<DepartedMonth, 'month' | 'archivedTo'> | null> {
  const madeMs = Number.parseInt(attemptId.replaceAll('-', '').slice(0, 12), 16);
  // Any UUID may be asked for, and most are of no time there is.
  if (madeMs > Date.UTC(9999, 0)) return null;
  const { rows } = await db.query<Pick<DepartedMonth, 'month' | 'archivedTo'>>(
    `select month, archived_to as "archivedTo"
     from departed_months
     where month = $2
       and exists (select 1 from departed_stretches s where s.company_id = $1 and s.month = $2)`,
    [companyId, monthOf(new Date(madeMs))],
  );
  return rows[0] ?? null;
}
