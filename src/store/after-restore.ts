/** What a database that was restored from a backup can't know: what was made since the backup. */
import type { Queryable } from './pool.ts';

/**
 * Everything of a company that has never been there, as far as is known, is looked for by its reference before it is
 * made. @returns how many postings
 */
export async function lookBeforeMaking(db: Queryable, companyId: string): Promise<number> {
  const { rowCount } = await db.query(
    `update postings
     set must_look = true
     where company_id = $1 and remote_id is null and not must_look`,
    [companyId],
  );
  return rowCount ?? 0;
}
