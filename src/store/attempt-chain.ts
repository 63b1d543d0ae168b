/**
 * The chain over a company's closed attempts: each result carries the hash of the one before it, so
 * that a row altered later no longer fits (invariant 9).
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
  readonly chainNumber: number;
  readonly previousHash: string;
  readonly hash: string;
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
  const results = closings.map((closing): ChainedResult => {
    const { companyId } = closing.lane;
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
