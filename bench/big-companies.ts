/** Whose attempts fill the log of `big-log`: three companies that are looked at, and a thousand others. */
import type { Pool } from '../src/store/pool.ts';
import { asId, fillAttempts, type Filling, oneIn } from './fill-big-log.ts';

export const SAME = 'same';
export const HALF = 'half';
export const GROWS = 'grows';
export const COMPANIES = [SAME, HALF, GROWS] as const;
export type Name = (typeof COMPANIES)[number];

/** Bills of 60 attempts each over the half year, in each of the three. */
export const BILLS = 333;
const EACH = BILLS * 60;
const OTHERS = 1_000;

export async function fillSmall(pool: Pool, count: number, now: Date): Promise<void> {
  for (const name of COMPANIES) {
    // About 300 failures in 30 days; about 100.
    const code = oneIn(name === GROWS ? 33 : 11);
    await fillAttempts(
      pool,
      {
        company: companyOf(name),
        bill: billOf(name),
        code,
        count: EACH,
        chain: 'n',
        tag: `${name} 1`,
      },
      now,
    );
    await makePostings(pool, name);
  }
  await fillAttempts(pool, others('others 1', count - 3 * EACH, 0), now);
}

export async function fillLarge(
  pool: Pool,
  { from, to }: { from: number; to: number },
  now: Date,
): Promise<void> {
  const half = Math.floor(to / 2) - EACH;
  const quarter = Math.floor(to / 4) - EACH;
  const more = (name: Name, count: number, code: string): Filling => ({
    company: companyOf(name),
    bill: `'${name} more' || n / 8`,
    code,
    count,
    chain: `n + ${EACH}`,
    tag: `${name} 2`,
  });
  await fillAttempts(pool, more(HALF, half, 'null::text'), now);
  await fillAttempts(pool, more(GROWS, quarter, oneIn(33)), now);
  await fillAttempts(pool, others('others 2', to - from - half - quarter, from), now);
}

function others(tag: string, count: number, before: number): Filling {
  return {
    company: asId(`'other' || n % ${OTHERS}`),
    bill: `'${tag}' || n % ${OTHERS} || '/' || n / (8 * ${OTHERS})`,
    code: oneIn(33),
    count,
    chain: `${before} + n / ${OTHERS}`,
    tag,
  };
}

const companyOf = (name: Name) => asId(`'${name}'`);
const billOf = (name: Name) => `'${name}' || n % ${BILLS}`;

/** One in three fails. */
async function makePostings(pool: Pool, name: Name): Promise<void> {
  await pool.query(
    `insert into postings (
       company_id, posting_id, connection_id, bill_id, kind, wanted, wanted_revision, trigger, state, failure
     )
     select company_id, posting_id, ${asId(`'k' || company_id`)}, bill_id, 'supplier-invoice', 'present', 1,
       'change', case when code is null then 'in-step' else 'failed' end,
       case when code is not null then jsonb_build_object('code', code) end
     from (
       select ${companyOf(name)} as company_id, ${asId(`'p' || ${billOf(name)}`)} as posting_id,
         ${asId(billOf(name))} as bill_id, ${oneIn(3)} as code
       from generate_series(1, ${BILLS}) n
     ) made`,
  );
  await pool.query('vacuum (analyze) postings');
}
