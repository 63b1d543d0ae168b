/**
 * `spor verify`: goes through a company's closed attempts in the order in which they were closed and
 * makes each hash again. Names the first attempt that does not fit: an altered row no longer gives
 * its hash, a row that was taken out leaves a gap, and rows cut off the end leave the chain's own
 * note of its last hash behind (invariant 9). Attempts whose retention is over are no gap: the chain
 * may begin anywhere, but from there on it must be whole.
 */
import { CHAIN_START, type ChainedResult, readSeals, resultHash } from './attempt-chain.ts';
import type { Queryable } from './pool.ts';

export interface BrokenLink {
  /** The attempt that does not fit; null when rows were cut off the end. */
  readonly attemptId: string | null;
  readonly chainNumber: number;
  /** `missing`: one or more before it were taken out. */
  readonly reason: 'altered' | 'missing';
}

const PAGE = 500;

/** The first attempt that does not fit; null: the log is as it was written. */
export async function verifyChain(db: Queryable, companyId: string): Promise<BrokenLink | null> {
  const head = await readHead(db, companyId);
  let last = { number: 0, hash: CHAIN_START };
  let isFirst = true;
  for (;;) {
    const page = await readPage(db, companyId, last.number);
    for (const row of page) {
      const { attemptId, chainNumber, hash, ...said } = row;
      const mayBegin = isFirst && chainNumber > 1;
      if (!mayBegin && chainNumber !== last.number + 1)
        return { attemptId, chainNumber, reason: 'missing' };
      const fits = mayBegin || said.previousHash === last.hash;
      if (!fits || resultHash({ attemptId, chainNumber, ...said }) !== hash)
        return { attemptId, chainNumber, reason: 'altered' };
      last = { number: chainNumber, hash };
      isFirst = false;
    }
    if (page.length < PAGE) break;
  }
  if (isFirst || (last.number === head.number && last.hash === head.hash)) return null;
  return { attemptId: null, chainNumber: last.number + 1, reason: 'missing' };
}

async function readPage(db: Queryable, companyId: string, after: number): Promise<ChainedResult[]> {
  const { rows } = await db.query<Omit<ChainedResult, 'seal' | 'closedAt'> & { closedAt: Date }>(
    `select company_id as "companyId", attempt_id as "attemptId", closed_at as "closedAt",
       duration_ms as "durationMs", outcome, failure_code as "failureCode", failure, remote_id as "remoteId", link,
       exchanges, chain_number as "chainNumber", previous_hash as "previousHash", hash
     from attempt_results
     where company_id = $1 and chain_number > $2
     order by chain_number
     limit $3`,
    [companyId, after, PAGE],
  );
  const seals = await readSeals(db, rows);
  const none = { opening: '', writes: '' };
  return rows.map((row) => ({
    ...row,
    closedAt: row.closedAt.toISOString(),
    // An opening that was taken out gives no hash that fits.
    seal: seals.get(row.attemptId) ?? none,
  }));
}

async function readHead(
  db: Queryable,
  companyId: string,
): Promise<{ number: number; hash: string }> {
  const { rows } = await db.query<{ number: number; hash: string }>(
    `select number, hash from company_chains where company_id = $1`,
    [companyId],
  );
  return rows[0] ?? { number: 0, hash: CHAIN_START };
}
