/**
 * Bills. The document is kept whole; the columns beside it are copies for finding it, written here
 * and nowhere else. A bill is changed by reading it under a lock and saving the next revision.
 */
import { type Bill, billKey, billTotals, hasPayment, outstandingMinor } from '../core/bill.ts';
import type { Queryable } from './pool.ts';

/** The bill that already has this bill's supplier, kind and number; null when there is none. */
export async function findOriginal(db: Queryable, bill: Bill): Promise<string | null> {
  const { rows } = await db.query<{ bill_id: string }>(
    `select bill_id
     from bills
     where company_id = $1 and bill_key = $2 and duplicate_of is null and status <> 'cancelled' and bill_id <> $3`,
    [bill.companyId, billKey(bill), bill.id],
  );
  return rows[0]?.bill_id ?? null;
}

/**
 * Adds a bill unless its key is taken; tells whether it was added. When two of the same come at the
 * same moment, the second waits for the first and is then refused.
 */
export async function insertBill(db: Queryable, bill: Bill): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into bills (
       company_id, bill_id, revision, bill_key, duplicate_of, status, kind, number, supplier_name, currency,
       issued_on, due_on, total_minor, outstanding_minor, paid, document, added_at, changed_at
     )
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
     on conflict (company_id, bill_key) where duplicate_of is null and status <> 'cancelled' do nothing`,
    [...columns(bill), bill.addedAt, bill.changedAt],
  );
  return rowCount === 1;
}

export async function saveBill(db: Queryable, bill: Bill): Promise<void> {
  await db.query(
    `update bills
     set revision = $3, bill_key = $4, duplicate_of = $5, status = $6, kind = $7, number = $8, supplier_name = $9,
       currency = $10, issued_on = $11, due_on = $12, total_minor = $13, outstanding_minor = $14, paid = $15,
       document = $16, changed_at = $17
     where company_id = $1 and bill_id = $2`,
    [...columns(bill), bill.changedAt],
  );
}

export async function findBill(
  db: Queryable,
  companyId: string,
  billId: string,
): Promise<Bill | null> {
  const { rows } = await db.query<{ document: Bill }>(
    `select document from bills where company_id = $1 and bill_id = $2`,
    [companyId, billId],
  );
  return rows[0]?.document ?? null;
}

export async function lockBill(
  db: Queryable,
  companyId: string,
  billId: string,
): Promise<Bill | null> {
  return (await lockBills(db, companyId, [billId]))[0] ?? null;
}

/** Those of them that there are, in the order of their ids: two who lock several never wait in a ring. */
export async function lockBills(
  db: Queryable,
  companyId: string,
  billIds: readonly string[],
): Promise<Bill[]> {
  const { rows } = await db.query<{ document: Bill }>(
    `select document
     from bills
     where company_id = $1 and bill_id = any ($2)
     order by bill_id
     for update`,
    [companyId, billIds],
  );
  return rows.map((row) => row.document);
}

/** The next bills in the order of their ids, locked: for looking at each again. */
export async function lockBillsAfter(
  db: Queryable,
  companyId: string,
  after: string,
  limit: number,
): Promise<Bill[]> {
  const { rows } = await db.query<{ document: Bill }>(
    `select document
     from bills
     where company_id = $1 and bill_id > $2
     order by bill_id
     limit $3
     for update`,
    [companyId, after, limit],
  );
  return rows.map((row) => row.document);
}

function columns(bill: Bill): unknown[] {
  // A bill accepted as separate keeps its number but no longer claims the key.
  const key = bill.acceptedAsSeparate ? `${billKey(bill)}#${bill.id}` : billKey(bill);
  return [
    bill.companyId,
    bill.id,
    bill.revision,
    key,
    bill.duplicateOf,
    bill.status,
    bill.kind,
    bill.number,
    bill.supplier.name,
    bill.currency,
    bill.issuedOn,
    bill.dueOn,
    billTotals(bill).totalMinor,
    outstandingMinor(bill),
    hasPayment(bill),
    JSON.stringify(bill),
  ];
}
