/** What somebody decided is to stay as it is in the accounting system. */
import type { KeptFields } from '../core/kept-fields.ts';
import type { Queryable } from './pool.ts';

/** Adds to what is kept as it is in the accounting system; null: nothing is kept any more. */
export async function keepFields(
  db: Queryable,
  companyId: string,
  postingIds: readonly string[],
  kept: KeptFields | null,
): Promise<void> {
  await db.query(
    `update postings
     set kept_fields = case when $3::jsonb is null then '{}' else kept_fields || $3 end
     where company_id = $1 and posting_id = any ($2)`,
    [companyId, postingIds, kept === null ? null : JSON.stringify(kept)],
  );
}
