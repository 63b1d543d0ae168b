/**
 * `spor verify`: goes through a company's closed attempts in the order in which they were closed and
 * makes each hash again. Names the first attempt that does not fit: an altered row no longer gives
 * its hash, a row that was taken out leaves a gap, and rows cut off the end leave the chain's own
 * note of its last hash behind (invariant 9). Attempts that left with their month are no gap: the
 * stretch of the chain that left was noted with the hashes at its ends, and must fit in exactly there.
 */
import {
  CHAIN_START,
  contentHash,
  openingHash,
  type OpeningRow,
  type ResultRow,
  resultHash,
  writeHash,
  type WriteRow,
} from './attempt-chain.ts';
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
  let last: Place = { number: 0, hash: CHAIN_START };
  for (;;) {
    const page = await readPage(db, companyId, last.number);
    for (const { result, opening, writes, chainNumber, previousHash, hash } of page) {
      const { attemptId } = result;
      if (chainNumber !== last.number + 1) last = await afterDeparted(db, companyId, last);
      if (chainNumber !== last.number + 1) return { attemptId, chainNumber, reason: 'missing' };
      const again = resultHash({
        contentHash: contentHash(result),
        // An opening that was taken out gives no hash that fits.
        openingHash: opening ? openingHash(opening) : '',
        writeHashes: writes.map(writeHash),
        chainNumber,
        previousHash,
      });
      if (previousHash !== last.hash || again !== hash)
        return { attemptId, chainNumber, reason: 'altered' };
      last = { number: chainNumber, hash };
    }
    if (page.length < PAGE) break;
  }
  if (last.number < head.number) last = await afterDeparted(db, companyId, last);
  // The head was read first: attempts may have been closed since.
  if (last.number > head.number) return null;
  if (last.number === head.number && last.hash === head.hash) return null;
  return { attemptId: null, chainNumber: last.number + 1, reason: 'missing' };
}

interface Place {
  readonly number: number;
  readonly hash: string;
}

/** Where the chain goes on after what left, if exactly there something left. */
async function afterDeparted(db: Queryable, companyId: string, last: Place): Promise<Place> {
  const { rows } = await db.query<Place>(
    `with recursive departed as (
       select last_number, hash
       from departed_stretches
       where company_id = $1 and first_number = $2::bigint + 1 and previous_hash = $3
       union all
       select s.last_number, s.hash
       from departed d
       join departed_stretches s on s.company_id = $1 and s.first_number = d.last_number + 1
         and s.previous_hash = d.hash
     )
     select last_number as number, hash
     from departed
     order by last_number desc
     limit 1`,
    [companyId, last.number, last.hash],
  );
  return rows[0] ?? last;
}

interface Link {
  readonly result: ResultRow;
  readonly opening: OpeningRow | null;
  readonly writes: readonly WriteRow[];
  readonly chainNumber: number;
  readonly previousHash: string;
  readonly hash: string;
}

async function readPage(db: Queryable, companyId: string, after: number): Promise<Link[]> {
  const { rows: results } = await db.query<ResultRow & Omit<Link, 'result'>>(
    `select company_id as "companyId", attempt_id as "attemptId", closed_at as "closedAt",
       duration_ms as "durationMs", outcome, failure_code as "failureCode", failure, decision, remote_id as "remoteId",
       link, exchanges::text as exchanges, chain_number as "chainNumber", previous_hash as "previousHash", hash
     from attempt_results
     where company_id = $1 and chain_number > $2
     order by chain_number
     limit $3`,
    [companyId, after, PAGE],
  );
  const ids = results.map(({ attemptId }) => attemptId);
  const { rows: openings } = await db.query<OpeningRow>(
    `select company_id as "companyId", attempt_id as "attemptId", connection_id as "connectionId",
       posting_id as "postingId", bill_id as "billId", kind, payment_id as "paymentId", trigger, changes, actor,
       request_ids as "requestIds", fence, opened_at as "openedAt", bill::text as bill,
       document::text as document, fields::text as fields
     from attempts
     where company_id = $1 and attempt_id = any ($2)`,
    [companyId, ids],
  );
  const { rows: writes } = await db.query<WriteRow & { attemptId: string }>(
    `select attempt_id as "attemptId", number, sent_at as "sentAt", method, target, body, sha256
     from attempt_writes
     where company_id = $1 and attempt_id = any ($2)
     order by attempt_id, number`,
    [companyId, ids],
  );
  const openingOf = new Map(openings.map((opening) => [opening.attemptId, opening]));
  return results.map(({ chainNumber, previousHash, hash, ...result }) => ({
    result,
    opening: openingOf.get(result.attemptId) ?? null,
    writes: writes.filter(({ attemptId }) => attemptId === result.attemptId),
    chainNumber,
    previousHash,
    hash,
  }));
}

async function readHead(db: Queryable, companyId: string): Promise<Place> {
  const { rows } = await db.query<Place>(
    `select number, hash from company_chains where company_id = $1`,
    [companyId],
  );
  return rows[0] ?? { number: 0, hash: CHAIN_START };
}
