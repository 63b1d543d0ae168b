/**
 * Times for workers that are killed and stopped over and over, with a real accounting system: longer than
 * the crash test's, because each answer takes a real server's time on a machine that does all of it at once.
 */
import type { EngineTiming } from '../src/engine/engine.ts';
import { CRASH_TIMING } from '../test/support/crash-timing.ts';

export const CAMPAIGN_TIMING: EngineTiming = {
  ...CRASH_TIMING,
  leaseMs: 5_000,
  renewMs: 1_500,
  timeoutMs: 4_000,
};

/** The longest that the network here holds a request after nobody waits for it any more. */
export const HELD_AT_MOST_MS = 4_000;

/**
 * What the workers are told of it in place of Tryton's minute, so that a run has many such waits behind it:
 * the answer's time, the network's, and as much as Tryton may need on a busy machine.
 */
export const ARRIVES_WITHIN_MS = CAMPAIGN_TIMING.timeoutMs + HELD_AT_MOST_MS + 7_000;
