/**
 * Fills a company with bills and closed attempts, copied inside the database from one that the
 * engine really made, so that the rows are of the size they have in life.
 */
import { startWorker } from '../src/engine/worker.ts';
import type { Place } from './place.ts';

export interface Filled {
  readonly companyId: string;
  readonly billIds: readonly string[];
}

/** A UUID 7 of a time in the past, made in the database. */
const ID = `(lpad(to_hex(1760000000000 + n * 1000), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
  || '8' || substr(md5(random()::text), 1, 15))::uuid`;

export async function fillLog(
  place: Place,
  name: string,
  bills: number,
  attemptsEach: number,
): Promise<Filled> {
  const { pool } = place.context;
  const company = await place.company(name);
  await place.connect(company, 4);
  await place.addBills(company, 1);
  const worker = await startWorker(place.context);
  for (;;) {
    const { rows } = await pool.query(
      `select 1 from postings where company_id = $1 and state = 'in-step'`,
      [company.id],
    );
    if (rows.length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await worker.stop();
  const copy = (sql: string) => pool.query(sql.replaceAll(':company', `'${company.id}'::uuid`));
  await copy(
    `create table filling as select n, ${ID} as bill_id, ${ID} as posting_id from generate_series(2, ${bills}) n`,
  );
  await copy(
    `insert into bills
     select b.company_id, f.bill_id, b.revision, b.bill_key || f.n, b.duplicate_of, b.status, b.kind, b.number || f.n,
       b.supplier_name, b.currency, b.issued_on, b.due_on, b.total_minor, b.outstanding_minor, b.paid, b.document,
       b.added_at, b.changed_at
     from bills b, filling f
     where b.company_id = :company`,
  );
  await copy(
    `create table filling_postings as
     select p.* from postings p where p.company_id = :company`,
  );
  await copy(
    `insert into postings
     select (jsonb_populate_record(p, jsonb_build_object(
       'posting_id', f.posting_id, 'bill_id', f.bill_id,
       'state', case when f.n % 50 = 0 then 'failed' else 'in-step' end
     ))).*
     from filling_postings p, filling f`,
  );
  await copy(
    `create table filling_attempts as
     select ${ID.replace('n * 1000', '(f.n * 100 + k) * 10')} as attempt_id, f.bill_id, f.posting_id,
       row_number() over () as number
     from filling f, generate_series(1, ${attemptsEach}) k`,
  );
  for (const [table, alias] of [
    ['attempts', 'a'],
    ['attempt_writes', 'w'],
    ['attempt_results', 'r'],
  ] as const) {
    const changes = {
      attempts: `'attempt_id', f.attempt_id, 'bill_id', f.bill_id, 'posting_id', f.posting_id`,
      attempt_writes: `'attempt_id', f.attempt_id`,
      attempt_results: `'attempt_id', f.attempt_id, 'chain_number', f.number + 1000`,
    }[table];
    await copy(
      `insert into ${table}
       select (jsonb_populate_record(${alias}, jsonb_build_object(${changes}))).*
       from ${table} ${alias}, filling_attempts f
       where ${alias}.company_id = :company ${table === 'attempt_writes' ? `and w.target like '%/supplier-invoices'` : ''}`,
    );
  }
  await copy('drop table filling, filling_postings, filling_attempts');
  await copy('vacuum analyze');
  const { rows } = await pool.query<{ bill_id: string }>(
    `select bill_id from bills where company_id = $1 limit 5000`,
    [company.id],
  );
  return { companyId: company.id, billIds: rows.map((row) => row.bill_id) };
}
