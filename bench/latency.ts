/**
 * From the commit of a saved change to the request's arrival at an idle target, against a bare
 * LISTEN/NOTIFY round trip plus one HTTP call in the same run.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { request } from 'undici';
import { startSandboxSystem } from '../src/sdk/testing/sandbox-system.ts';
import { startWorker } from '../src/engine/worker.ts';
import { addBill } from '../src/engine/record-change.ts';
import { transaction } from '../src/store/pool.ts';
import { median, ms, percentile, print } from './figures.ts';
import { openPlace, sampleBill } from './place.ts';

const COUNT = Number(process.env['BENCH_COUNT'] ?? 200);
/** Not counted: by then what runs is compiled. */
const WARM_COUNT = Number(process.env['BENCH_WARM_COUNT'] ?? 200);
/** Between two changes, of either kind: all that follows from one is over. */
const REST_MS = 30;
/** Longer than a lane is kept at hand, for the cold figure. */
const COLD_REST_MS = 1_500;
const COLD_COUNT = Number(process.env['BENCH_COLD_COUNT'] ?? 20);

// The target lives in this process, so that both clocks are one.
const system = await startSandboxSystem({ journal: 1 });
const place = await openPlace({ targetUrl: system.url });
try {
  const company = await place.company('latency');
  await place.connect(company, 4);
  const worker = await startWorker(place.context);
  const arrived = watchArrivals();
  const once = async (number: string) => {
    const arrival = arrived.next();
    await transaction(place.context.pool, (db) =>
      addBill({ ...place.context, db, actor: 'bench' }, company.id, sampleBill(number)),
    );
    const committedMs = performance.now();
    return (await arrival) - committedMs;
  };
  // The first signs in and makes the supplier.
  await once('first');
  await rest(COLD_REST_MS);
  const warm: number[] = [];
  for (let index = 0; index < WARM_COUNT + COUNT; index += 1) {
    warm.push(await once(`warm-${index}`));
    await rest(REST_MS);
  }
  warm.splice(0, WARM_COUNT);
  const cold: number[] = [];
  for (let index = 0; index < COLD_COUNT; index += 1) {
    await rest(COLD_REST_MS);
    cold.push(await once(`cold-${index}`));
  }
  await worker.stop();
  const bare = await bareRoundTrips(COUNT);
  const row = (values: readonly number[]) =>
    `p50 ${ms(median(values))}   p99 ${ms(percentile(values, 0.99))}`;
  print(`From commit to the request's arrival, ${COUNT} changes one at a time`, [
    ['bare NOTIFY and one HTTP call', row(bare)],
    ['Spor, lane at hand', row(warm)],
    [`Spor, lane given back (${COLD_COUNT})`, row(cold)],
    [
      'ratio at hand, p50 and p99',
      `${(median(warm) / median(bare)).toFixed(2)}   ${(percentile(warm, 0.99) / percentile(bare, 0.99)).toFixed(2)}`,
    ],
  ]);
} finally {
  await place.stop();
  await system.close();
}

/** When the target has read a request that posts an invoice. */
function watchArrivals() {
  let hear: (at: number) => void = () => {};
  const create = system.books.createInvoice.bind(system.books);
  system.books.createInvoice = (input) => {
    hear(performance.now());
    return create(input);
  };
  return {
    next: () =>
      new Promise<number>((resolve) => {
        hear = resolve;
      }),
  };
}

async function bareRoundTrips(count: number): Promise<number[]> {
  let arrived: (at: number) => void = () => {};
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      arrived(performance.now());
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const listener = new Client({ connectionString: place.databaseUrl });
  await listener.connect();
  await listener.query('listen bare');
  listener.on('notification', () => {
    void request(url, { method: 'POST', body: '{}' }).then((answer) => answer.body.dump());
  });
  const took: number[] = [];
  for (let index = 0; index < WARM_COUNT + count; index += 1) {
    const arrival = new Promise<number>((resolve) => {
      arrived = resolve;
    });
    await transaction(place.context.pool, (db) => db.query(`select pg_notify('bare', '')`));
    const committedMs = performance.now();
    took.push((await arrival) - committedMs);
    await rest(REST_MS);
  }
  await listener.end();
  server.closeAllConnections();
  server.close();
  return took.slice(WARM_COUNT);
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
