/**
 * A world of one's own for a test: the real service on a real database, a company, and two accounting
 * systems it can be connected to: the plain-text journal and the sandbox, which misbehaves on order.
 *
 *     const world = await startWorld();
 *     afterAll(() => world.stop());
 *     const books = await world.connectJournal();
 *     const bill = await world.addBill({ number: '1001' });
 *     await world.settled(bill.id);
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { z } from 'zod';
import { type Client, createClient } from '../../src/client/client.ts';
import type { BillShape, billInput } from '../../src/contract/bill-shapes.ts';
import type {
  AttemptShape,
  CompanyShape,
  ConnectionShape,
  PostingShape,
  RulesShape,
} from '../../src/contract/sync-shapes.ts';
import type { EngineTiming } from '../../src/engine/engine.ts';
import {
  type SandboxSystem,
  type SandboxSystemOptions,
  startSandboxSystem,
} from '../../src/sdk/testing/sandbox-system.ts';
import { type Service, startService } from '../../src/service/service.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface World {
  /** Stops the service and starts it again, at another address, on the same data. */
  restart(): Promise<void>;
  readonly service: Service;
  readonly client: Client;
  readonly database: TestDatabase;
  readonly company: CompanyShape;
  /** The journal's folder. */
  readonly folder: string;
  /** The client of another person. */
  as(person: string): Client;
  sandbox(options?: SandboxSystemOptions): Promise<SandboxSystem>;
  connectJournal(
    rules?: Partial<RulesShape>,
    settings?: Record<string, unknown>,
  ): Promise<ConnectionShape>;
  connectSandbox(
    rules?: Partial<RulesShape>,
    settings?: Record<string, unknown>,
  ): Promise<ConnectionShape>;
  addBill(bill?: Partial<z.input<typeof billInput>>): Promise<BillShape>;
  postings(billId: string): Promise<PostingShape[]>;
  /** Newest first. */
  attempts(billId: string): Promise<AttemptShape[]>;
  /** Waits until nothing of the bill is waiting, syncing or retrying; throws after `ms`. */
  settled(billId: string, ms?: number): Promise<PostingShape[]>;
  /** Waits until a posting is as wanted; throws with what it was at last. */
  until<T>(look: () => Promise<T>, isSo: (value: T) => boolean, ms?: number): Promise<T>;
  stop(): Promise<void>;
}

/** Quick rules: no quiet time, so that tests needn't wait for it. */
const RULES: Partial<RulesShape> = {
  defaultAccount: '5010',
  paymentAccount: '5820',
  quietMs: 0,
  quietAtMostMs: 0,
  // Nobody looks unasked, so that a test sees only what it asked for.
  reconcileNightly: false,
};

export const JOURNAL_RULES: Partial<RulesShape> = {
  ...RULES,
  defaultAccount: 'Omkostninger:Diverse',
  paymentAccount: 'Aktiver:Bank',
};

export async function startWorld(timing: Partial<EngineTiming> = {}): Promise<World> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'spor-world-'));
  const start = () =>
    startService(
      {
        host: '127.0.0.1',
        port: 0,
        dataDirectory: join(folder, 'data'),
        databaseUrl: database.url,
        databaseConnections: 20,
        worker: true,
        sample: false,
        logLevel: 'silent',
        largestImportBytes: 20 * 1024 * 1024,
        person: 'Bogholderen',
      },
      {
        logger: pino({ level: process.env['SPOR_TEST_LOG'] ?? 'silent' }),
        phase: () => {},
        timing: { pollMs: 100, ...timing },
      },
    );
  let service = await start();
  const as = (person: string) =>
    createClient({
      baseUrl: '',
      person: () => person,
      language: () => 'da',
      // The address changes when the service is restarted.
      fetch: (path, init) => fetch(`${service.url}${path as string}`, init),
    });
  const client = as('Bogholderen');
  const company = await client.createCompany({ body: { name: 'Prøve ApS' } });
  const params = { companyId: company.id };
  const systems: SandboxSystem[] = [];
  let numbers = 0;

  const world: World = {
    get service() {
      return service;
    },
    async restart() {
      await service.stop();
      service = await start();
    },
    client,
    database,
    company,
    folder: join(folder, 'regnskab'),
    as,
    async sandbox(options = {}) {
      const system = await startSandboxSystem({ tokenLastsMs: 600_000, ...options });
      systems.push(system);
      return system;
    },
    connectJournal: (rules = {}, settings = {}) =>
      client.createConnection({
        params,
        body: {
          connector: 'journal',
          name: 'Regnskab',
          settings: { folder: join(folder, 'regnskab'), ...settings },
          rules: { ...JOURNAL_RULES, ...rules },
        },
      }),
    async connectSandbox(rules = {}, settings = {}) {
      const system = systems.at(-1) ?? (await world.sandbox());
      const { url: baseUrl, clientId, clientSecret } = system;
      return client.createConnection({
        params,
        body: {
          connector: 'sandbox',
          name: 'Sandkassen',
          // Nothing arrives late in a sandbox, unless a test makes it.
          settings: { baseUrl, clientId, clientSecret, arrivesWithinMs: 0, ...settings },
          rules: { ...RULES, ...rules },
        },
      });
    },
    async addBill(bill = {}) {
      numbers += 1;
      const added = await client.addBill({
        params,
        body: {
          number: `F-${1000 + numbers}`,
          supplier: { name: 'Kontorlageret Demo A/S', vatNumber: 'DK98250107', country: 'DK' },
          issuedOn: '2026-11-02',
          dueOn: '2026-11-30',
          currency: 'DKK',
          lines: [
            {
              description: 'Papir',
              net: '100.00',
              vat: '25.00',
              vatCategory: 'S',
              vatPercent: '25',
            },
          ],
          ...bill,
        },
      });
      return added.bill;
    },
    postings: async (billId) =>
      (await client.listPostings({ params: { ...params, billId } })).items,
    attempts: async (billId) =>
      (await client.listAttempts({ params: { ...params, billId }, query: { limit: 200 } })).items,
    settled: (billId, ms = 60_000) =>
      world.until(
        () => world.postings(billId),
        (postings) =>
          postings.length > 0 &&
          !postings.some(({ state }) =>
            ['waiting', 'syncing', 'retrying', 'uncertain'].includes(state),
          ),
        ms,
      ),
    async until(look, isSo, ms = 60_000) {
      const giveUpAt = performance.now() + ms;
      for (;;) {
        const value = await look();
        if (isSo(value)) return value;
        if (performance.now() > giveUpAt) {
          throw new Error(`Not so after ${ms} ms; at last: ${JSON.stringify(value, null, 2)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async stop() {
      await service.stop();
      await Promise.all(systems.map((system) => system.close()));
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}
