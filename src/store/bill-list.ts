/** The list of bills, newest first, each with the worst state of its postings. */
import type { BillKind, BillStatus } from '../core/bill.ts';
import type { FailureCode } from '../core/failure.ts';
import { STATE, UNDER_WAY } from './open-attempts.ts';
import type { PostingState } from './postings.ts';
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
  readonly search: string | null;
  readonly sync: BillSync | null;
  readonly duplicatesOnly: boolean;
  /** With a posting whose last attempt failed by this, in that connection if one is named. */
  readonly failure: FailureCode | null;
  readonly connectionId: string | null;
}

/** Worst first: what needs a person, then what is under way, then what is fine. */
const SEVERITY = `array['failed', 'uncertain', 'retrying', 'syncing', 'waiting', 'in-step', 'removed', 'off']`;

/** The worst state of a bill's postings; `none` where it has none. */
const WORST = `coalesce((
  select (${SEVERITY})[min(array_position(${SEVERITY}, ${STATE}))]
  from postings p ${UNDER_WAY}
  where p.company_id = b.company_id and p.bill_id = b.bill_id
), 'none')`;

/** Postings `p` of the company ($1) with an attempt under way. */
const BEING_TRIED = `open_attempts o
  join postings p on p.company_id = o.company_id and p.posting_id = o.posting_id
  where o.company_id = $1`;

/**
 * Bills whose worst state may be `sync` ($6), found by an index: where few are, or none, the others are not
 * looked at one by one.
 */
function candidates(sync: BillSync | null): string {
  const among = (postings: string) => `b.bill_id in (select p.bill_id from ${postings})`;
  if (sync === 'none') return `not ${among('postings p where p.company_id = $1')}`;
  if (sync === 'syncing') return among(BEING_TRIED);
  return among('postings p where p.company_id = $1 and p.state = $6');
}

export async function listBills(db: Queryable, query: BillListQuery): Promise<BillListItem[]> {
  const { rows } = await db.query<BillListItem>(
    `select b.bill_id as "id", b.kind, b.status, b.number, b.supplier_name as "supplierName", b.currency,
       b.issued_on as "issuedOn", b.due_on as "dueOn", b.total_minor as "totalMinor",
       b.outstanding_minor as "outstandingMinor", b.paid, b.duplicate_of as "duplicateOf",
       b.added_at as "addedAt", ${WORST} as "sync"
     from bills b
     where b.company_id = $1
       and ($2::uuid is null or b.bill_id < $2)
       and ($4::text is null or b.supplier_name ilike $4 or b.number ilike $4)
       and (not $5 or b.duplicate_of is not null)
       and ($6::text is null or (${candidates(query.sync)} and ${WORST} = $6))
       and ($7::text is null or b.bill_id in (
         select p.bill_id
         from postings p
         where p.company_id = $1 and p.failure ->> 'code' = $7 and p.off is null
           and ($8::uuid is null or p.connection_id = $8)
       ))
     order by b.bill_id desc
     limit $3`,
    [
      query.companyId,
      query.before,
      query.limit,
      query.search === null ? null : `%${query.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
      query.duplicatesOnly,
      query.sync,
      query.failure,
      query.connectionId,
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
  const { rows } = await db.query<{ sync: BillSync; bills: number; duplicates: number }>(
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
       select bill_id, (${SEVERITY})[min(array_position(${SEVERITY}, state))] as sync
       from shown
       group by bill_id
     )
     select coalesce(worst.sync, 'none') as sync, count(*) as bills, count(b.duplicate_of) as duplicates
     from bills b
     left join worst on worst.bill_id = b.bill_id
     where b.company_id = $1
     group by 1`,
    [companyId],
  );
  return {
    bills: rows.reduce((sum, row) => sum + row.bills, 0),
    duplicates: rows.reduce((sum, row) => sum + row.duplicates, 0),
    bySync: Object.fromEntries(rows.map((row) => [row.sync, row.bills])),
  };
}
