/**
 * `Idempotency-Key`: the same request twice is done once and answered alike. The key is claimed in
 * the transaction that does the work, so a claim without its work can't exist.
 */
import type { Queryable } from './pool.ts';

export type Claim =
  | { readonly kind: 'first' }
  | { readonly kind: 'repeat'; readonly status: number; readonly answer: unknown }
  | { readonly kind: 'other-request' };

export async function claimKey(
  db: Queryable,
  request: { companyId: string; key: string; sha256: string; at: Date },
): Promise<Claim> {
  const { rowCount } = await db.query(
    `insert into idempotency_keys (company_id, key, request_sha256, created_at)
     values ($1, $2, $3, $4)
     on conflict do nothing`,
    [request.companyId, request.key, request.sha256, request.at],
  );
  if (rowCount === 1) return { kind: 'first' };
  const { rows } = await db.query<{ request_sha256: string; status: number; answer: unknown }>(
    `select request_sha256, status, answer from idempotency_keys where company_id = $1 and key = $2`,
    [request.companyId, request.key],
  );
  const row = rows[0];
  if (row?.request_sha256 !== request.sha256) return { kind: 'other-request' };
  return { kind: 'repeat', status: row.status, answer: row.answer };
}

export async function keepAnswer(
  db: Queryable,
  companyId: string,
  key: string,
  status: number,
  answer: unknown,
): Promise<void> {
  await db.query(
    `update idempotency_keys set status = $3, answer = $4 where company_id = $1 and key = $2`,
    [companyId, key, status, JSON.stringify(answer)],
  );
}

/** Keys older than this are forgotten: whoever tries again has given up by then. */
export async function forgetKeys(db: Queryable, before: Date): Promise<void> {
  await db.query(`delete from idempotency_keys where created_at < $1`, [before]);
}
