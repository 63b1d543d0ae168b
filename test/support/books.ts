/**
 * For tests of the engine: a company of its own in a test's world, connected to a sandbox system of
 * its own, so that tests share a service and a database and yet nothing they look at.
 */
import type { z } from 'zod';
import { createClient, type Client } from '../../src/client/client.ts';
import type { BillEdit, BillShape, billInput } from '../../src/contract/bill-shapes.ts';
import type {
  AttemptShape,
  ConnectionShape,
  PostingShape,
  RulesShape,
} from '../../src/contract/sync-shapes.ts';
import {
  type SandboxSystem,
  type SandboxSystemOptions,
  startSandboxSystem,
} from '../../src/sdk/testing/sandbox-system.ts';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import type { EngineTiming } from '../../src/engine/engine.ts';
import { type Service, startService } from '../../src/service/service.ts';
import type { World } from './world.ts';

export interface Books {
  readonly companyId: string;
  readonly system: SandboxSystem;
  readonly connection: ConnectionShape;
  /** Of the sandbox's person. */
  readonly client: Client;
  addBill(bill?: Partial<z.input<typeof billInput>>): Promise<BillShape>;
  edit(billId: string, body: BillEdit): Promise<BillShape>;
  pay(billId: string, amount: string): Promise<BillShape>;
  /** As a person does. */
  resync(billId: string, posting?: PostingShape['kind']): Promise<unknown>;
  editConnection(body: Parameters<Client['editConnection']>[0]['body']): Promise<ConnectionShape>;
  /** As a person does, of the connection while it is paused. */
  tryNow(): Promise<ConnectionShape>;
  lane(): Promise<ConnectionShape['lane']>;
  postings(billId: string): Promise<PostingShape[]>;
  invoice(billId: string): Promise<PostingShape>;
  /** Oldest first. */
  attempts(billId: string): Promise<AttemptShape[]>;
  /** Of the attempts, oldest first: `created`, `failed: period-locked`, null while under way. */
  outcomes(billId: string): Promise<(string | null)[]>;
  /** Waits until every posting of the bill is in one of these states. */
  reach(billId: string, ...states: PostingShape['state'][]): Promise<PostingShape[]>;
}

export async function openBooks(
  world: World,
  given: {
    rules?: Partial<RulesShape>;
    system?: SandboxSystemOptions;
    settings?: Record<string, unknown>;
    /** Another service on the same database. */
    url?: string;
  } = {},
): Promise<Books> {
  const client = clientOf(given.url ?? world.service.url);
  const company = await client.createCompany({ body: { name: 'Prøve ApS' } });
  const system = await startSandboxSystem({ tokenLastsMs: 600_000, ...given.system });
  systems.push(system);
  const { url: baseUrl, clientId, clientSecret } = system;
  const connection = await client.createConnection({
    params: { companyId: company.id },
    body: {
      connector: 'sandbox',
      name: 'Sandkassen',
      // Nothing arrives late in a sandbox, unless a test makes it.
      settings: { baseUrl, clientId, clientSecret, arrivesWithinMs: 0, ...given.settings },
      rules: {
        defaultAccount: '5010',
        paymentAccount: '5820',
        quietMs: 0,
        quietAtMostMs: 0,
        // Nobody looks unasked, so that a test sees only what it asked for.
        reconcileNightly: false,
        ...given.rules,
      },
    },
  });
  return booksOf(world, client, company.id, system, connection);
}

/** The same books, seen through another service. */
export function through(world: World, url: string, books: Books): Books {
  return booksOf(world, clientOf(url), books.companyId, books.system, books.connection);
}

function clientOf(baseUrl: string): Client {
  return createClient({ baseUrl, person: () => 'Bogholderen', language: () => 'da' });
}

function booksOf(
  world: World,
  client: Client,
  companyId: string,
  system: SandboxSystem,
  connection: ConnectionShape,
): Books {
  const at = (billId: string) => ({ params: { companyId, billId } });
  const ofConnection = { params: { companyId, connectionId: connection.id } };
  let numbers = 1000;
  const books: Books = {
    companyId,
    system,
    connection,
    client,
    async addBill(bill = {}) {
      numbers += 1;
      const added = await client.addBill({
        params: { companyId },
        body: {
          number: `F-${numbers}`,
          supplier: { name: 'Kontorlageret Demo A/S', vatNumber: 'DK98250107', country: 'DK' },
          issuedOn: '2026-11-02',
          dueOn: '2026-11-30',
          currency: 'DKK',
          lines: [{ description: 'Papir', net: '100.00', vat: '25.00', vatPercent: '25' }],
          ...bill,
        },
      });
      return added.bill;
    },
    edit: (billId, body) => client.editBill({ ...at(billId), body }),
    pay: (billId, amount) =>
      client.payBill({ ...at(billId), body: { amount, paidOn: '2026-11-20' } }),
    resync: (billId, posting) =>
      client.resync({
        ...at(billId),
        body: { connectionId: connection.id, posting: posting ?? 'supplier-invoice' },
      }),
    editConnection: (body) => client.editConnection({ ...ofConnection, body }),
    tryNow: () => client.resumeConnection(ofConnection),
    lane: async () => (await client.getConnection(ofConnection)).lane,
    postings: async (billId) => (await client.listPostings(at(billId))).items,
    invoice: async (billId) =>
      (await books.postings(billId)).find(({ kind }) => kind === 'supplier-invoice')!,
    attempts: async (billId) =>
      (await client.listAttempts({ ...at(billId), query: { limit: 200 } })).items.toReversed(),
    outcomes: async (billId) =>
      (await books.attempts(billId)).map(({ outcome, failure }) =>
        failure ? `${outcome}: ${failure.code}` : outcome,
      ),
    reach: (billId, ...states) =>
      world.until(
        () => books.postings(billId),
        (postings) => postings.length > 0 && postings.every(({ state }) => states.includes(state)),
      ),
  };
  return books;
}

/** A second service on a world's database, with the same key: as another machine would be. */
export function startAnother(
  world: World,
  timing: Partial<EngineTiming> = {},
  logger = pino({ level: process.env['SPOR_TEST_LOG'] ?? 'silent' }),
): Promise<Service> {
  return startService(
    {
      host: '127.0.0.1',
      port: 0,
      dataDirectory: join(dirname(world.folder), 'data'),
      databaseUrl: world.database.url,
      databaseConnections: 20,
      worker: true,
      sample: false,
      logLevel: 'silent',
      largestImportBytes: 1024,
      person: 'Bogholderen',
    },
    {
      logger,
      phase: () => {},
      timing: { pollMs: 100, ...timing },
    },
  );
}

const systems: SandboxSystem[] = [];

/** After a file's tests; before the world is stopped, so that nothing waits for an answer. */
export async function closeBooks(): Promise<void> {
  await Promise.all(systems.splice(0).map((system) => system.close()));
}
