/**
 * Many workers on one database, for tests: a PostgreSQL of their own that may be killed, workers as
 * processes that may be killed, stopped and cut off, an API without a worker, one accounting system.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { type Client, createClient } from '../../src/client/client.ts';
import { startSandboxSystem } from '../../src/sdk/testing/sandbox-system.ts';
import { startService } from '../../src/service/service.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { openPool, type Pool } from '../../src/store/pool.ts';
import { verifyChain } from '../../src/store/verify-chain.ts';
import { bundleAll, NODE } from './crash-bundle.ts';
import { CRASH_TIMING } from './crash-timing.ts';

const WORKER = 'test/support/cluster-worker.ts';

export type Fate = '' | 'killed' | 'stopped' | 'slow';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
}

export interface Member {
  readonly process: ChildProcess;
  readonly log: readonly LogLine[];
  /** Resolves when it is at the worst moment (`cluster-worker.ts`). */
  readonly beforeSend: Promise<void>;
  /** In good order; waits for it. */
  stop(): Promise<void>;
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>;

export async function startCluster() {
  const folder = await mkdtemp(join(tmpdir(), 'spor-cluster-'));
  // As root, the server runs as another user, who must get to its files.
  await chmod(folder, 0o711);
  const data = join(folder, 'data');
  const bundle = await bundleAll([WORKER]);
  const launch = () =>
    startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      log: () => {},
      settings: { max_connections: '60' },
    });
  let postgres: EmbeddedPostgres = await launch();
  const { url } = postgres;
  const system = await startSandboxSystem({ tokenLastsMs: 600_000, journal: 100_000 });
  const apiLog: LogLine[] = [];
  const service = await startService(
    {
      host: '127.0.0.1',
      port: 0,
      dataDirectory: data,
      databaseUrl: url,
      databaseConnections: 10,
      worker: false,
      sample: false,
      logLevel: 'info',
      largestImportBytes: 1024,
      person: 'Bogholderen',
    },
    { logger: pino({}, linesInto(apiLog)), phase: () => {}, timing: CRASH_TIMING },
  );
  const client = createClient({ baseUrl: service.url, person: () => 'Bogholderen' });
  const pool = await openPool(url, { applicationName: 'spor tests', max: 3 });
  const members = new Set<Member>();
  let numbers = 0;

  async function worker(given: { fate?: Fate; url?: string } = {}): Promise<Member> {
    const child = spawn(NODE, [bundle.fileOf(WORKER), data, given.fate ?? ''], {
      env: {
        ...process.env,
        DATABASE_URL: given.url ?? url,
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    const log: LogLine[] = [];
    const { promise: up, resolve: isUp } = Promise.withResolvers<void>();
    const { promise: beforeSend, resolve: isBeforeSend } = Promise.withResolvers<void>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { told } = JSON.parse(line) as { told: string };
      if (told === 'up') isUp();
      else isBeforeSend();
    });
    const keep = linesInto(log);
    createInterface({ input: child.stderr }).on('line', (line) => keep.write(line));
    const member: Member = {
      process: child,
      log,
      beforeSend,
      async stop() {
        members.delete(member);
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        await exited;
      },
    };
    members.add(member);
    const ended = exited.then(() => {
      throw new Error(`A worker ended: ${JSON.stringify(log.at(-1))}`);
    });
    ended.catch(() => {});
    await Promise.race([up, ended]);
    return member;
  }

  async function company(): Promise<Company> {
    const { id: companyId } = await client.createCompany({ body: { name: 'Prøve ApS' } });
    const { url: baseUrl, clientId, clientSecret } = system;
    await client.createConnection({
      params: { companyId },
      body: {
        connector: 'sandbox',
        name: 'Sandkassen',
        settings: { baseUrl, clientId, clientSecret, concurrent: 2, arrivesWithinMs: 0 },
        rules: {
          defaultAccount: '5010',
          paymentAccount: '5820',
          quietMs: 0,
          quietAtMostMs: 0,
          reconcileNightly: false,
        },
      },
    });
    return companyOf(client, companyId, () => `K-${++numbers}`);
  }

  return {
    folder,
    url,
    pool,
    system,
    apiLog,
    client,
    worker,
    company,
    members: () => [...members],
    /** Begins it again, after it was ended in whatever way. */
    async restartPostgres() {
      await postgres.stop().catch(() => {});
      postgres = await launch();
    },
    async killPostgres() {
      const [pid] = (await readFile(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8')).split(
        '\n',
      );
      process.kill(Number(pid), 'SIGKILL');
      await postgres.lost;
    },
    async endWorkers() {
      await Promise.all([...members].map((member) => member.stop()));
    },
    async stop() {
      await Promise.all([...members].map((member) => member.stop()));
      await service.stop();
      await pool.end();
      await system.close();
      await postgres.stop();
      await bundle.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Company {
  readonly id: string;
  add(count: number): Promise<string[]>;
  /** Waits until all of them are in the books and in step. */
  inStep(): Promise<void>;
  /** What is wrong with the log: attempts of one posting that overlap, a chain that is broken. */
  faults(pool: Pool): Promise<unknown[]>;
}

function companyOf(client: Client, companyId: string, number: () => string): Company {
  const bills: string[] = [];
  return {
    id: companyId,
    async add(count) {
      for (let added = 0; added < count; added++) {
        const { bill } = await client.addBill({
          params: { companyId },
          body: {
            number: number(),
            // All keep their books in one system, where another company's supplier may just be made.
            supplier: { name: `Kontorlageret Demo ${companyId} A/S` },
            issuedOn: '2026-11-02',
            currency: 'DKK',
            lines: [{ description: 'Papir', net: '100.00', vat: '25.00' }],
          },
        });
        bills.push(bill.id);
      }
      return bills.slice(-count);
    },
    async inStep() {
      for (const billId of bills) {
        await until(
          async () => {
            const { items } = await client.listPostings({ params: { companyId, billId } });
            return items.map(({ state }) => state).join();
          },
          (state) => state === 'in-step',
        );
      }
    },
    async faults(pool) {
      const { rows } = await pool.query(
        `select a.attempt_id, b.attempt_id
         from attempts a
         join attempts b on b.company_id = a.company_id and b.posting_id = a.posting_id
           and b.attempt_id > a.attempt_id
         left join attempt_results r on r.company_id = a.company_id and r.attempt_id = a.attempt_id
         where a.company_id = $1 and (r.closed_at is null or r.closed_at > b.opened_at)`,
        [companyId],
      );
      const broken = await verifyChain(pool, companyId);
      return broken ? [...rows, broken] : rows;
    },
  };
}

/** Waits until something is so, through whatever fails meanwhile. */
export async function until<T>(
  look: () => Promise<T>,
  isSo: (value: T) => boolean,
  ms = 60_000,
): Promise<T> {
  const giveUpAt = performance.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      const value = await look();
      if (isSo(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > giveUpAt)
      throw new Error(`Not so after ${ms} ms; at last: ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A line to the database that can be cut: what is sent is kept back, as a network does that is broken. */
export async function openLine(url: string): Promise<{
  readonly url: string;
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}> {
  const address = new URL(url);
  const socketPath = join(address.searchParams.get('host')!, `.s.PGSQL.${address.port || 5432}`);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(socketPath);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isCut) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address.search = '';
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  return {
    url: address.href,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    heal() {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function linesInto(log: LogLine[]) {
  return {
    write(line: string) {
      try {
        log.push(JSON.parse(line) as LogLine);
      } catch {
        log.push({ level: 60, msg: line });
      }
    },
  };
}
