/** Which supplier is which record in the accounting system: found or created once per connection. */
import type { LaneKey } from './lanes.ts';
import type { Queryable } from './pool.ts';

export async function findRemoteSupplier(
  db: Queryable,
  lane: LaneKey,
  supplierKey: string,
): Promise<string | null> {
  const { rows } = await db.query<{ remote_id: string }>({
    name: 'find-remote-supplier',
    text: `select remote_id
     from remote_suppliers
     where company_id = $1 and connection_id = $2 and supplier_key = $3`,
    values: [lane.companyId, lane.connectionId, supplierKey],
  });
  return rows[0]?.remote_id ?? null;
}

export async function keepRemoteSupplier(
  db: Queryable,
  lane: LaneKey,
  supplierKey: string,
  remoteId: string,
): Promise<void> {
  await db.query({
    name: 'keep-remote-supplier',
    text: `insert into remote_suppliers (company_id, connection_id, supplier_key, remote_id)
     values ($1, $2, $3, $4)
     on conflict (company_id, connection_id, supplier_key) do update set remote_id = excluded.remote_id`,
    values: [lane.companyId, lane.connectionId, supplierKey, remoteId],
  });
}

/** The settings may name other books. */
export async function forgetRemoteSuppliers(
  db: Queryable,
  { companyId, connectionId }: LaneKey,
): Promise<void> {
  await db.query(`delete from remote_suppliers where company_id = $1 and connection_id = $2`, [
    companyId,
    connectionId,
  ]);
}

/**
 * When the last write left whose answer never came, in an attempt that spoke of this supplier, if that
 * was after `since`: it may have been the one that creates it.
 */
export async function lostSupplierWriteAt(
  db: Queryable,
  lane: LaneKey,
  supplierKey: string,
  since: Date,
): Promise<Date | null> {
  const { rows } = await db.query<{ at: Date | null }>({
    name: 'lost-supplier-write-at',
    text: `select max(p.lost_write_at) as at
     from postings p
     where p.company_id = $1 and p.connection_id = $2 and p.lost_write_at > $3
       and exists (
         select 1
         from attempts a
         where a.company_id = p.company_id and a.bill_id = p.bill_id and a.posting_id = p.posting_id
           and a.document ->> 'supplierKey' = $4
       )`,
    values: [lane.companyId, lane.connectionId, since, supplierKey],
  });
  return rows[0]?.at ?? null;
}
