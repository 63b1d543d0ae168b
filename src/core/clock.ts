/** Time, ids and chance are passed in, so that every run can be repeated. */
import { v7 } from './uuid.ts';

export interface Clock {
  now(): Date;
}

/** What passes by itself: time measured, and time waited for. */
export interface Timers {
  /** Milliseconds that only ever grow, whatever the clock is set to. */
  elapsedMs(): number;
  /** Does something once, later; gives what calls it off. */
  after(ms: number, work: () => void): () => void;
  /** Once what is being done now is done, and all that follows from it at once. */
  soon(): Promise<void>;
}

export type Random = () => number;

export interface Ids {
  /** A new UUID (version 7: ordered by time). */
  next(): string;
}

export const systemClock: Clock = { now: () => new Date() };

export const systemTimers: Timers = {
  elapsedMs: () => performance.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  soon: () => new Promise((resolve) => setImmediate(resolve)),
};

/**
 * Ids that grow also within one millisecond, and when the clock is set back: a counter in the bits
 * after the time (RFC 9562 §6.2, method 1), begun by chance; when it is full, the next millisecond is
 * taken early.
 */
export function timeOrderedIds(clock: Clock, randomBytes: (length: number) => Uint8Array): Ids {
  let lastMs = 0;
  let counter = 0;
  return {
    next() {
      const chance = randomBytes(10);
      const nowMs = clock.now().getTime();
      if (nowMs > lastMs) {
        lastMs = nowMs;
        // The upper half is left for those that follow.
        counter = ((chance[0]! << 8) | chance[1]!) & 0x7ff;
      } else if (counter < 0xfff) counter += 1;
      else {
        lastMs += 1;
        counter = 0;
      }
      chance[0] = counter >> 8;
      chance[1] = counter & 0xff;
      return v7(lastMs, chance);
    },
  };
}
