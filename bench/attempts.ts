/**
 * Attempts per second, each durable and fully logged, as a share of a bare loop that sends the same
 * upserts and keeps nothing; and beside them the same work by hand on two job queues. All in one run,
 * in turn, one process against the same target. The first rounds are not counted: a process that works a
 * backlog has compiled what it runs, and tens of thousands of lines take longer to be compiled than a few.
 */
import { startWorker } from '../src/engine/worker.ts';
import { openBareTarget } from './bare-target.ts';
import { median, perSecond, print } from './figures.ts';
import { makeBareLog, onGraphileWorker, onPgBoss } from './other-queues.ts';
import { openPlace, type Place } from './place.ts';

const COUNT = Number(process.env['BENCH_COUNT'] ?? 4_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const WARM_ROUNDS = Number(process.env['BENCH_WARM_ROUNDS'] ?? 4);
const CONCURRENT = 64;

const place = await openPlace();
try {
  const body = await recordedBody(place);
  await makeBareLog(place);
  const figures = {
    bare: [] as number[],
    ours: [] as number[],
    boss: [] as number[],
    keyedBoss: [] as number[],
    graphile: [] as number[],
  };
  for (let round = 0; round < WARM_ROUNDS + ROUNDS; round += 1) {
    const given = { place, body, count: COUNT, concurrent: CONCURRENT, round: `round ${round}` };
    const took = {
      bare: await bareLoop(place, body),
      ours: await engine(place, given.round),
      boss: await onPgBoss(given, 'standard'),
    };
    if (round < WARM_ROUNDS) continue;
    figures.bare.push(took.bare);
    figures.ours.push(took.ours);
    figures.boss.push(took.boss);
    figures.keyedBoss.push(await onPgBoss(given, 'stately'));
    figures.graphile.push(await onGraphileWorker(given));
  }
  const share = (of: readonly number[], by: readonly number[]) =>
    median(of.map((value, round) => value / by[round]!)).toFixed(3);
  const { bare, ours, boss, keyedBoss, graphile } = figures;
  print(`Attempts, ${COUNT} a round, ${CONCURRENT} under way, request body ${body.length} bytes`, [
    ['bare loop, a second', bare.join('  ')],
    ['Spor, a second', ours.join('  ')],
    ['pg-boss, a second', boss.join('  ')],
    ['pg-boss with a key per posting', keyedBoss.join('  ')],
    ['graphile-worker, a second', graphile.join('  ')],
    ['Spor of the bare loop, median', share(ours, bare)],
    ['pg-boss of the bare loop', share(boss, bare)],
    ['pg-boss with keys of the bare loop', share(keyedBoss, bare)],
    ['graphile-worker of the bare loop', share(graphile, bare)],
    ['Spor by pg-boss', share(ours, boss)],
    ['Spor by pg-boss with keys', share(ours, keyedBoss)],
    ['Spor by graphile-worker', share(ours, graphile)],
  ]);
} finally {
  await place.stop();
}

/** What the engine sends for such a bill, so that the bare loop sends the same. */
async function recordedBody({ context, company, connect, addBills }: Place): Promise<string> {
  const worker = await startWorker(context);
  const first = await company('recorded');
  await connect(first, 1);
  await addBills(first, 1);
  await untilDone(context.pool, first.id, 1);
  await worker.stop();
  const { rows } = await context.pool.query<{ body: string }>(
    `select body from attempt_writes where company_id = $1 and target like '%/supplier-invoices' limit 1`,
    [first.id],
  );
  return rows[0]!.body;
}

async function engine(
  { context, company, connect, addBills }: Place,
  name: string,
): Promise<number> {
  const ours = await company(name);
  await connect(ours, CONCURRENT);
  await addBills(ours, COUNT);
  const startedMs = performance.now();
  const worker = await startWorker(context);
  await untilDone(context.pool, ours.id, COUNT);
  const tookMs = performance.now() - startedMs;
  await worker.stop();
  return perSecond(COUNT, tookMs);
}

async function untilDone(
  pool: Place['context']['pool'],
  companyId: string,
  count: number,
): Promise<void> {
  // Each attempt is a link of the company's chain: to ask for its length is no work beside the measured one.
  for (;;) {
    const { rows } = await pool.query<{ attempts: number }>(
      `select number as attempts from company_chains where company_id = $1`,
      [companyId],
    );
    if ((rows[0]?.attempts ?? 0) >= count) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rows } = await pool.query<{ done: number }>(
    `select count(*) as done from postings where company_id = $1 and state = 'in-step'`,
    [companyId],
  );
  if (rows[0]!.done !== count)
    throw new Error(`${rows[0]!.done} of ${count} postings are in step.`);
}

async function bareLoop({ targetUrl }: Place, body: string): Promise<number> {
  const target = await openBareTarget(targetUrl, body, CONCURRENT);
  let left = COUNT;
  const startedMs = performance.now();
  const one = async () => {
    while (left-- > 0) JSON.parse(await target.post(`bare-${left}-${startedMs}`));
  };
  await Promise.all(Array.from({ length: CONCURRENT }, one));
  const result = perSecond(COUNT, performance.now() - startedMs);
  await target.close();
  return result;
}
