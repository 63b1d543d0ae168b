/**
 * Writes whose answers were lost, and that may explain what stands in the accounting system: those since the posting
 * was last found or made there. Since is told by the number in the company's chain, which one transaction after
 * another gave out: two workers' clocks may disagree about which of their attempts came first.
 */
import type { PostingFields } from '../core/posting.ts';
import type { Queryable } from './pool.ts';
import type { Posting } from './postings.ts';

/** Of a result `r` of the posting `p`: no attempt after it ended well. */
export const NOT_IN_STEP_SINCE = `not exists (
  select 1
  from attempts later
  join attempt_results its on its.company_id = later.company_id and its.attempt_id = later.attempt_id
  where later.company_id = p.company_id and later.bill_id = p.bill_id and later.posting_id = p.posting_id
    and its.chain_number > r.chain_number and its.outcome not in ('failed', 'uncertain')
)`;

/** What they may have written, oldest first, by posting. */
export async function lostFieldsOf(
  db: Queryable,
  postings: readonly Pick<Posting, 'id' | 'companyId'>[],
): Promise<ReadonlyMap<string, readonly PostingFields[]>> {
  const { rows } = await db.query<{ id: string; lostFields: PostingFields[] }>(
    `select p.posting_id as "id", json_agg(a.fields order by r.chain_number) as "lostFields"
     from postings p
     join attempts a on a.company_id = p.company_id and a.bill_id = p.bill_id and a.posting_id = p.posting_id
     join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where (p.company_id, p.posting_id) in (select * from unnest($1::uuid[], $2::uuid[]))
       and a.fields is not null and r.outcome = 'uncertain'
       and exists (
         select 1 from attempt_writes w where w.company_id = a.company_id and w.attempt_id = a.attempt_id
       )
       and ${NOT_IN_STEP_SINCE}
     group by p.posting_id`,
    [postings.map(({ companyId }) => companyId), postings.map(({ id }) => id)],
  );
  return new Map(rows.map(({ id, lostFields }) => [id, lostFields]));
}
