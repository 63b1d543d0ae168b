/**
 * What must be so of the log and of the work still to do, whichever accounting system it is about: for
 * tests that kill what they run, and for the campaign.
 */
import type { Pool } from '../../src/store/pool.ts';
import { MAY_GO } from '../../src/store/standing-aside.ts';
import { verifyChain } from '../../src/store/verify-chain.ts';

export interface Finding {
  readonly what: string;
  readonly postingId: string | null;
}

/** Postings something is still to be done about. */
export async function unsettled(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) + (select count(*) from connections where replan_after is not null)
       + (select count(*) from open_attempts) as count
     from postings p
     where p.due_at is not null or p.waiting_for is not null or ${MAY_GO}`,
  );
  return rows[0]!.count;
}

export async function checkChain(pool: Pool, companyId: string): Promise<Finding[]> {
  const broken = await verifyChain(pool, companyId);
  return broken
    ? [{ what: `the chain is broken: ${JSON.stringify(broken)}`, postingId: null }]
    : [];
}

/** Every attempt is closed, and no two of one posting were under way at once. */
export async function checkLog(pool: Pool): Promise<Finding[]> {
  const { rows: open } = await pool.query<{ postingId: string }>(
    `select a.posting_id as "postingId"
     from attempts a
     left join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where r.attempt_id is null`,
  );
  const { rows: overlapping } = await pool.query<{ postingId: string }>(
    `select a.posting_id as "postingId"
     from (
       select company_id, posting_id, attempt_id,
         lead(opened_at) over (partition by company_id, posting_id order by attempt_id) as next_opened_at
       from attempts
     ) a
     join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where r.closed_at > a.next_opened_at`,
  );
  const { rows: strays } = await pool.query(
    `select w.attempt_id
     from attempt_writes w
     left join attempts a on a.company_id = w.company_id and a.attempt_id = w.attempt_id
     where a.attempt_id is null`,
  );
  return [
    ...open.map(({ postingId }) => ({ what: 'an attempt is still open', postingId })),
    ...overlapping.map(({ postingId }) => ({ what: 'two attempts overlap', postingId })),
    ...strays.map(() => ({ what: 'a write belongs to no attempt', postingId: null })),
  ];
}

export const keyOfWrite = (method: string, target: string, sha256: string | null) =>
  `${method} ${target} ${sha256}`;

/** Whatever came there is in the log, as often as it came, with the hash of its bytes. */
export async function unloggedWrites(
  pool: Pool,
  baseUrl: string,
  received: readonly string[],
): Promise<Finding[]> {
  const { rows } = await pool.query<{ method: string; target: string; sha256: string | null }>(
    `select method, target, sha256 from attempt_writes`,
  );
  const logged = new Map<string, number>();
  for (const { method, target, sha256 } of rows) {
    const key = keyOfWrite(method, target.slice(baseUrl.length), sha256);
    logged.set(key, (logged.get(key) ?? 0) + 1);
  }
  const findings: Finding[] = [];
  for (const key of received) {
    const left = (logged.get(key) ?? 0) - 1;
    logged.set(key, left);
    if (left < 0) findings.push({ what: `a write is not in the log: ${key}`, postingId: null });
  }
  return findings;
}

/** A posting's attempts and how it stands, line by line. */
export async function attemptsOf(pool: Pool, postingId: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `select concat_ws(' ', a.attempt_id, to_char(a.opened_at, 'HH24:MI:SS.MS'), a.kind, a.trigger, 'fence', a.fence,
       '→', to_char(r.closed_at, 'HH24:MI:SS.MS'), coalesce(r.outcome, 'open'), r.failure ->> 'code',
       r.remote_id, left(r.failure ->> 'originalMessage', 80), (
         select string_agg(w.method || ' ' || w.target || ' ' || to_char(w.sent_at, 'HH24:MI:SS.MS'), ', ' order by w.number)
         from attempt_writes w where w.company_id = a.company_id and w.attempt_id = a.attempt_id
       )) as line
     from attempts a
     left join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
     where a.posting_id = $1 order by a.attempt_id`,
    [postingId],
  );
  const { rows: postings } = await pool.query<{ posting: object }>(
    `select to_jsonb(p) - 'confirmed_fields' as posting from postings p where posting_id = $1`,
    [postingId],
  );
  return [
    ...rows.map(({ line }) => `  ${line}`),
    `  posting ${JSON.stringify(postings[0]?.posting)}`,
  ];
}
