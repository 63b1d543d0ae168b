/** The list of bills, newest first, each with the worst state of its postings. */
import type { BillKind, BillStatus } from '../core/bill.ts';
import type { FailureCode } from '../core/failure.ts';
import { POSTING_STATES, type PostingState } from '../core/posting-state.ts';
import { type BillSearch, DECIMALS_BUT_TWO } from './bill-search.ts';
import { STATE, UNDER_WAY } from './open-attempts.ts';
import type { Queryable } from './pool.ts';

export type BillSync = PostingState | 'none';

export interface BillListItem {
  readonly id: string;
  readonly kind: BillKind;
  readonly status: BillStatus;
  readonly number: string;
  readonly supplierName: string;
  readonly currency: string;
  readonly issuedOn: string;
  readonly dueOn: string | null;
  readonly totalMinor: number;
  readonly outstandingMinor: number;
  readonly paid: boolean;
  readonly duplicateOf: string | null;
  readonly sync: BillSync;
  readonly addedAt: Date;
}

export interface BillListQuery {
  readonly companyId: string;
  /** Bills older than this id; null begins at the newest. */
  readonly before: string | null;
  readonly limit: number;
  readonly search: BillSearch | null;
  readonly sync: BillSync | null;
  readonly duplicatesOnly: boolean;
  /** With a posting whose last attempt failed by this, in that connection if one is named. */
  readonly failure: FailureCode | null;
  readonly connectionId: string | null;
}

const SEVERITY = `array['${POSTING_STATES.join(`', '`)}']`;
const IN_STEP = POSTING_STATES.indexOf('in-step') + 1;

/** The worst state of a bill's postings; `none` where it has none. */
const WORST = `coalesce((
  select (${SEVERITY})[min(array_position(${SEVERITY}, ${STATE}))]
  from postings p ${UNDER_WAY}
  where p.company_id = b.company_id and p.bill_id = b.bill_id
), 'none')`;

/** Bill `b` by the number its supplier is known by (the first part of its key, less what kind it is), or its amount. */
const SEARCHED = `(
  $9::text is not null and substr(split_part(b.bill_key, '|', 1), strpos(b.bill_key, ':') + 1) ilike $9
  or $10::bigint[] is not null and b.total_minor = ($10)[1 + coalesce(($11::jsonb ->> b.currency)::int, 2)]
)`;

/** Postings `p` of the company ($1) with an attempt under way. */
const BEING_TRIED = `open_attempts o
  join postings p on p.company_id = o.company_id and p.posting_id = o.posting_id
  where o.company_id = $1`;

/** Of posting `p` and what is asked for. */
const FAILED_BY = `p.failure ->> 'code' = $7 and p.off is null and p.state <> 'removed' and ($8::uuid is null or p.connection_id = $8)`;

/**
 * The only bills that may be asked for, by an index: where few are, or none, the others are not looked at one by
 * one. Null: all may.
 */
function candidates({ sync, failure }: BillListQuery): string | null {
  if (failure !== null) return `postings p where p.company_id = $1 and ${FAILED_BY}`;
  if (sync === 'syncing') return BEING_TRIED;
  return sync === null || sync === 'none'
    ? null
    : 'postings p where p.company_id = $1 and p.state = $6';
}

/** The company's bills `b`, or those of them that may be asked for. */
function billsOf(sync: BillSync | null, among: string | null): string {
  const all = 'bills b where b.company_id = $1';
  if (among === null && sync === 'none')
    return `${all} and b.bill_id not in (select p.bill_id from postings p where p.company_id = $1)`;
  if (among === null) return all;
  return `(
    select distinct p.bill_id from ${among} and ($2::uuid is null or p.bill_id < $2) order by p.bill_id desc
  ) found
  -- one by one, until the page is full
  cross join lateral (
    select * from bills where company_id = $1 and bill_id = found.bill_id offset 0
  ) b
  where true`;
}

export async function listBills(db: Queryable, query: BillListQuery): Promise<BillListItem[]> {
  const among = candidates(query);
  const { rows } = await db.query<BillListItem>(
    `select b.bill_id as "id", b.kind, b.status, b.number, b.supplier_name as "supplierName", b.currency,
       b.issued_on as "issuedOn", b.due_on as "dueOn", b.total_minor as "totalMinor",
       b.outstanding_minor as "outstandingMinor", b.paid, b.duplicate_of as "duplicateOf",
       b.added_at as "addedAt", ${WORST} as "sync"
     from ${billsOf(query.sync, among)}
       and ($2::uuid is null or b.bill_id < $2)
       and ($4::text is null or b.supplier_name ilike $4 or b.number ilike $4 or ${SEARCHED})
       and (not $5 or b.duplicate_of is not null)
       -- a "case" counts as true for half of them when it is planned, an "=" for hardly any
       and ($6::text is null or case when ${WORST} = $6 then true else false end)
       and ($7::text is null or exists (
         select 1 from postings p where p.company_id = b.company_id and p.bill_id = b.bill_id and ${FAILED_BY}
       ))
     order by ${among === null ? 'b' : 'found'}.bill_id desc
     limit $3`,
    [
      query.companyId,
      query.before,
      query.limit,
      query.search?.text ?? null,
      query.duplicatesOnly,
      query.sync,
      query.failure,
      query.connectionId,
      query.search?.supplier ?? null,
      query.search?.amounts ?? null,
      DECIMALS_BUT_TWO,
    ],
  );
  return rows;
}

export interface Overview {
  readonly bills: number;
  readonly duplicates: number;
  readonly bySync: Readonly<Partial<Record<BillSync, number>>>;
}

export async function readOverview(db: Queryable, companyId: string): Promise<Overview> {
  const { rows } = await db.query<Overview>(
    `with busy as (
       select p.bill_id from ${BEING_TRIED}
     ),
     -- nearly all are read from an index alone
     shown as (
       select bill_id, state
       from postings
       where company_id = $1 and bill_id not in (select bill_id from busy)
       union all
       select p.bill_id, ${STATE}
       from postings p ${UNDER_WAY}
       where p.company_id = $1 and p.bill_id in (select bill_id from busy)
     ),
     worst as (
       -- nearly all are in step, and need not be looked for in the list
       select min(case state when 'in-step' then ${IN_STEP} else array_position(${SEVERITY}, state) end) as place
       from shown
       group by bill_id
     ),
     counted as (
       select (${SEVERITY})[place] as sync, count(*) as bills
       from worst
       group by place
     )
     select (select count(*) from bills where company_id = $1) as bills,
       (select count(*) from bills where company_id = $1 and duplicate_of is not null) as duplicates,
       coalesce((select jsonb_object_agg(sync, bills) from counted), '{}') as "bySync"`,
    [companyId],
  );
  const { bySync, ...overview } = rows[0]!;
  const none = Object.values(bySync).reduce((left, some) => left - some, overview.bills);
  return { ...overview, bySync: none > 0 ? { ...bySync, none } : bySync };
}
