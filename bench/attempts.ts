/**
 * Attempts per second, each durable and fully logged, as a share of a bare loop that sends the same
 * upserts and keeps nothing. Both in one run, in turn, one process against the same target.
 */
import { Agent, request } from 'undici';
import { startWorker } from '../src/engine/worker.ts';
import { median, perSecond, print } from './figures.ts';
import { openPlace, type Place } from './place.ts';

const COUNT = Number(process.env['BENCH_COUNT'] ?? 4_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CONCURRENT = 64;

const place = await openPlace();
try {
  const body = await recordedBody(place);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await bareLoop(place, body));
    ours.push(await engine(place, `round ${round}`));
  }
  const shares = ours.map((value, round) => value / bare[round]!);
  print(`Attempts, ${COUNT} a round, ${CONCURRENT} under way, request body ${body.length} bytes`, [
    ['bare loop, a second', bare.join('  ')],
    ['Spor, a second', ours.join('  ')],
    ['share, median', median(shares).toFixed(3)],
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
  for (;;) {
    const { rows } = await pool.query<{ done: number }>(
      `select count(*) as done from postings where company_id = $1 and state = 'in-step'`,
      [companyId],
    );
    if (rows[0]!.done >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function bareLoop({ targetUrl }: Place, body: string): Promise<number> {
  const dispatcher = new Agent({ connections: CONCURRENT });
  const form =
    'grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret-4711';
  const signedIn = await request(`${targetUrl}/token`, {
    method: 'POST',
    body: form,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    dispatcher,
  });
  const { access_token: token } = (await signedIn.body.json()) as { access_token: string };
  let left = COUNT;
  const startedMs = performance.now();
  const one = async () => {
    while (left-- > 0) {
      const answer = await request(`${targetUrl}/supplier-invoices`, {
        method: 'POST',
        body: body.replace(
          /"externalReference":"[^"]*"/,
          `"externalReference":"bare-${left}-${startedMs}"`,
        ),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        dispatcher,
      });
      if (answer.statusCode !== 201)
        throw new Error(`The target answered ${answer.statusCode}: ${await answer.body.text()}`);
      await answer.body.json();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, one));
  const result = perSecond(COUNT, performance.now() - startedMs);
  await dispatcher.close();
  return result;
}
