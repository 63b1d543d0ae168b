/** One run: from a seed to a history, and to the first invariant that was broken, if any. */
import { timeOrderedIds } from '../src/core/clock.ts';
import type { Bill } from '../src/core/bill.ts';
import type { EngineStore } from '../src/engine/engine-store.ts';
import type { Connector } from '../src/sdk/connector.ts';
import { bytes, stream } from './chance.ts';
import { createByHand } from './by-hand.ts';
import { createChecks } from './checks.ts';
import { createCluster } from './cluster.ts';
import { createEventLoop } from './event-loop.ts';
import { createEvents, WHOLE } from './events.ts';
import { createFaults } from './faults.ts';
import { checkAtEnd, isSettled } from './final-checks.ts';
import { BEGINNING } from './machine.ts';
import { createReconciliationChecks } from './reconciliation-checks.ts';
import { createModelStore } from './model-store.ts';
import { emptyTables, type Tables } from './model-tables.ts';
import { scenarioOf } from './scenario.ts';
import { createTarget, type Target } from './target.ts';
import { SECRET } from './target-session.ts';
import { type Breach, createWatch } from './watch.ts';
import { rulesOf } from './bills.ts';

/** A mistake put in on purpose: one of the engine's protections taken away. */
export interface Plant {
  store?(store: EngineStore, tables: Tables): EngineStore;
  connector?(connector: Connector, openTransaction: (isOpen: boolean) => void): Connector;
}

export interface RunOptions {
  readonly seed: number;
  /** Nothing but these happens and goes wrong; without it, all that the seed says. */
  readonly only?: ReadonlySet<string>;
  readonly keepsHistory?: boolean;
  readonly plant?: Plant;
}

export interface Run {
  readonly seed: number;
  readonly breach: Breach | null;
  readonly history: readonly string[];
  /** The events that happened and the calls that went wrong. */
  readonly parts: readonly string[];
  readonly figures: {
    readonly happened: number;
    readonly attempts: number;
    readonly faults: number;
    readonly tookMs: number;
  };
}

/** Everything must have settled by then. */
const PATIENCE_MS = 2 * 3_600_000;

/** To be called outside promises (`outsidePromises`). */
export function run(options: RunOptions): Run {
  const { seed, only, plant = {} } = options;
  const scenario = scenarioOf(seed);
  const loop = createEventLoop();
  const watch = createWatch(() => loop.nowMs, options.keepsHistory ?? false);
  const tables = emptyTables();
  const targets = new Map<string, Target>();
  const targetOf = (connectionId: string) => targets.get(connectionId)!;
  const revisions = new Map<string, Map<number, Bill>>();
  const revisionsOf = (billId: string) => revisions.get(billId) ?? new Map<number, Bill>();
  const byHand = createByHand(tables, watch);
  const reconciling = createReconciliationChecks(tables, targetOf, scenario.lists, watch);
  const checks = createChecks(tables, targetOf, revisionsOf, byHand, watch);
  const isLeftOut = (name: string) => only !== undefined && !only.has(name);
  const faults = createFaults({
    seed,
    harshness: scenario.harshness,
    arrivesWithinMs: scenario.arrivesWithinMs,
    isLeftOut,
  });
  const store = createModelStore(tables, (connectionId) => cluster.wake(connectionId));
  const cluster = createCluster({
    seed,
    scenario,
    loop,
    watch,
    checks,
    reconciling,
    faults,
    store,
    tables,
    targetOf,
    plant,
  });

  const random = stream(seed, 1);
  const ids = timeOrderedIds({ now: () => new Date(BEGINNING + loop.nowMs) }, (length) =>
    bytes(random, length),
  );
  const company = { id: ids.next(), name: 'Prøve ApS', baseCurrency: 'DKK', createdAt: now(0) };
  tables.companies.set(company.id, company);
  for (let index = 0; index < scenario.connections; index += 1) {
    const id = ids.next();
    targets.set(id, createTarget(`target${index + 1}`, scenario.keepsKeys, byHand, watch));
    addConnection(tables, id, company.id, rulesOf(Math.floor(random() * 100)));
  }
  const events = createEvents({
    loop,
    watch,
    tables,
    store,
    targets,
    cluster,
    ids,
    revisions,
    byHand,
    quietFromMs: scenario.quietFromMs,
  });
  for (const event of scenario.events) {
    if (!isLeftOut(event.name)) loop.after(event.atMs, () => events.happen(event));
  }
  cluster.start();
  let settledAtMs = Infinity;
  loop.after(scenario.quietFromMs, () => {
    watch.note('', () => 'from here on nothing goes wrong');
    faults.cease();
    cluster.mend();
    lookAgain();
  });
  /** The reconciliations of the end, when nothing moves any more. */
  const last: string[] = [];
  const reconcileAll = (): boolean => {
    for (const { id: connectionId, companyId, enabled } of tables.connections.values()) {
      if (!enabled) continue;
      const id = ids.next();
      const [fromOn, toOn] = WHOLE;
      const wanted = { id, companyId, connectionId, fromOn, toOn, nightOn: null, actor: null };
      if (store.reconciliation.start(wanted, now(Math.round(loop.nowMs)))) last.push(id);
    }
    return last.length > 0;
  };
  const lookAgain = () => {
    if (loop.nowMs >= PATIENCE_MS) settledAtMs = 0;
    else if (!isSettled(tables)) loop.after(1_000, lookAgain);
    else if (last.length === 0 && reconcileAll()) loop.after(1_000, lookAgain);
    else settledAtMs = loop.nowMs;
  };
  loop.run(() => watch.breach !== null || settledAtMs < Infinity);
  if (!watch.breach) checkAtEnd(tables, targetOf, SECRET, byHand, watch);
  for (const id of last) reconciling.atEnd(tables.reconciliations.get(id)!);
  return {
    seed,
    breach: watch.breach,
    history: watch.history,
    parts: [...scenario.events.map(({ name }) => name), ...faults.met.keys()].filter(
      (name) => !isLeftOut(name),
    ),
    figures: {
      happened: loop.happened,
      attempts: tables.attempts.size,
      faults: faults.met.size,
      tookMs: loop.nowMs,
    },
  };
}

function now(ms: number): Date {
  return new Date(BEGINNING + ms);
}

export function addConnection(
  { connections, lanes }: Tables,
  id: string,
  companyId: string,
  rules: ReturnType<typeof rulesOf>,
): void {
  connections.set(id, {
    id,
    companyId,
    connector: 'model',
    name: 'Model',
    enabled: true,
    settings: {},
    sealedSecrets: 'sealed',
    books: null,
    rules,
    createdAt: now(0),
    changedAt: now(0),
    replanAfter: null,
  });
  lanes.set(id, {
    companyId,
    connectionId: id,
    fence: 0,
    leaseOwner: null,
    leaseUntil: null,
    nextDueAt: null,
    pausedUntil: null,
    pauseFailure: null,
    pauseCount: 0,
    pace: [],
  });
}
