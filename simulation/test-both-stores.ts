/** For the test that holds the model against PostgreSQL: the same things done to both. */
import { canonicalJson } from '../src/core/canonical.ts';
import { timeOrderedIds } from '../src/core/clock.ts';
import { EditRefused } from '../src/core/bill-edits.ts';
import type { Bill } from '../src/core/bill.ts';
import { editConnection } from '../src/engine/connect.ts';
import type { EngineStore } from '../src/engine/engine-store.ts';
import { postgresStore } from '../src/engine/postgres-store.ts';
import { keepInTarget, type Keeping } from '../src/engine/keep-in-target.ts';
import { addBill, changeBill, type Edit } from '../src/engine/record-change.ts';
import { resync, type ResyncRequest } from '../src/engine/resync.ts';
import type { LogBatchResult } from '../src/store/attempt-log.ts';
import { insertCompany } from '../src/store/companies.ts';
import { insertConnection } from '../src/store/connections.ts';
import { type Pool, transaction } from '../src/store/pool.ts';
import { listPostingsOf } from '../src/store/postings.ts';
import { readReconciliations, readRows } from '../src/store/reconciliations.ts';
import { billDetails, filesOf, rulesOf } from './bills.ts';
import { bytes, stream } from './chance.ts';
import { BEGINNING } from './machine.ts';
import type { ModelReconciliations } from './model-reconciliations.ts';
import { createModelStore, type ModelStore } from './model-store.ts';
import { emptyTables, type Tables } from './model-tables.ts';
import { createPeople } from './people.ts';
import { addConnection } from './run.ts';

export interface BothStores {
  readonly tables: Tables;
  readonly companyId: string;
  readonly clock: { at: Date; now(): Date };
  /** Asks both; gives the model's answer, and both as comparable text. */
  ask<K extends Exclude<keyof ModelStore, 'reconciliation'>>(
    operation: K,
    ...given: Parameters<ModelStore[K]>
  ): Promise<Asked<ReturnType<ModelStore[K]>>>;
  askReconciliation<K extends keyof ModelReconciliations>(
    operation: K,
    ...given: Parameters<ModelReconciliations[K]>
  ): Promise<Asked<ReturnType<ModelReconciliations[K]>>>;
  addBill(number: number, choice: number): Promise<void>;
  change(billId: string, edit: (id: string) => Edit): Promise<void>;
  syncAgain(request: ResyncRequest): Promise<void>;
  /** Whether there was something to decide, by the model and by PostgreSQL. */
  keepInTarget(keeping: Keeping): Promise<{ model: boolean; postgres: boolean }>;
  changeConnection(
    connectionId: string,
    edit: Parameters<ReturnType<typeof createPeople>['changeConnection']>[1],
  ): Promise<void>;
  /** Every table, as comparable text. */
  contents(): Promise<{ model: string; postgres: string }>;
}

interface Asked<T> {
  readonly answer: T | null;
  readonly model: string;
  readonly postgres: string;
}

const TABLES = `companies, bills, attachments, activity, connections, lanes, postings, remote_suppliers, attempts,
  attempt_writes, attempt_results, company_chains, reconciliations, reconciliation_rows`;

export async function openBothStores(pool: Pool, seed: number): Promise<BothStores> {
  await pool.query(`truncate ${TABLES}`);
  const clock = { at: new Date(BEGINNING), now: () => clock.at };
  // Two that give the same ids, one for each side.
  const [idsHere, idsThere] = [1, 1].map((name) => {
    const random = stream(seed, name);
    return timeOrderedIds(clock, (length) => bytes(random, length));
  }) as [ReturnType<typeof timeOrderedIds>, ReturnType<typeof timeOrderedIds>];
  const tables = emptyTables();
  const model = createModelStore(tables, () => {});
  const real: EngineStore = postgresStore(pool);
  const people = createPeople(tables, { clock, ids: idsHere, actor: 'Bogholderen' }, () => {});
  const recorded = <T>(work: (recording: Parameters<typeof addBill>[0]) => Promise<T>) =>
    transaction(pool, (db) => work({ db, clock, ids: idsThere, actor: 'Bogholderen' }));

  const companyId = idsHere.next();
  const company = { id: companyId, name: 'Prøve ApS', baseCurrency: 'DKK', createdAt: clock.at };
  tables.companies.set(companyId, company);
  await insertCompany(pool, { ...company, id: idsThere.next() });
  for (const choice of [0, 3]) {
    const id = idsHere.next();
    idsThere.next();
    addConnection(tables, id, companyId, rulesOf(choice));
    const { replanAfter: _, ...connection } = tables.connections.get(id)!;
    await insertConnection(pool, connection);
  }
  return {
    tables,
    companyId,
    clock,
    ask: (operation, ...given) => ask(operation, model, real, given),
    askReconciliation: (operation, ...given) =>
      ask(operation, model.reconciliation, real.reconciliation, given),
    async addBill(number, choice) {
      const attachments = filesOf(choice);
      people.addBill(companyId, billDetails(number, choice), attachments);
      const given = { details: billDetails(number, choice), attachments, notices: [] };
      await recorded((recording) => addBill(recording, companyId, given));
    },
    async change(billId, edit) {
      people.change(billId, edit(idsHere.next()));
      const id = idsThere.next();
      await recorded((recording) => changeBill(recording, companyId, billId, edit(id))).catch(
        (error: unknown) => {
          if (!(error instanceof EditRefused) && !isTaken(error)) throw error;
        },
      );
    },
    async syncAgain(request) {
      people.syncAgain(request);
      await recorded((recording) => resync(recording, request));
    },
    async keepInTarget(keeping) {
      const model = people.keepInTarget(keeping) !== null;
      const answer = await recorded((recording) => keepInTarget(recording, keeping));
      return { model, postgres: answer === 'kept' };
    },
    async changeConnection(connectionId, edit) {
      people.changeConnection(connectionId, edit);
      const context = {
        clock,
        ids: idsThere,
        vault: { seal: () => 'sealed', open: () => ({}) },
        connectors: anyConnector,
      };
      await recorded((recording) =>
        editConnection(context, recording, { companyId, connectionId }, edit),
      );
    },
    contents: async () => ({
      model: comparable(contentsOfModel(tables)),
      postgres: comparable(await contentsOfPostgres(pool, companyId, [...tables.bills.values()])),
    }),
  };
}

async function ask<T>(
  operation: string,
  model: object,
  real: object,
  given: readonly unknown[],
): Promise<Asked<T>> {
  type Operations<A> = Record<string, (...all: readonly unknown[]) => A>;
  const ours = attempt(operation, () => (model as Operations<unknown>)[operation]!(...given));
  const theirs = await (real as Operations<Promise<unknown>>)[operation]!(...given).then(
    (answer) => comparable(answer, operation),
    () => 'refused',
  );
  return { answer: ours.answer as T, model: ours.text, postgres: theirs };
}

const anyConnector = { get: () => ({}) } as unknown as ReadonlyMap<string, never>;

/** A number that another bill has: refused by a unique index. */
function isTaken(error: unknown): boolean {
  return (error as { code?: string }).code === '23505';
}

function attempt(operation: string, work: () => unknown): { answer: unknown; text: string } {
  try {
    const answer = work();
    return { answer, text: comparable(answer, operation) };
  } catch {
    return { answer: null, text: 'refused' };
  }
}

const IN_ORDER: ReadonlySet<string> = new Set(['claimable', 'nextBills']);

/** Sets as lists; the rows in one order where none is promised. */
function comparable(answer: unknown, operation = ''): string {
  if (answer instanceof Set) return comparable([...answer]);
  if (answer instanceof Uint8Array) return Buffer.from(answer).toString('hex');
  if (Array.isArray(answer) && !IN_ORDER.has(operation))
    return `[${answer
      .map((row) => canonicalJson(row))
      .sort()
      .join(',')}]`;
  if (typeof answer === 'object' && answer && 'opened' in answer && 'lost' in answer) {
    const { opened, writeHashes, lost } = answer as LogBatchResult;
    return canonicalJson({
      opened: Object.fromEntries(opened),
      writeHashes,
      lost: [...lost].sort(),
    });
  }
  return canonicalJson(answer);
}

function contentsOfModel(tables: Tables) {
  const byId = <T extends { id: string }>(rows: Iterable<T>) =>
    [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    postings: byId(tables.postings.values()),
    lanes: [...tables.lanes.values()].sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1)),
    bills: byId(tables.bills.values()),
    connections: byId(tables.connections.values()),
    suppliers: [...tables.remoteSuppliers].sort(([a], [b]) => (a < b ? -1 : 1)),
    reconciliations: byId(tables.reconciliations.values()).map((one) => ({
      ...one,
      rows: byId(one.rows),
    })),
    attempts: [...tables.attempts.values()]
      .map(({ attemptId, hash }) => [attemptId, hash])
      .sort((a, b) => (a < b ? -1 : 1)),
    writes: [...tables.writes.values()]
      .flat()
      .map(({ hash }) => hash)
      .sort((a, b) => (a < b ? -1 : 1)),
    results: [...tables.results.values()]
      .sort((a, b) => a.chainNumber - b.chainNumber)
      .map(({ attemptId, hash }) => [attemptId, hash]),
  };
}

async function contentsOfPostgres(pool: Pool, companyId: string, bills: readonly Bill[]) {
  const rowsOf = async (sql: string) => (await pool.query<Record<string, unknown>>(sql)).rows;
  const postings = await listPostingsOf(
    pool,
    companyId,
    bills.map(({ id }) => id),
  );
  const names = (columns: string) =>
    columns.replaceAll(/\w+/g, (name) => `${name} as "${camel(name)}"`);
  return {
    postings: postings.sort((a, b) => (a.id < b.id ? -1 : 1)),
    lanes: await rowsOf(
      `select ${names('company_id, connection_id, fence, lease_owner, lease_until, next_due_at, paused_until, pause_failure, pause_count, pace')}
       from lanes order by connection_id`,
    ),
    bills: (await rowsOf(`select document from bills order by bill_id`)).map(
      (row) => row['document'],
    ),
    connections: await rowsOf(
      `select connection_id as id, ${names('company_id, connector, name, enabled, settings, sealed_secrets, rules, books, created_at, changed_at, replan_after')}
       from connections order by connection_id`,
    ),
    suppliers: (
      await rowsOf(
        `select connection_id || '/' || supplier_key as key, remote_id from remote_suppliers`,
      )
    )
      .map((row) => [row['key'] as string, row['remote_id']] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    reconciliations: await reconciliationsOf(pool, companyId),
    attempts: (await rowsOf(`select attempt_id, hash from attempts order by 1`)).map((row) => [
      row['attempt_id'],
      row['hash'],
    ]),
    writes: (await rowsOf(`select hash from attempt_writes order by hash collate "C"`)).map(
      (row) => row['hash'],
    ),
    results: (
      await rowsOf(`select attempt_id, hash from attempt_results order by chain_number`)
    ).map((row) => [row['attempt_id'], row['hash']]),
  };
}

async function reconciliationsOf(pool: Pool, companyId: string) {
  const all = await readReconciliations(pool, companyId, { id: null, before: null, limit: 1_000 });
  const dues = await pool.query<{ id: string; dueAt: Date | null }>(
    `select reconciliation_id as id, due_at as "dueAt" from reconciliations`,
  );
  const query = { companyId, verdict: null, after: null, limit: 10_000 };
  return Promise.all(
    all.toReversed().map(async (one) => ({
      ...one,
      dueAt: dues.rows.find(({ id }) => id === one.id)!.dueAt,
      rows: await readRows(pool, { ...query, reconciliationId: one.id }),
    })),
  );
}

function camel(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
