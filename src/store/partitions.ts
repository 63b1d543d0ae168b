/**
 * The log's monthly partitions. Attempt ids are UUID 7: their first 48 bits are milliseconds, so a
 * month of attempts is a range of ids, and leaves as whole tables.
 */
import { v7 } from '../core/uuid.ts';
import { type Pool, type Queryable, transaction } from './pool.ts';

export const LOG_TABLES = ['attempts', 'attempt_writes', 'attempt_results'] as const;
const NO_CHANCE = new Uint8Array(10);

/**
 * Makes sure that this month and the next have their partitions.
 *
 * @returns the months that get none: a clock was ahead once, and what was written then stands where everything
 * stands that has no partition. It is read and written as ever, but leaves with no month.
 */
export async function ensurePartitions(pool: Pool, now: Date): Promise<string[]> {
  const without: string[] = [];
  await transaction(pool, async (db) => {
    await db.query(`select pg_advisory_xact_lock(hashtext('spor partitions'))`);
    for (const offset of [0, 1]) {
      const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1));
      const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset + 1, 1));
      if (!(await hasPartitions(db, from, to))) without.push(monthOf(from));
    }
  });
  return without;
}

/** All of a month's, or none: what belongs together leaves together. False: rows of it are elsewhere already. */
async function hasPartitions(db: Queryable, from: Date, to: Date): Promise<boolean> {
  await db.query('savepoint month');
  try {
    for (const table of LOG_TABLES) {
      const partition = partitionOf(table, monthOf(from));
      const { rows } = await db.query(`select 1 from pg_class where relname = $1`, [partition]);
      if (rows.length > 0) continue;
      await db.query(
        `create table ${partition} partition of ${table}
         for values from ('${lowestId(from)}') to ('${lowestId(to)}')`,
      );
      // As in the tables that are not partitioned, and not handed down.
      await db.query(`alter table ${partition} alter column company_id set statistics 0`);
    }
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== '23514') throw error;
    await db.query('rollback to savepoint month');
    return false;
  }
}

/** `2025-01` */
export function monthOf(instant: Date): string {
  return instant.toISOString().slice(0, 7);
}

export function partitionOf(table: (typeof LOG_TABLES)[number], month: string): string {
  if (!/^\d{4}-\d{2}$/.test(month)) throw new RangeError(`"${month}" is no month.`);
  return `${table}_${month.replace('-', '_')}`;
}

/** No UUID 7 of this instant or later is smaller. */
export function lowestId(instant: Date): string {
  return `${v7(instant.getTime(), NO_CHANCE).slice(0, 13)}-0000-0000-000000000000`;
}
