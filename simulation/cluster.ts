/** The machines of a run, each with a worker: started, and started again when they end. */
import { timeOrderedIds } from '../src/core/clock.ts';
import type { FailureCode } from '../src/core/failure.ts';
import type { WorkerContext } from '../src/engine/engine.ts';
import type { EngineStore } from '../src/engine/engine-store.ts';
import { createOutages } from '../src/engine/outages.ts';
import { startWorker, type Worker } from '../src/engine/worker.ts';
import { startDatabaseClock } from '../src/store/database-clock.ts';
import type { Listener } from '../src/store/notices.ts';
import { between, bytes, stream } from './chance.ts';
import type { Checks } from './checks.ts';
import type { EventLoop } from './event-loop.ts';
import type { CallName, Faults } from './faults.ts';
import { createMachine, type Machine } from './machine.ts';
import type { ModelStore } from './model-store.ts';
import type { Tables } from './model-tables.ts';
import type { ReconciliationChecks } from './reconciliation-checks.ts';
import type { Plant } from './run.ts';
import { SKEW_AT_MOST_MS, type Scenario } from './scenario.ts';
import { askAnything, askClock, type Database, storeOver } from './store-line.ts';
import type { Target } from './target.ts';
import { SECRET, targetConnector } from './target-session.ts';
import type { Watch } from './watch.ts';

export interface Cluster {
  start(): void;
  /** A lane has new work, or its connection was changed: whoever listens hears of it. */
  wake(connectionId: string, isChanged?: boolean): void;
  machine(nth: number): Machine | null;
  /** Ends its worker as an operator does, and starts it again. */
  restart(nth: number): void;
  readonly database: Database;
  outage(connectionId: string, code: FailureCode, forMs: number): void;
  /** Whoever listens hears nothing for so long, then that it is connected again. */
  loseNotices(forMs: number): void;
  /** Every machine runs, every clock is right enough, everything is reachable. */
  mend(): void;
}

interface Given {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly loop: EventLoop;
  readonly watch: Watch;
  readonly checks: Checks;
  readonly reconciling: ReconciliationChecks;
  readonly faults: Faults;
  readonly store: ModelStore;
  readonly tables: Tables;
  targetOf(connectionId: string): Target;
  readonly plant: Plant;
}

interface Slot {
  machine: Machine | null;
  worker: Worker | null;
  lives: number;
}

interface Hearing {
  readonly machine: Machine;
  readonly hear: Parameters<EngineStore['listenForWakes']>[0];
}

export function createCluster(given: Given): Cluster {
  const { seed, scenario, loop, watch, checks, reconciling, faults, tables, plant } = given;
  const slots: Slot[] = Array.from({ length: scenario.machines }, () => ({
    machine: null,
    worker: null,
    lives: 0,
  }));
  const hearings = new Set<Hearing>();
  const outages = new Map<string, { code: FailureCode; untilMs: number }>();
  const chance = stream(seed, 5);
  const database: Database = { downUntilMs: 0 };

  const live = (nth: number) => {
    const slot = slots[nth]!;
    slot.lives += 1;
    const life = slot.lives;
    const name = `m${nth + 1}.${life}`;
    const random = stream(seed, 6, nth, life);
    const machine = createMachine(loop, {
      name,
      random,
      skewAtMostMs: SKEW_AT_MOST_MS,
      onCrash: () => {
        watch.note(name, () => 'crashes');
        for (const hearing of hearings) if (hearing.machine === machine) hearings.delete(hearing);
        again(nth, between(random, 10, 20_000));
      },
    });
    slot.machine = machine;
    slot.worker = null;
    const logger = loggerOf(name, watch);
    watch.note(name, () => 'starts');
    let calls = 0;
    const nextCall = (): CallName => ({ machine: nth + 1, life, number: ++calls });
    const lines = {
      loop,
      machine,
      faults,
      checks,
      reconciling,
      watch,
      database,
      store: given.store,
      nextCall,
    };
    const store = storeOver(lines, {
      async listenForWakes(hear) {
        const hearing = { machine, hear };
        hearings.add(hearing);
        hear.onConnected();
        return { stop: async () => void hearings.delete(hearing) } satisfies Listener;
      },
      async askForLanes(owner) {
        for (const other of hearings)
          other.machine.later(0.5 + chance() * 3, () => other.hear.onAsked(owner));
      },
    });
    const connector = targetConnector(
      {
        ...lines,
        outage(connectionId) {
          const outage = outages.get(connectionId);
          return outage && outage.untilMs > loop.nowMs ? outage.code : null;
        },
      },
      given.targetOf,
      { ...scenario, timeoutMs: scenario.timing.timeoutMs },
    );
    const begin = async () => {
      const clock = await startDatabaseClock(askClock(lines), {
        timers: machine.timers,
        own: machine.clock,
        onSkew: (aheadMs) => watch.note(name, () => `has a clock that is ${aheadMs} ms ahead`),
      });
      const context: WorkerContext = {
        store: plant.store?.(store, tables) ?? store,
        clock,
        timers: machine.timers,
        ids: timeOrderedIds(clock, (length) => bytes(random, length)),
        random,
        vault: { seal: () => 'sealed', open: () => ({ token: SECRET }) },
        connectors: new Map([
          [
            'model',
            plant.connector?.(connector, (isOpen) => checks.transaction(name, isOpen)) ?? connector,
          ],
        ]),
        logger,
        outages: createOutages({ logger, timers: machine.timers, ask: () => askAnything(lines) }),
        timing: scenario.timing,
      };
      return startWorker(context);
    };
    begin().then(
      (worker) => {
        slot.worker = worker;
      },
      // As a service that can't start: it ends, and is started again.
      () => machine.crash(),
    );
  };
  const again = (nth: number, afterMs: number) => {
    const { lives } = slots[nth]!;
    slots[nth]!.machine = null;
    loop.after(afterMs, () => {
      if (slots[nth]!.lives === lives) live(nth);
    });
  };
  return {
    database,
    start() {
      for (const nth of slots.keys()) loop.after(nth * 7, () => live(nth));
    },
    wake(connectionId, isChanged = false) {
      const lane = `${tables.lanes.get(connectionId)!.companyId}/${connectionId}`;
      for (const { machine, hear } of hearings)
        machine.later(0.5 + chance() * 3, () =>
          isChanged ? hear.onChanged(lane) : hear.onNotice(lane),
        );
    },
    machine: (nth) => slots[nth % slots.length]!.machine,
    restart(nth) {
      const slot = slots[nth % slots.length]!;
      const { machine, worker } = slot;
      if (!machine || !worker) return;
      slot.worker = null;
      watch.note(machine.name, () => 'is asked to stop');
      void worker.stop().then(() => {
        watch.note(machine.name, () => 'has stopped');
        machine.crash();
      });
    },
    outage(connectionId, code, forMs) {
      outages.set(connectionId, { code, untilMs: loop.nowMs + forMs });
    },
    loseNotices(forMs) {
      for (const hearing of hearings) {
        hearings.delete(hearing);
        hearing.machine.later(forMs, () => {
          hearings.add(hearing);
          hearing.hear.onConnected();
        });
      }
    },
    mend() {
      database.downUntilMs = 0;
      outages.clear();
    },
  };
}

/** The service's own log, as part of the history; only what was said, not to whom. */
function loggerOf(name: string, watch: Watch): WorkerContext['logger'] {
  const say = (level: string) => (facts: { err?: Error }, text: string) =>
    watch.note(name, () => `(${level}) ${text}${facts.err ? `: ${facts.err.message}` : ''}`);
  return {
    error: say('error'),
    warn: say('warn'),
    info: say('info'),
    debug: say('debug'),
  } as unknown as WorkerContext['logger'];
}
