/**
 * The chain over a company's closed attempts: each result carries the hash of the one before it, so
 * that a row altered later no longer fits (invariant 9). The hash covers the whole attempt: its
 * opening with the bill as it was, the writes that left, and the result.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';
import type { Closing } from './attempt-log.ts';
import type { Queryable } from './pool.ts';

/** The hash before the first. */
export const CHAIN_START = '0'.repeat(64);

export interface ChainedResult {
  readonly companyId: string;
  readonly attemptId: string;
  readonly closedAt: string;
  readonly durationMs: number;
  readonly outcome: string;
  readonly failureCode: string | null;
  readonly failure: unknown;
  readonly remoteId: string | null;
  readonly link: string | null;
  readonly exchanges: unknown;
  readonly seal: Seal;
  readonly chainNumber: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** SHA-256, hex, of the rows an attempt has besides its result. */
export interface Seal {
  readonly opening: string;
  readonly writes: string;
}

/** SHA-256, hex, over the hash before and everything the result says. */
export function resultHash(result: Omit<ChainedResult, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(result)).digest('hex');
}

/** Numbers and chains results, company by company; holds each company's chain until the transaction ends. */
export async function chainResults(
  db: Queryable,
  closings: readonly Closing[],
): Promise<ChainedResult[]> {
  const heads = await lockChains(
    db,
    [...new Set(closings.map(({ lane }) => lane.companyId))].sort(),
  );
  const seals = await readSeals(
    db,
    closings.map(({ lane, attemptId }) => ({ companyId: lane.companyId, attemptId })),
  );
  const results = closings.map((closing): ChainedResult => {
    const { companyId } = closing.lane;
    const seal = seals.get(closing.attemptId);
    if (!seal) throw new Error(`Attempt ${closing.attemptId} was never opened.`);
    const head = heads.get(companyId) ?? { number: 0, hash: CHAIN_START };
    const unhashed = {
      companyId,
      attemptId: closing.attemptId,
      closedAt: closing.closedAt.toISOString(),
      durationMs: closing.durationMs,
      outcome: closing.outcome,
      failureCode: closing.failure?.code ?? null,
      failure: closing.failure,
      remoteId: closing.known.remoteId,
      link: closing.known.link,
      exchanges: closing.exchanges,
      seal,
      chainNumber: head.number + 1,
      previousHash: head.hash,
    };
    const hash = resultHash(unhashed);
    heads.set(companyId, { number: head.number + 1, hash });
    return { ...unhashed, hash };
  });
  await db.query(
    `update company_chains c
     set number = h.number, hash = h.hash
     from json_to_recordset($1) as h ("companyId" uuid, number bigint, hash text)
     where c.company_id = h."companyId"`,
    [JSON.stringify([...heads].map(([companyId, head]) => ({ companyId, ...head })))],
  );
  return results;
}

/** Every column by name and in UTC, so that the text is the same whoever reads it, and when. */
export async function readSeals(
  db: Queryable,
  attempts: readonly { companyId: string; attemptId: string }[],
): Promise<Map<string, Seal>> {
  const { rows } = await db.query<Seal & { attemptId: string }>(
    `select a.attempt_id as "attemptId",
       encode(sha256(convert_to(jsonb_build_array(
         a.connection_id, a.posting_id, a.bill_id, a.kind, a.payment_id, a.trigger, a.changes, a.actor,
         a.request_ids, a.fence, a.opened_at at time zone 'UTC', a.bill, a.document, a.fields
       )::text, 'UTF8')), 'hex') as opening,
       encode(sha256(convert_to(coalesce((
         select jsonb_agg(
           jsonb_build_array(w.number, w.sent_at at time zone 'UTC', w.method, w.target, w.body, w.sha256)
           order by w.number
         )
         from attempt_writes w
         where w.company_id = a.company_id and w.attempt_id = a.attempt_id
       ), '[]')::text, 'UTF8')), 'hex') as writes
     from attempts a
     where (a.company_id, a.attempt_id) in (select * from unnest($1::uuid[], $2::uuid[]))`,
    [attempts.map(({ companyId }) => companyId), attempts.map(({ attemptId }) => attemptId)],
  );
  return new Map(rows.map(({ attemptId, opening, writes }) => [attemptId, { opening, writes }]));
}

async function lockChains(
  db: Queryable,
  companyIds: readonly string[],
): Promise<Map<string, { number: number; hash: string }>> {
  await db.query(
    `insert into company_chains (company_id, number, hash)
     select id, 0, $2 from unnest($1::uuid[]) as id
     on conflict do nothing`,
    [companyIds, CHAIN_START],
  );
  const { rows } = await db.query<{ company_id: string; number: number; hash: string }>(
    `select company_id, number, hash from company_chains where company_id = any ($1) order by company_id for update`,
    [companyIds],
  );
  return new Map(rows.map((row) => [row.company_id, { number: row.number, hash: row.hash }]));
}
