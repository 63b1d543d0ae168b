/**
 * Times for services that are killed over and over. Lane leases of three seconds, so that a fifth of
 * it, the margin in which nothing is sent any more, is longer than a busy machine keeps a process
 * waiting, and yet a dead one's lanes pass on soon.
 */
import { DEFAULT_TIMING, type EngineTiming } from '../../src/engine/engine.ts';

export const CRASH_TIMING: EngineTiming = {
  ...DEFAULT_TIMING,
  leaseMs: 3_000,
  renewMs: 700,
  pollMs: 250,
  sweepMs: 5_000,
  timeoutMs: 1_500,
  warmMs: 300,
  graceMs: 500,
};
