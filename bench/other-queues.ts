/**
 * The same work by hand on two well-kept job queues, for comparison: a job per posting, one HTTP call
 * and one line in a log with the whole exchange per job. They announce nothing before they send, look
 * for nothing after a lost answer, and chain no log.
 */
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { PgBoss } from 'pg-boss';
import { type BareTarget, openBareTarget } from './bare-target.ts';
import { perSecond } from './figures.ts';
import type { Place } from './place.ts';

export interface QueueRun {
  readonly place: Place;
  readonly body: string;
  readonly count: number;
  readonly concurrent: number;
  /** Tells this round's references from another's. */
  readonly round: string;
}

/**
 * @param policy `stately`: a key per posting, so that of each posting at most one job waits and one is
 *   worked, as wishes do; `standard`: any job beside any other
 */
export async function onPgBoss(given: QueueRun, policy: 'stately' | 'standard'): Promise<number> {
  const { place, body, count, concurrent, round } = given;
  const boss = new PgBoss({ connectionString: place.databaseUrl, max: 20 });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  const queue = `bench-${policy}-${round.replaceAll(' ', '-')}`;
  await boss.createQueue(queue, { policy });
  const jobs = Array.from({ length: count }, (_, index) => {
    const reference = `boss-${policy}-${round}-${index}`;
    return { data: { reference }, ...(policy === 'stately' && { singletonKey: reference }) };
  });
  await boss.insert(queue, jobs);
  const target = await openBareTarget(place.targetUrl, body, concurrent);
  const { done, one } = counting(place, target, count);
  const startedMs = performance.now();
  await boss.work<{ reference: string }>(
    queue,
    // Two workers, so that one fetches while the other sends; while there is more they do not pause.
    {
      batchSize: concurrent,
      localConcurrency: 2,
      pollingIntervalSeconds: 0.5,
      burstWhenBatchFull: true,
    },
    async (batch) => {
      await Promise.all(batch.map(({ data }) => one(data.reference)));
    },
  );
  await done;
  const tookMs = performance.now() - startedMs;
  await boss.stop({ graceful: false });
  await target.close();
  return perSecond(count, tookMs);
}

/** With a queue per posting, so that no posting is worked twice at once. */
export async function onGraphileWorker(given: QueueRun): Promise<number> {
  const { place, body, count, concurrent, round } = given;
  const { databaseUrl: connectionString } = place;
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  await utils.addJobs(
    Array.from({ length: count }, (_, index) => {
      const reference = `graphile-${round}-${index}`;
      return { identifier: 'post', payload: { reference }, queueName: reference };
    }),
  );
  await utils.release();
  const target = await openBareTarget(place.targetUrl, body, concurrent);
  const { done, one } = counting(place, target, count);
  const startedMs = performance.now();
  const runner = await run({
    connectionString,
    logger,
    concurrency: concurrent,
    maxPoolSize: 20,
    noHandleSignals: true,
    taskList: { post: (payload) => one((payload as { reference: string }).reference) },
  });
  await done;
  const tookMs = performance.now() - startedMs;
  await runner.stop();
  await target.close();
  return perSecond(count, tookMs);
}

export async function makeBareLog({ context }: Place): Promise<void> {
  await context.pool.query(
    `create table bare_log (id bigint generated always as identity primary key, reference text, exchange jsonb)`,
  );
}

function counting({ context }: Place, target: BareTarget, count: number) {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let left = count;
  const one = async (reference: string) => {
    const answer = await target.post(reference);
    await context.pool.query(`insert into bare_log (reference, exchange) values ($1, $2)`, [
      reference,
      JSON.stringify({ request: JSON.parse(target.body), answer: JSON.parse(answer) }),
    ]);
    left -= 1;
    if (left === 0) resolve();
  };
  return { done, one };
}
