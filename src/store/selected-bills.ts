/**
 * Which bills are meant when many are synced again: those with a posting that fails by a cause or is in a state,
 * those of which a reconciliation found something, or bills that are named. Read a page at a time, oldest bill first.
 */
import type { FailureCode } from '../core/failure.ts';
import type { PostingKind } from '../core/posting.ts';
import type { Verdict } from '../core/reconciliation.ts';
import type { PostingState } from '../core/posting-state.ts';
import { STATE, UNDER_WAY } from './open-attempts.ts';
import type { Queryable } from './pool.ts';

export type Selection =
  /** What waits for an attempt already need not be asked for; what the rules leave out fails no more. */
  | { readonly by: 'failure'; readonly failure: FailureCode }
  | { readonly by: 'state'; readonly state: PostingState }
  | { readonly by: 'reconciled'; readonly reconciliationId: string; readonly verdict: Verdict }
  | { readonly by: 'bills'; readonly billIds: readonly string[] };

/** As it is told: of named bills, that they were named. */
export type SelectionTold = Exclude<Selection, { by: 'bills' }> | { readonly by: 'bills' };

export interface Selected {
  readonly companyId: string;
  /** Null: a posting on any connection. */
  readonly connectionId: string | null;
  /** Null: of either kind. */
  readonly posting: PostingKind | null;
  readonly of: Selection;
}

/** How many there are. */
export async function countSelected(db: Queryable, selected: Selected): Promise<number> {
  const { text, values } = billsOf(selected);
  const { rows } = await db.query<{ count: number }>(
    `select count(distinct bill_id) as count from (${text}) selected`,
    values,
  );
  return rows[0]!.count;
}

/** The next of them, after one; null: from the first. */
export async function selectedBills(
  db: Queryable,
  selected: Selected,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const { text, values } = billsOf(selected);
  const place = (offset: number) => `$${values.length + offset}`;
  const { rows } = await db.query<{ bill_id: string }>(
    `select distinct bill_id
     from (${text}) selected
     where ${place(1)}::uuid is null or bill_id > ${place(1)}
     order by bill_id
     limit ${place(2)}`,
    [...values, after, limit],
  );
  return rows.map((row) => row.bill_id);
}

function billsOf({ companyId, connectionId, posting, of }: Selected): {
  text: string;
  values: unknown[];
} {
  const postings = (which: string, value: string) => ({
    text: `select p.bill_id
      from postings p ${UNDER_WAY}
      where p.company_id = $1 and ($2::uuid is null or p.connection_id = $2)
        and ($3::text is null or p.kind = $3) and ${which}`,
    values: [companyId, connectionId, posting, value],
  });
  switch (of.by) {
    case 'failure':
      return postings(
        `p.failure ->> 'code' = $4 and p.off is null and ${STATE} not in ('waiting', 'removed')`,
        of.failure,
      );
    case 'state':
      // While an attempt is under way the row says what it was before: it is looked up by that, too.
      return of.state === 'syncing'
        ? postings(`o.attempt_id is not null and $4 = 'syncing'`, of.state)
        : postings(`p.state = $4 and o.attempt_id is null`, of.state);
    case 'reconciled':
      return {
        text: `select bill_id
          from reconciliation_rows
          where company_id = $1 and reconciliation_id = $2 and verdict = $3 and bill_id is not null`,
        values: [companyId, of.reconciliationId, of.verdict],
      };
    case 'bills':
      return { text: `select unnest($1::uuid[]) as bill_id`, values: [of.billIds] };
  }
}
