/**
 * A bill's newest 50 attempts over the HTTP API, in a company of 100 bills and in one of 100,000 bills
 * and 1,000,000 attempts; and the list of bills with its filters.
 */
import { createClient } from '../src/client/client.ts';
import { createApp } from '../src/http/app.ts';
import { startLiveHub } from '../src/http/live.ts';
import { median, ms, percentile, print } from './figures.ts';
import { fillLog } from './fill-log.ts';
import { openPlace } from './place.ts';

const LOOKS = 200;
const LARGE_BILLS = Number(process.env['BENCH_BILLS'] ?? 100_000);

const place = await openPlace();
try {
  const small = await fillLog(place, 'small', 100, 10);
  const startedMs = performance.now();
  const large = await fillLog(place, 'large', LARGE_BILLS, 10);
  const filledMs = performance.now() - startedMs;
  const live = await startLiveHub(place.context.pool);
  const app = createApp({
    engine: place.context,
    live,
    version: 'bench',
    defaultPerson: 'bench',
    largestImportBytes: 1,
    webDirectory: null,
  });
  // The app itself, without a socket in between.
  const client = createClient({
    baseUrl: 'http://localhost',
    fetch: async (url, init) => app.request(url, { ...init, headers: withHost(init?.headers) }),
  });
  const looks = async (look: (index: number) => Promise<unknown>) => {
    await look(0);
    const took: number[] = [];
    for (let index = 0; index < LOOKS; index += 1) {
      const beganMs = performance.now();
      await look(index);
      took.push(performance.now() - beganMs);
    }
    return took;
  };
  const log = (given: { companyId: string; billIds: readonly string[] }) =>
    looks((index) =>
      client.listAttempts({
        params: {
          companyId: given.companyId,
          billId: given.billIds[(index * 7919) % given.billIds.length]!,
        },
        query: { limit: 50 },
      }),
    );
  const [smallLog, largeLog] = [await log(small), await log(large)];
  const list = (companyId: string, query: object) =>
    looks(() => client.listBills({ params: { companyId }, query }));
  const smallList = await list(small.companyId, {});
  const largeList = await list(large.companyId, {});
  const failedList = await list(large.companyId, { sync: 'failed' });
  const noneList = await list(large.companyId, { sync: 'uncertain' });
  const overview = await looks(() => client.overview({ params: { companyId: large.companyId } }));
  const { rows } = await place.context.pool.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(relid))::bigint as bytes
     from pg_stat_user_tables
     where relname ~ '^(attempts|attempt_writes|attempt_results)_'`,
  );
  const row = (values: readonly number[]) =>
    `p50 ${ms(median(values))}   p99 ${ms(percentile(values, 0.99))}`;
  print(
    `The log at ${LARGE_BILLS} bills and ${LARGE_BILLS * 10} attempts (filled in ${(filledMs / 1000).toFixed(0)} s)`,
    [
      ["a bill's newest attempts, of 1,000", row(smallLog)],
      [`a bill's newest attempts, of ${LARGE_BILLS * 10}`, row(largeLog)],
      ['ratio, p50', (median(largeLog) / median(smallLog)).toFixed(2)],
      ['list of bills, of 100', row(smallList)],
      [`list of bills, of ${LARGE_BILLS}`, row(largeList)],
      ['list of failed bills', row(failedList)],
      ['list of bills in a state that none has', row(noneList)],
      ['counts by state', row(overview)],
      [
        'bytes an attempt, with indexes',
        String(Math.round(rows[0]!.bytes / (LARGE_BILLS * 10 + 1_000))),
      ],
    ],
  );
  await live.stop();
} finally {
  await place.stop();
}

function withHost(headers: HeadersInit | undefined): Headers {
  const all = new Headers(headers);
  all.set('host', 'localhost');
  return all;
}
