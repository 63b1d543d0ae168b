/**
 * Many workers on one database: whatever becomes of one of them, or of the database, it writes nothing it
 * may not, another goes on, and each bill is in the books once. Real processes, a real PostgreSQL.
 */
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type Cluster,
  type Company,
  type Fate,
  type LogLine,
  openLine,
  startCluster,
  until,
} from '../support/cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.endWorkers());
afterAll(() => cluster.stop());

const invoicesSent = () =>
  cluster.system.received.filter(
    ({ method, path }) => method === 'POST' && path === '/supplier-invoices',
  ).length;

async function allIsWell(companies: readonly Company[]): Promise<void> {
  for (const company of companies) {
    await company.inStep();
    expect(await company.faults(cluster.pool)).toEqual([]);
  }
  expect(cluster.system.books.counts().duplicates).toEqual([]);
}

/** What a log says of the database's outages. */
const outages = (log: readonly LogLine[]) =>
  log.flatMap(({ msg }) => {
    if (msg.startsWith('the database fails')) return ['fails'];
    return msg.startsWith('the database answers again') ? ['answers'] : [];
  });
const errors = (log: readonly LogLine[]) =>
  log.filter(({ level, msg }) => level >= 50 && !msg.startsWith('the database fails'));
const outageIsOver = (log: readonly LogLine[]) =>
  until(
    async () => outages(log).at(-1),
    (last) => last === 'answers',
  );

test.each<[Exclude<Fate, ''>, string]>([
  ['killed', 'is killed'],
  ['stopped', 'is stopped beyond its lease and goes on'],
  ['slow', 'is slow beyond its lease'],
])(
  'A worker that %s between its last look at the lease and the bytes leaving sends nothing',
  async (fate) => {
    const company = await cluster.company();
    const before = invoicesSent();
    const first = await cluster.worker({ fate });
    await company.add(1);
    await first.beforeSend;
    const second = await cluster.worker();
    await company.inStep();
    expect(invoicesSent()).toBe(before + 1);
    if (fate !== 'killed') {
      // It goes on where it was, and then with what is there by now.
      first.process.kill('SIGCONT');
      await second.stop();
      await company.add(1);
      await company.inStep();
      expect(invoicesSent()).toBe(before + 2);
    }
    await allIsWell([company]);
  },
);

test('A worker that is cut off from the database loses its lanes, and works again when the line is mended', async () => {
  const line = await openLine(cluster.url);
  try {
    const companies = [await cluster.company(), await cluster.company()];
    const first = await cluster.worker({ url: line.url });
    const before = invoicesSent();
    const adding = Promise.all(companies.map((company) => company.add(15)));
    await until(
      async () => invoicesSent() - before,
      (sent) => sent > 3,
    );
    line.cut();
    await adding;
    const second = await cluster.worker();
    await allIsWell(companies);
    line.heal();
    await second.stop();
    await Promise.all(companies.map((company) => company.add(2)));
    await allIsWell(companies);
    expect(errors(first.log)).toEqual([]);
  } finally {
    await line.close();
  }
});

test('When PostgreSQL is killed or restarted, workers and API wait, tell it once, and lose nothing', async () => {
  const companies = [await cluster.company(), await cluster.company()];
  const workers = [await cluster.worker(), await cluster.worker()];
  await Promise.all(companies.map((company) => company.add(10)));
  await cluster.killPostgres();
  await until(
    async () => workers.map(({ log }) => outages(log).at(-1)).join(),
    (told) => told === 'fails,fails',
  );
  await expect(companies[0]!.add(1)).rejects.toMatchObject({ problem: { status: 503 } });
  await cluster.restartPostgres();
  await allIsWell(companies);
  for (const { log } of workers) await outageIsOver(log);
  await cluster.restartPostgres();
  await Promise.all(companies.map((company) => company.add(3)));
  await allIsWell(companies);
  for (const { log } of workers) {
    await outageIsOver(log);
    expect(errors(log)).toEqual([]);
    expect(outages(log).length).toBeLessThanOrEqual(4);
  }
  expect(errors(cluster.apiLog)).toEqual([]);
});

test('When others have taken all connections, a worker tells it once and goes on when there are some', async () => {
  const company = await cluster.company();
  const { log } = await cluster.worker();
  const others: Client[] = [];
  const take = async () => {
    for (;;) {
      const other = new Client({ connectionString: cluster.url });
      other.on('error', () => {});
      try {
        await other.connect();
      } catch (error) {
        expect(error).toMatchObject({ code: '53300' });
        return;
      }
      others.push(other);
    }
  };
  // Kept: soon there are none to be had.
  const own = await cluster.pool.connect();
  try {
    await take();
    // Its own are gone, and taken at once by others.
    await own.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'spor'`,
    );
    await take();
  } finally {
    own.release();
  }
  await until(
    async () => outages(log),
    (told) => told.length > 0,
  );
  await Promise.all(others.map((other) => other.end()));
  await outageIsOver(log);
  await company.add(2);
  await allIsWell([company]);
  expect(errors(log)).toEqual([]);
});

test('When the disk of the database is full, a worker tells it once and goes on when there is room', async () => {
  const company = await cluster.company();
  const { log } = await cluster.worker();
  // PostgreSQL's own words and code for it.
  await cluster.pool.query(`
    create function no_room() returns trigger language plpgsql as $$
      begin
        raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
      end
    $$;
    create trigger no_room before insert on attempt_results execute function no_room()`);
  const before = invoicesSent();
  await company.add(5);
  await until(
    async () => outages(log),
    (told) => told.length > 0,
  );
  await cluster.pool.query('drop function no_room cascade');
  await allIsWell([company]);
  await outageIsOver(log);
  expect(outages(log)).toEqual(['fails', 'answers']);
  expect(errors(log)).toEqual([]);
  expect(invoicesSent()).toBe(before + 5);
});

test('Two workers share twenty connections', async () => {
  const companies: Company[] = [];
  for (let number = 0; number < 20; number++) companies.push(await cluster.company());
  cluster.system.faults.atRandom({
    seed: 1,
    probability: 1,
    faults: [{ kind: 'delay', delayMs: 100, on: 'write' }],
  });
  const owners = new Set<string>();
  await Promise.all([cluster.worker(), cluster.worker()]);
  await until(
    async () => {
      const { rows } = await cluster.pool.query<{ owner: string }>(
        'select distinct lease_owner as owner from lanes where lease_owner is not null',
      );
      for (const { owner } of rows) owners.add(owner);
      // As long as there is always something to do, a lane is given to whoever has none.
      if (owners.size < 2) await Promise.all(companies.map((company) => company.add(1)));
      return owners.size;
    },
    (count) => count >= 2,
  );
  cluster.system.faults.calm();
  await allIsWell(companies);
});
