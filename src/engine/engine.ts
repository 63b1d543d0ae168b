/**
 * The engine: keeps postings in step. Level-triggered: a posting holds what is wanted and what is
 * known, and work is "make known equal wanted"; events only say "look again".
 *
 * Ten invariants, cited by number in the code and the tests; what each means, where it is kept and what proves it
 * is in ARCHITECTURE.md:
 *
 *  1. Log before send
 *  2. One writer
 *  3. Look before a second try
 *  4. No wish is lost
 *  5. Invoice before payment; what a payment replaces before the payment; supplier before invoice, once per supplier
 *  6. As it was at sync time
 *  7. Deleted is not unreachable
 *  8. No secret in the log
 *  9. Append only
 * 10. No transaction is open while we wait for a network
 *
 * This file is what the rest of the engine works with: its surroundings, passed in as values.
 */
import type { Logger } from 'pino';
import type { Clock, Ids, Random, Timers } from '../core/clock.ts';
import type { Connector } from '../sdk/connector.ts';
import type { Pool } from '../store/pool.ts';
import type { Vault } from '../store/secrets.ts';
import type { EngineStore } from './engine-store.ts';
import type { Outages } from './outages.ts';

/** What a worker works with. */
export interface WorkerContext {
  readonly store: EngineStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly random: Random;
  readonly vault: Vault;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly logger: Logger;
  readonly outages: Outages;
  readonly timing: EngineTiming;
}

/** And those who change bills, in transactions of their own. */
export interface EngineContext extends WorkerContext {
  readonly pool: Pool;
}

export interface EngineTiming {
  /** How long a worker may hold a lane without renewing. */
  readonly leaseMs: number;
  /** How often leases are renewed; a third of the lease. */
  readonly renewMs: number;
  /** How often a worker looks for due lanes when nothing wakes it. */
  readonly pollMs: number;
  /** How often the sweep looks for forgotten wishes. */
  readonly sweepMs: number;
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** How long a lane without work is kept at hand. */
  readonly warmMs: number;
  /** How long a stopping worker waits for attempts under way. */
  readonly graceMs: number;
  /** The lanes worked at once; while lanes change places there may be twice as many. */
  readonly lanesAtMost: number;
  /** Bills planned anew, or asked for by a cause, in one transaction. */
  readonly billsAtOnce: number;
  /** How long a lane is worked before it makes room for others that wait. */
  readonly turnMs: number;
}

export const DEFAULT_TIMING: EngineTiming = {
  leaseMs: 15_000,
  renewMs: 5_000,
  pollMs: 1_000,
  sweepMs: 60_000,
  timeoutMs: 30_000,
  warmMs: 1_000,
  graceMs: 10_000,
  lanesAtMost: 200,
  billsAtOnce: 100,
  turnMs: 1_000,
};
