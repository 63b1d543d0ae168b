/** The bytes of attachments; their names and sizes are in the bill. */
import type { Queryable } from './pool.ts';

export async function insertAttachment(
  db: Queryable,
  key: { companyId: string; billId: string; attachmentId: string },
  content: Uint8Array,
): Promise<void> {
  await db.query(
    `insert into attachments (company_id, bill_id, attachment_id, content) values ($1, $2, $3, $4)`,
    [key.companyId, key.billId, key.attachmentId, Buffer.from(content)],
  );
}

export async function readAttachment(
  db: Queryable,
  companyId: string,
  billId: string,
  attachmentId: string,
): Promise<Uint8Array | null> {
  const { rows } = await db.query<{ content: Buffer }>(
    `select content from attachments where company_id = $1 and bill_id = $2 and attachment_id = $3`,
    [companyId, billId, attachmentId],
  );
  return rows[0]?.content ?? null;
}
