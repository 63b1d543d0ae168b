/**
 * A million postings over ten thousand connections, all due at once, against a hundredth of it: is it
 * as quick, and does memory stay? Each case is worked by a worker for some time; what is left is left.
 *
 *     BENCH_COMPANIES=100 BENCH_SECONDS=60 script/bench many-lanes
 */
import { startWorker } from '../src/engine/worker.ts';
import { perSecond, print } from './figures.ts';
import type { Company } from '../src/store/companies.ts';
import { openPlace, type Place } from './place.ts';

/** Of each company: so many connections, so many bills, and a posting for each of each. */
const EACH = 100;
const COMPANIES = Number(process.env['BENCH_COMPANIES'] ?? 100);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 60);
const MIB = 1024 * 1024;

const place = await openPlace();
try {
  const small = await measured(place, Math.max(1, COMPANIES / 100));
  const large = await measured(place, COMPANIES);
  const figures = (of: Awaited<ReturnType<typeof measured>>): string =>
    `${of.postings} over ${of.lanes} connections: ${of.perSecond} a second, ${of.startMib} MiB after a quarter, ${of.endMib} MiB at the end`;
  print(`Due at once, each worked for ${SECONDS} s or until it is done`, [
    ['few', figures(small)],
    ['many', figures(large)],
    ['many by few', (large.perSecond / small.perSecond).toFixed(2)],
  ]);
} finally {
  await place.stop();
}

async function measured(at: Place, companies: number) {
  const { context } = at;
  await context.pool.query(`update postings set due_at = null`);
  await context.pool.query(`update lanes set next_due_at = null`);
  const made: Company[] = [];
  await each(companies, async (index) => {
    const company = await at.company(`company ${index}`);
    for (let lane = 0; lane < EACH; lane += 1) await at.connect(company, 2);
    made.push(company);
  });
  await fill(at, made);
  await context.pool.query('analyze');
  const worker = await startWorker(context);
  const before = await done(at);
  const startedMs = performance.now();
  const rss = () => Math.round(process.memoryUsage.rss() / MIB);
  let startMib = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const tookMs = performance.now() - startedMs;
    if (startMib === 0 && tookMs > SECONDS * 250) startMib = rss();
    const count = (await done(at)) - before;
    if (tookMs < SECONDS * 1000 && count < companies * EACH * EACH) continue;
    const result = {
      postings: companies * EACH * EACH,
      lanes: companies * EACH,
      perSecond: perSecond(count, tookMs),
      startMib: startMib || rss(),
      endMib: rss(),
    };
    await worker.stop();
    return result;
  }
}

/** Counted where each attempt leaves one row that is never changed. */
async function done({ context }: Place): Promise<number> {
  const { rows } = await context.pool.query<{ count: number }>(
    `select coalesce(sum(number), 0)::bigint as count from company_chains`,
  );
  return rows[0]!.count;
}

/** Copies one company's bills and their postings to each of the companies and their connections. */
async function fill(at: Place, companies: readonly Company[]): Promise<void> {
  const { pool } = at.context;
  const template = await at.company('template');
  await at.connect(template, 2);
  await pool.query('update lanes set lease_until = $2 where company_id = $1', [
    template.id,
    'infinity',
  ]);
  await at.addBills(template, EACH);
  for (const { id } of companies) {
    await pool.query(
      `insert into bills
       select copy.*
       from bills b,
         jsonb_populate_record(b, jsonb_build_object('company_id', $2::uuid)) copy
       where b.company_id = $1`,
      [template.id, id],
    );
    await pool.query(
      `insert into postings
       select copy.*
       from postings p, connections c,
         jsonb_populate_record(p, jsonb_build_object(
           'company_id', c.company_id, 'connection_id', c.connection_id, 'posting_id', gen_random_uuid()
         )) copy
       where p.company_id = $1 and c.company_id = $2`,
      [template.id, id],
    );
  }
  await pool.query(
    `update lanes set next_due_at = now() where company_id in (select * from unnest($1::uuid[]))`,
    [companies.map(({ id }) => id)],
  );
}

async function each(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 8 }, one));
}
