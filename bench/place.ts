/**
 * Where a benchmark runs: a PostgreSQL of its own with every write durable, and the sandbox system in
 * a process of its own, so that what is measured shares no event loop with its target.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { systemClock, systemTimers, timeOrderedIds } from '../src/core/clock.ts';
import { inPages } from '../src/core/random-bytes.ts';
import { DEFAULT_RULES } from '../src/core/rules.ts';
import { sandbox } from '../src/connectors/sandbox/index.ts';
import { createConnection } from '../src/engine/connect.ts';
import { DEFAULT_TIMING, type EngineContext } from '../src/engine/engine.ts';
import { createOutages } from '../src/engine/outages.ts';
import { postgresStore } from '../src/engine/postgres-store.ts';
import { addBill, type NewBill } from '../src/engine/record-change.ts';
import type { Connector } from '../src/sdk/connector.ts';
import { type Company, insertCompany } from '../src/store/companies.ts';
import { type Connection, setReplan } from '../src/store/connections.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { migrate } from '../src/store/migrate.ts';
import { ensurePartitions } from '../src/store/partitions.ts';
import { openPool, transaction } from '../src/store/pool.ts';
import { createVault } from '../src/store/secrets.ts';

export interface Place {
  readonly context: EngineContext;
  readonly targetUrl: string;
  readonly databaseUrl: string;
  company(name: string): Promise<Company>;
  /** Of a company that has no bills yet. */
  connect(company: Company, concurrent: number): Promise<Connection>;
  /** Adds bills as any change does: bill, activity and wish in one transaction each. */
  addBills(company: Company, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** `targetUrl`: a target the benchmark has started itself. */
export async function openPlace(given: { targetUrl?: string } = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'spor-bench-'));
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    log: () => {},
  });
  const pool = await openPool(postgres.url, { applicationName: 'spor bench', max: 20 });
  await migrate(pool);
  await ensurePartitions(pool, systemClock.now());
  const target = given.targetUrl ? { url: given.targetUrl, process: null } : await startTarget();
  const logger = pino({ level: process.env['SPOR_LOG_LEVEL'] ?? 'warn' });
  const context: EngineContext = {
    pool,
    store: postgresStore(pool),
    clock: systemClock,
    timers: systemTimers,
    ids: timeOrderedIds(systemClock, inPages(randomBytes)),
    random: Math.random,
    vault: createVault(randomBytes(32)),
    connectors: new Map([[sandbox.id, sandbox as unknown as Connector]]),
    logger,
    outages: createOutages({ logger, timers: systemTimers, ask: () => pool.query('select 1') }),
    timing: DEFAULT_TIMING,
  };
  let numbers = 0;
  return {
    context,
    targetUrl: target.url,
    databaseUrl: postgres.url,
    async company(name) {
      const company = {
        id: context.ids.next(),
        name,
        baseCurrency: 'DKK',
        createdAt: systemClock.now(),
      };
      await insertCompany(pool, company);
      return company;
    },
    async connect(company, concurrent) {
      const settings = {
        baseUrl: target.url,
        clientId: 'sandbox-client',
        clientSecret: 'sandbox-secret-4711',
        concurrent,
      };
      const rules = {
        ...DEFAULT_RULES,
        defaultAccount: '3600',
        paymentAccount: '5820',
        quietMs: 0,
        quietAtMostMs: 0,
      };
      return transaction(pool, async (db) => {
        const recording = { ...context, db, actor: 'bench' };
        const made = await createConnection(context, recording, {
          company,
          connector: 'sandbox',
          name: 'Sandbox',
          settings,
          rules,
        });
        // There are no bills yet: nothing to plan.
        await setReplan(db, company.id, made.id, null);
        return made;
      });
    },
    async addBills(company, count) {
      let left = count;
      const one = async () => {
        while (left-- > 0) {
          const given = sampleBill(`B-${++numbers}`);
          await transaction(pool, (db) =>
            addBill({ ...context, db, actor: 'bench' }, company.id, given),
          );
        }
      };
      await Promise.all(Array.from({ length: 16 }, one));
    },
    async stop() {
      target.process?.kill('SIGKILL');
      await pool.end();
      await postgres.stop();
      // As root the database is elsewhere, and the folder has a link to it.
      await rm(await realpath(join(folder, 'postgres/cluster')), { recursive: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A bill of five lines and a note: an exchange of about 2 KB. */
export function sampleBill(number: string): NewBill {
  const line = (id: string) => ({
    id,
    kind: 'line' as const,
    description: `Papir, kuverter og andet til kontoret, linje ${id}`,
    netMinor: 12_345,
    vatMinor: 3_086,
    vatCategory: 'S' as const,
    vatPercent: '25',
    vatCode: 'I25',
    category: null,
    department: 'ADMIN',
    project: 'P-100',
  });
  return {
    attachments: [],
    notices: [],
    details: {
      kind: 'invoice',
      number,
      supplier: { name: 'Kontorlageret Demo A/S', vatNumber: 'DK98250107', country: 'DK' },
      issuedOn: '2026-11-02',
      dueOn: '2026-11-30',
      currency: 'DKK',
      lines: ['1', '2', '3', '4', '5'].map(line),
      roundingMinor: 0,
      prepaidMinor: 0,
      note: 'Leveret til bagdøren; tak for handlen. Betales som aftalt inden den første i måneden.',
      department: null,
      project: null,
      paymentMeans: [],
    },
  };
}

async function startTarget(): Promise<{ process: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('./target.ts', import.meta.url));
  const process_ = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(process_.stdout, 'data')) as [Buffer];
  return { process: process_, url: chunk.toString('utf8').trim() };
}
