/** What somebody decided is to stay as it is in the accounting system. */
import type { KeptFields } from '../core/kept-fields.ts';
import type { Queryable } from './pool.ts';

/** Beside what is kept already. */
export async function keepFields(
  db: Queryable,
  companyId: string,
  postingId: string,
  kept: KeptFields,
): Promise<void> {
  await db.query(
    `update postings
     set kept_fields = kept_fields || $3
     where company_id = $1 and posting_id = $2`,
    [companyId, postingId, JSON.stringify(kept)],
  );
}

/** Nothing of these postings is kept any more. */
export async function keepNothing(
  db: Queryable,
  companyId: string,
  postingIds: readonly string[],
): Promise<void> {
  await db.query(
    `update postings
     set kept_fields = '{}'
     where company_id = $1 and posting_id = any ($2)`,
    [companyId, postingIds],
  );
}
