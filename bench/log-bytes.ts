/** How large the log is on the disk, indexes and all. */
import { startWorker } from '../src/engine/worker.ts';
import type { Pool } from '../src/store/pool.ts';
import type { Place } from './place.ts';

export async function bytesOfLog(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(relid))::bigint as bytes
     from pg_stat_user_tables
     where relname ~ '^(attempts|attempt_writes|attempt_results)_'`,
  );
  return rows[0]!.bytes;
}

/** Of attempts that the engine really makes, one for each of so many bills. */
export async function engineBytesPerAttempt(place: Place, count: number): Promise<number> {
  const { pool } = place.context;
  const before = await bytesOfLog(pool);
  const company = await place.company('as in life');
  await place.connect(company, 16);
  await place.addBills(company, count);
  const worker = await startWorker(place.context);
  for (;;) {
    const { rows } = await pool.query<{ left: number }>(
      `select count(*) as left from postings where company_id = $1 and state <> 'in-step'`,
      [company.id],
    );
    if (rows[0]!.left === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await worker.stop();
  const { rows } = await pool.query<{ attempts: number }>(
    'select count(*) as attempts from attempts',
  );
  return Math.round(((await bytesOfLog(pool)) - before) / rows[0]!.attempts);
}
