/**
 * What happens in a run besides the calls that go wrong: who does what with the bills, and what troubles
 * come over machines, database and accounting system. All of it follows from the seed.
 */
import type { FailureCode } from '../src/core/failure.ts';
import type { EngineTiming } from '../src/engine/engine.ts';
import { between, pick, stream, weighted } from './chance.ts';
import type { Harshness } from './faults.ts';

export interface Scenario {
  readonly machines: number;
  readonly connections: number;
  readonly timing: EngineTiming;
  readonly harshness: Harshness;
  readonly concurrent: number;
  readonly perMinute: number | null;
  /** What the connection states; what is late arrives earlier by what clocks may differ. */
  readonly arrivesWithinMs: number;
  readonly keepsKeys: boolean;
  /** What the accounting systems can be asked. */
  readonly findsMany: boolean;
  readonly lists: boolean;
  readonly events: readonly Event[];
  /** From then on nothing goes wrong and nobody does anything. */
  readonly quietFromMs: number;
}

/** `bill`, `nth`, `choice`: which one, taken modulo what there is by then. */
export interface Event {
  /** `e7`; a shorter history may leave it out. */
  readonly name: string;
  readonly atMs: number;
  readonly does: Doing | Trouble;
  readonly bill: number;
  readonly nth: number;
  readonly choice: number;
  readonly forMs: number;
}

const DOINGS = {
  add: 30,
  edit: 30,
  approve: 5,
  pay: 14,
  'take-payment-back': 4,
  'replace-payment': 6,
  cancel: 5,
  'sync-again': 10,
  'change-rules': 4,
  'turn-off-or-on': 2,
  'edit-there': 9,
  'keep-there': 8,
  'delete-there': 4,
  'copy-there': 2,
  'restore-there': 3,
  'book-there': 4,
  'book-first': 6,
  reconcile: 12,
} as const;
const TROUBLES = {
  crash: 10,
  stop: 10,
  restart: 4,
  skew: 6,
  'database-down': 3,
  'target-down': 4,
  'notices-lost': 4,
} as const;
export type Doing = keyof typeof DOINGS;
export type Trouble = keyof typeof TROUBLES;

export const OUTAGES: readonly FailureCode[] = ['target-unreachable', 'signed-out', 'target-error'];

/** A machine's own clock may say anything; the engine goes by the database's. */
export const SKEW_AT_MOST_MS = 3_600_000;

export function scenarioOf(seed: number): Scenario {
  const random = stream(seed, 0);
  const quietFromMs = between(random, 20_000, 90_000);
  const isCalm = random() < 0.2;
  const trouble = isCalm ? 0 : between(random, 0, 12);
  const event = (name: string, does: Event['does'], of: () => number): Event => ({
    name,
    atMs: of() * quietFromMs,
    does,
    bill: between(of, 0, 99),
    nth: between(of, 0, 99),
    choice: between(of, 0, 99),
    forMs: between(of, 200, 30_000),
  });
  const doings = Array.from({ length: between(random, 4, 40) }, (_, index) => {
    const of = stream(seed, 3, index);
    const does = index === 0 ? 'add' : weighted(of, DOINGS);
    // Something must be there early.
    const made = event(`e${index}`, does, of);
    return index === 0 ? { ...made, atMs: made.atMs / 10 } : made;
  });
  const troubles = Array.from({ length: trouble }, (_, index) => {
    const of = stream(seed, 4, index);
    return event(`t${index}`, weighted(of, TROUBLES), of);
  });
  return {
    machines: between(random, 1, 3),
    connections: pick(random, [1, 1, 2]),
    timing: {
      leaseMs: 15_000,
      renewMs: 5_000,
      pollMs: pick(random, [1_000, 3_000]),
      sweepMs: 60_000,
      timeoutMs: pick(random, [4_000, 10_000, 30_000]),
      warmMs: pick(random, [10, 1_000]),
      graceMs: pick(random, [500, 10_000]),
      lanesAtMost: pick(random, [1, 200]),
      billsAtOnce: 100,
      turnMs: pick(random, [100, 1_000]),
    },
    harshness: isCalm
      ? { store: 0, target: 0 }
      : { store: pick(random, [0, 5, 20, 50]), target: pick(random, [20, 60, 200, 400]) },
    concurrent: pick(random, [1, 2, 4]),
    perMinute: random() < 0.1 ? 20 : null,
    arrivesWithinMs: pick(random, [6_000, 20_000, 60_000]),
    keepsKeys: random() < 0.2,
    findsMany: random() < 0.5,
    lists: random() < 0.7,
    events: [...doings, ...troubles].sort((a, b) => a.atMs - b.atMs),
    quietFromMs,
  };
}
