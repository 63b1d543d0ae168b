/**
 * The way from a machine to the store. A call is carried out at one instant, whole or not at all, some
 * time between asking and answer; the machine may be dead by then, or never learn of it.
 */
import type { EngineStore } from '../src/engine/engine-store.ts';
import type { LogBatch, LogBatchResult } from '../src/store/attempt-log.ts';
import type { Queryable } from '../src/store/pool.ts';
import type { ReconciliationStep } from '../src/store/reconciliations.ts';
import type { Checks } from './checks.ts';
import type { EventLoop } from './event-loop.ts';
import type { CallName, Faults } from './faults.ts';
import { BEGINNING, type Machine } from './machine.ts';
import type { ModelStore } from './model-store.ts';
import { saidOf } from './reconciliation-truth.ts';
import type { ReconciliationChecks } from './reconciliation-checks.ts';
import type { Watch } from './watch.ts';

export interface Database {
  downUntilMs: number;
}

export interface StoreLine {
  readonly loop: EventLoop;
  readonly machine: Machine;
  readonly faults: Faults;
  readonly checks: Checks;
  readonly watch: Watch;
  readonly reconciling: ReconciliationChecks;
  readonly store: ModelStore;
  readonly database: Database;
  nextCall(): CallName;
}

type Operation = (...given: never[]) => unknown;

/** What of a call is worth a line of the history. */
const TOLD: ReadonlySet<string> = new Set([
  'takeLane',
  'releaseLane',
  'writeLog',
  'pauseLane',
  'endPause',
  'stepAside',
  'replan',
  'planAnew',
  'keepRemoteSupplier',
  'reconciliation.saveStep',
  'reconciliation.start',
]);

export function storeOver(
  line: StoreLine,
  { listenForWakes, askForLanes }: Pick<EngineStore, 'listenForWakes' | 'askForLanes'>,
): EngineStore {
  const over = (operations: object, prefix = '') =>
    Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [
        name,
        (...given: never[]) =>
          ask(line, prefix + name, () => (operation as Operation)(...given), given),
      ]),
    ) as unknown;
  const { reconciliation, ...store } = line.store;
  return {
    ...(over(store) as Omit<EngineStore, 'listenForWakes' | 'askForLanes' | 'reconciliation'>),
    reconciliation: over(reconciliation, 'reconciliation.') as EngineStore['reconciliation'],
    askForLanes: async (owner) => {
      await ask(line, 'askForLanes', () => null, []);
      await askForLanes(owner);
    },
    listenForWakes: async (hear) => {
      await ask(line, 'listen', () => null, []);
      return listenForWakes(hear);
    },
  };
}

/** Any question, to see whether the database answers. */
export function askAnything(line: StoreLine): Promise<unknown> {
  return ask(line, 'health', () => null, []);
}

/** The database's clock, which is right. */
export function askClock(line: StoreLine): Queryable {
  const query = async () => {
    const at = await ask(line, 'clock', () => new Date(BEGINNING + line.loop.nowMs), []);
    return { rows: [{ at }] };
  };
  return { query } as unknown as Queryable;
}

function ask(
  { loop, machine, faults, checks, reconciling, watch, database, nextCall }: StoreLine,
  operation: string,
  carryOut: () => unknown,
  given: readonly unknown[],
): Promise<unknown> {
  const name = nextCall();
  const fate = faults.ofStore(name);
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, code = '08006') => {
      watch.note(
        machine.name,
        () => `${operation}: ${reason}   [m${name.machine}.${name.life}/${name.number}]`,
      );
      const error = Object.assign(new Error(reason), { code });
      machine.later(fate.backMs, () => reject(error));
    };
    loop.after(fate.thereMs, () => {
      if (database.downUntilMs > loop.nowMs) return refuse('the database is down');
      if (fate.kind === 'fails-before') return refuse('the connection broke');
      if (fate.kind === 'gives-up') return refuse('deadlock detected', '40P01');
      if (fate.kind === 'crash-before') return machine.crash();
      let end: () => void;
      try {
        const answer = carryOut();
        end = () => resolve(answer);
        if (operation === 'writeLog')
          checks.logWritten(given[0] as LogBatch, answer as LogBatchResult);
        reconciling.answered(machine.name, operation, given, answer);
        if (TOLD.has(operation)) watch.note(machine.name, () => tell(operation, given, answer));
      } catch (error) {
        end = () => reject(error);
        watch.note(machine.name, () => `${operation}: ${String(error)}`);
      }
      if (fate.kind === 'fails-after') return refuse('the connection broke after the commit');
      if (fate.kind === 'crash-after') return machine.crash();
      if (fate.kind === 'stop') {
        watch.note(machine.name, () => `is stopped for ${fate.ms} ms`);
        machine.stop(fate.ms);
      }
      machine.later(fate.backMs, end);
    });
  });
}

function tell(operation: string, given: readonly unknown[], answer: unknown): string {
  if (operation !== 'writeLog') {
    const [first] = given as [{ connectionId?: string; fence?: number }];
    const { fence } = (answer ?? {}) as { fence?: number };
    const about = fence ?? first?.fence;
    const told =
      operation === 'reconciliation.saveStep' ? tellStep(given[2] as ReconciliationStep) : '';
    return `${operation}${told}${about === undefined ? '' : `, fence ${about}`}${answer === null || answer === false ? ': refused' : ''}`;
  }
  const { openings, writes, closings } = given[0] as LogBatch;
  const { opened, lost } = answer as LogBatchResult;
  return [
    'log:',
    ...openings.map(
      ({ attemptId, postingId, wishNumber, bill }) =>
        `${opened.has(attemptId) ? 'opened' : 'NOT opened'} ${attemptId} of ${postingId} (wish ${wishNumber}, revision ${bill.revision})`,
    ),
    ...writes.map(({ attemptId, method }) => `announced ${method} of ${attemptId}`),
    ...closings.map(
      ({ attemptId, outcome, failure }) =>
        `closed ${attemptId}: ${outcome}${failure ? ` ${failure.code}` : ''}`,
    ),
    ...(lost.size > 0 ? ['(lane lost)'] : []),
  ].join(' ');
}

function tellStep({ state, rows, failure }: ReconciliationStep): string {
  const told = rows.map((row) => `, ${row.postingId ?? row.remoteId ?? row.billId} ${saidOf(row)}`);
  return ` ${state}${told.join('')}${failure ? ` (${failure.code})` : ''}`;
}
