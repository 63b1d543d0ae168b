/**
 * The order of a bill's postings on a connection (invariant 5), said once for whoever claims, steps aside and wakes:
 * an invoice goes before its payments, a payment that is to go before the one made in its stead, and before its
 * invoice is taken back. What would be too early steps aside, so that it keeps no place in the lane's line; it is
 * woken when it may go. So is what the accounting system refused because of another, once that one has come in
 * step: nobody should have to ask again for what the order alone has spoilt.
 */
import { isUnderWay, NOT_UNDER_WAY } from './open-attempts.ts';
import type { Queryable } from './pool.ts';

/** For which other posting of its bill: an invoice that is to come, or a payment that is to go. */
export type WaitsFor = 'invoice' | 'payment';

const sameBill = (
  other: string,
) => `${other}.company_id = p.company_id and ${other}.bill_id = p.bill_id
  and ${other}.connection_id = p.connection_id`;

/** Of `p`, as an expression: null when it may go. */
export const WAITS_FOR = `case
  when p.kind = 'supplier-payment' and p.wanted = 'present' and exists (
    select 1
    from postings i
    where ${sameBill('i')} and i.kind = 'supplier-invoice'
      and i.remote_id is null and i.off is null and i.wanted = 'present'
  ) then 'invoice'
  when (p.kind = 'supplier-payment') = (p.wanted = 'present') and exists (
    select 1
    from postings pay
    where ${sameBill('pay')} and pay.kind = 'supplier-payment' and pay.wanted = 'absent'
      and (pay.due_at is not null or ${isUnderWay('pay')})
  ) then 'payment'
end`;

/** As in the index `postings_standing_aside`. */
const STANDS_ASIDE = `p.waiting_for is not null`;
const WAS_TOO_MUCH = `(p.state = 'failed' and p.kind = 'supplier-payment' and p.wanted = 'present'
  and p.failure ->> 'code' = 'amount-rejected')`;
const WAS_PAID = `(p.state = 'failed' and p.kind = 'supplier-invoice' and p.wanted = 'absent'
  and p.failure ->> 'code' = 'posting-locked')`;

/** When its last attempt ended, as its number in the company's chain; null: it never had one, or the log has let it go. */
const numberOfLast = (posting: string) => `(
  select r.chain_number
  from attempt_results r
  where r.company_id = ${posting}.company_id and r.attempt_id = ${posting}.last_attempt_id
)`;

/** Of `p`, that it is to be woken: there is something to do about it, though it is not due. */
export const MAY_GO = `(${STANDS_ASIDE} or ${WAS_TOO_MUCH} or ${WAS_PAID}) and ${NOT_UNDER_WAY} and case
  when ${STANDS_ASIDE} then ${WAITS_FOR} is distinct from p.waiting_for
  else exists (
    select 1
    from postings other
    where ${sameBill('other')} and other.posting_id <> p.posting_id
      and other.state in ('in-step', 'removed') and ${numberOfLast('other')} > coalesce(${numberOfLast('p')}, 0)
      and not ${isUnderWay('other')}
  )
end`;

const GOES = `due_at = $1, waiting_for = null, state = 'waiting',
  trigger = case when p.state = 'failed' then 'retry' else p.trigger end`;

/** Those of them that must wait step aside, till they are woken. */
export async function stepAside(
  db: Queryable,
  companyId: string,
  postingIds: readonly string[],
): Promise<void> {
  await db.query(
    `with early as (
       select p.posting_id, ${WAITS_FOR} as waits_for
       from postings p
       where p.company_id = $1 and p.posting_id = any ($2) and ${NOT_UNDER_WAY}
       order by p.bill_id, p.posting_id
       for no key update of p
     )
     update postings p
     set due_at = null, waiting_for = early.waits_for, state = 'waiting'
     from early
     where p.company_id = $1 and p.posting_id = early.posting_id and early.waits_for is not null`,
    [companyId, postingIds],
  );
}

/** Wakes those of a connection that may go; tells how many. */
export function wakeAside(
  db: Queryable,
  { companyId, connectionId }: { companyId: string; connectionId: string },
  now: Date,
): Promise<number> {
  const whose = 'p.company_id = $2 and p.connection_id = $3';
  return wake(db, 'wake-aside', whose, [now, companyId, connectionId]);
}

/** The same on every connection that nobody works at; for the sweep. */
export function wakeForgottenAside(db: Queryable, now: Date): Promise<number> {
  return wake(
    db,
    'wake-forgotten-aside',
    `exists (
       select 1
       from lanes l
       where l.company_id = p.company_id and l.connection_id = p.connection_id
         and (l.lease_until is null or l.lease_until <= $1)
     )`,
    [now],
  );
}

/** @param name of the statement, which is asked after every few attempts: it is planned once per connection */
async function wake(
  db: Queryable,
  name: string,
  whose: string,
  values: [now: Date, ...others: unknown[]],
): Promise<number> {
  const { rowCount } = await db.query({
    name,
    text: `with ready as (
       select p.company_id, p.posting_id
       from postings p
       where ${whose} and ${MAY_GO}
       order by p.bill_id, p.posting_id
       for no key update of p
     )
     update postings p
     set ${GOES}
     from ready
     where p.company_id = ready.company_id and p.posting_id = ready.posting_id`,
    values,
  });
  return rowCount ?? 0;
}
