/** Which supplier is which record in the accounting system: found or created once per connection. */
import type { LaneKey } from './lanes.ts';
import type { Queryable } from './pool.ts';

export async function findRemoteSupplier(
  db: Queryable,
  lane: LaneKey,
  supplierKey: string,
): Promise<string | null> {
  const { rows } = await db.query<{ remote_id: string }>(
    `select remote_id
     from remote_suppliers
     where company_id = $1 and connection_id = $2 and supplier_key = $3`,
    [lane.companyId, lane.connectionId, supplierKey],
  );
  return rows[0]?.remote_id ?? null;
}

export async function keepRemoteSupplier(
  db: Queryable,
  lane: LaneKey,
  supplierKey: string,
  remoteId: string,
): Promise<void> {
  await db.query(
    `insert into remote_suppliers (company_id, connection_id, supplier_key, remote_id)
     values ($1, $2, $3, $4)
     on conflict (company_id, connection_id, supplier_key) do update set remote_id = excluded.remote_id`,
    [lane.companyId, lane.connectionId, supplierKey, remoteId],
  );
}
