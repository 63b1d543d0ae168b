/**
 * Fills the log with attempts of the size of their own columns, without bodies, made in the database
 * and spread evenly over half a year; ten million of them in minutes.
 */
import { createHash } from 'node:crypto';
import { ensurePartitions, LOG_TABLES } from '../src/store/partitions.ts';
import type { Pool } from '../src/store/pool.ts';

export const MONTHS = 6;

export interface Filling {
  /** Whose: SQL of `n`. */
  readonly company: string;
  /** Of which bill: SQL of `n`; text that is different for each. */
  readonly bill: string;
  /** By what it failed: SQL of `n`; null: it did not. */
  readonly code: string;
  readonly count: number;
  /** Its place in the chain of its company: SQL of `n`. */
  readonly chain: string;
  /** So that two fillings have ids of their own. */
  readonly tag: string;
}

export const CODES = [
  'account-missing',
  'period-locked',
  'vat-code-invalid',
  'supplier-blocked',
  'target-busy',
] as const;

/** One of the causes, for one of so many; SQL. */
export const oneIn = (many: number) =>
  `case when n % ${many} = 0 then (array['${CODES.join("', '")}'])[1 + (n / ${many}) % ${CODES.length}] end`;

export const asId = (text: string) => `md5(${text})::uuid`;
export const idOf = (text: string) => {
  const hex = createHash('md5').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

export function beginningOf(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + 1, 1));
}

export async function makeMonths(pool: Pool, now: Date): Promise<void> {
  for (let month = 1; month <= MONTHS; month += 1)
    await ensurePartitions(
      pool,
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + month, 1)),
    );
}

/** Nothing is tidied up while it is filled, but once, when it is full. */
export async function fillQuickly(pool: Pool, fill: () => Promise<void>): Promise<void> {
  await pool.query('alter system set autovacuum = off');
  await pool.query(`alter system set max_wal_size = '4GB'`);
  await pool.query('select pg_reload_conf()');
  await fill();
  await pool.query('alter system reset all');
  await pool.query('select pg_reload_conf()');
  await pool.query('checkpoint');
  for (const table of LOG_TABLES) await pool.query(`vacuum (analyze) ${table}`);
}

const SLICE = 250_000;

export async function fillAttempts(pool: Pool, filling: Filling, now: Date): Promise<void> {
  for (let from = 1; from <= filling.count; from += SLICE)
    await fillSlice(pool, filling, now, from, Math.min(filling.count, from + SLICE - 1));
}

async function fillSlice(
  pool: Pool,
  { company, bill, code, count, chain, tag }: Filling,
  now: Date,
  from: number,
  to: number,
): Promise<void> {
  const beginMs = beginningOf(now).getTime();
  const spanMs = now.getTime() - beginMs;
  const made = `(
    select n, ${company} as company_id, ${asId(bill)} as bill_id, ${asId(`'p' || ${bill}`)} as posting_id,
      ${code} as code, ${beginMs} + n * ${spanMs} / ${count} as at_ms, md5('${tag}' || n) as chance
    from generate_series(${from}::bigint, ${to}::bigint) n
  ) made`;
  const id = `(lpad(to_hex(at_ms), 12, '0') || '7' || substr(chance, 1, 3) || '8' || substr(chance, 4, 15))::uuid`;
  const at = `to_timestamp(at_ms / 1000.0)`;
  const hash = 'chance || chance';
  await pool.query(
    `insert into attempts (
       company_id, attempt_id, connection_id, posting_id, bill_id, kind, trigger, changes, actor, request_ids,
       fence, opened_at, bill, document, fields, hash
     )
     select company_id, ${id}, ${asId(`'k' || company_id`)}, posting_id, bill_id, 'supplier-invoice', 'change',
       '{approved}', 'Bogholderiet', '{}', 1, ${at}, '{}', null, null, ${hash}
     from ${made}`,
  );
  await pool.query(
    `insert into attempt_writes (company_id, attempt_id, number, sent_at, method, target, sha256, hash)
     select company_id, ${id}, 1, ${at}, 'POST', '/v1/supplier-invoices', ${hash}, ${hash}
     from ${made}`,
  );
  await pool.query(
    `insert into attempt_results (
       company_id, attempt_id, closed_at, duration_ms, outcome, failure_code, failure, remote_id, exchanges,
       chain_number, previous_hash, hash
     )
     select company_id, ${id}, ${at}, 41.5, case when code is null then 'created' else 'failed' end, code,
       case when code is not null then jsonb_build_object('code', code, 'subject', null, 'originalMessage', null,
         'retryAfterMs', null, 'conflicts', '[]'::jsonb) end,
       'INV-' || n, '[]', ${chain}, ${hash}, ${hash}
     from ${made}`,
  );
}
