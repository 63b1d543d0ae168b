/**
 * Old attempts leave the log by whole months. The three partitions of a month are dropped together, in
 * one short transaction that notes what left, so that the chain of what is kept can still be proved.
 *
 * `detach partition … concurrently` would block nobody, but PostgreSQL refuses it while there is a
 * default partition, and it can't be part of a transaction: the three tables and the note would come
 * apart when it was interrupted. So the drop waits for its lock only briefly, and is tried again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, isInTheWay } from './database-trouble.ts';
import { NOT_IN_STEP_SINCE } from './lost-writes.ts';
import { LOG_TABLES, monthOf, partitionOf } from './partitions.ts';
import { type Pool, type Queryable, transaction } from './pool.ts';

export interface LogMonth {
  /** `2025-01` */
  readonly month: string;
  readonly attempts: number;
  /** Of its three tables, indexes and all. */
  readonly bytes: number;
  /** Opened and never closed: while there is one, its month stays. */
  readonly open: number;
  /**
   * Ended uncertain, and their postings have not been found or made since: the next attempt tells what
   * one of these may have written from what a person changed. While there is one, its month stays.
   */
  readonly needed: number;
}

export class MonthStays extends Error {
  override readonly name = 'MonthStays';
}

/** Syncing waits no longer than this for a month that leaves. */
const LOCK_WAIT_MS = 1_000;
const TRIES = 10;
const LOCK_NOT_AVAILABLE = '55P03';

/** The months there are before this one, oldest first. */
export async function listMonthsBefore(db: Queryable, before: string): Promise<LogMonth[]> {
  const { rows } = await db.query<{ month: string }>(
    `select replace(right(c.relname, 7), '_', '-') as month
     from pg_inherits i
     join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'attempts'::regclass and c.relname ~ '^attempts_[0-9]{4}_[0-9]{2}$'
     order by 1`,
  );
  const months: LogMonth[] = [];
  for (const { month } of rows)
    if (month < before) months.push({ month, ...(await measure(db, month)) });
  return months;
}

async function measure(db: Queryable, month: string): Promise<Omit<LogMonth, 'month'>> {
  const [attempts, writes, results] = LOG_TABLES.map((table) => partitionOf(table, month));
  const { rows } = await db.query<Omit<LogMonth, 'month'>>(
    `select
       (select count(*) from ${attempts}) as attempts,
       pg_total_relation_size('${attempts}') + pg_total_relation_size('${writes}')
         + pg_total_relation_size('${results}') as bytes,
       (
         select count(*)
         from ${attempts} a
         where not exists (
           select 1 from ${results} r where r.company_id = a.company_id and r.attempt_id = a.attempt_id
         )
       ) as open,
       (
         select count(*)
         from ${results} r
         join ${attempts} a on a.company_id = r.company_id and a.attempt_id = r.attempt_id
         join postings p on p.company_id = a.company_id and p.posting_id = a.posting_id
         where r.outcome = 'uncertain' and p.must_look
           and ${NOT_IN_STEP_SINCE}
       ) as needed`,
  );
  return rows[0]!;
}

/** Why it must stay; null: it may leave. */
export function whyItStays({ month, open, needed }: LogMonth): string | null {
  if (open > 0) return `${month} stays: ${open} of its attempts were never closed.`;
  if (needed > 0)
    return `${month} stays: ${needed} of its attempts ended uncertain, and their postings were not brought in step since.`;
  return null;
}

export interface Departure {
  readonly actor: string;
  readonly now: Date;
  /** The folder it was written to; null: it was not. */
  readonly archivedTo: string | null;
  /** As many as were looked at, or written. */
  readonly attempts: number;
}

/**
 * @throws MonthStays while it is not over, an attempt of it is open or still needed, or when it could
 * not get a moment to itself: then nothing was changed
 */
export async function dropMonth(pool: Pool, month: string, by: Departure): Promise<void> {
  if (month >= monthOf(by.now)) throw new MonthStays(`${month} stays: it is not over.`);
  for (let tried = 1; ; tried++) {
    try {
      await transaction(pool, (db) => leave(db, month, by));
      return;
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE && !isInTheWay(error)) throw error;
      if (tried === TRIES)
        throw new MonthStays(`${month} stays: others use the log too busily just now.`);
      await pause(LOCK_WAIT_MS / 2);
    }
  }
}

async function leave(db: Queryable, month: string, by: Departure): Promise<void> {
  const tables = LOG_TABLES.map((table) => partitionOf(table, month)).join(', ');
  const results = partitionOf('attempt_results', month);
  await db.query(`set local lock_timeout = ${LOCK_WAIT_MS}`);
  // The month itself stands still from here; other months are written on.
  await db.query(`lock table ${tables} in share mode`);
  const measured = { month, ...(await measure(db, month)) };
  const { attempts, bytes } = measured;
  const reason = whyItStays(measured);
  if (reason !== null) throw new MonthStays(reason);
  if (attempts !== by.attempts)
    throw new MonthStays(`${month} stays: its attempts are not those that were looked at.`);
  await db.query(
    `with stretches as (
       select company_id, min(chain_number) as first_number, max(chain_number) as last_number
       from (
         select company_id, chain_number,
           chain_number - row_number() over (partition by company_id order by chain_number) as stretch
         from ${results}
       ) numbered
       group by company_id, stretch
     )
     insert into departed_stretches (company_id, first_number, last_number, previous_hash, hash, month)
     select s.company_id, s.first_number, s.last_number, f.previous_hash, l.hash, $1
     from stretches s
     join ${results} f on f.company_id = s.company_id and f.chain_number = s.first_number
     join ${results} l on l.company_id = s.company_id and l.chain_number = s.last_number`,
    [month],
  );
  await db.query(
    `insert into departed_attempts (company_id, bill_id, connection_id, month, attempts)
     select company_id, bill_id, connection_id, $1, count(*)
     from ${partitionOf('attempts', month)}
     group by company_id, bill_id, connection_id`,
    [month],
  );
  await db.query(
    `insert into departed_months (month, left_at, actor, attempts, bytes, archived_to)
     values ($1, $2, $3, $4, $5, $6)`,
    [month, by.now, by.actor, attempts, bytes, by.archivedTo],
  );
  // Locks the whole tables, until the commit that follows at once.
  await db.query(`drop table ${tables}`);
}
