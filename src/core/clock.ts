/** Time, ids and chance are passed in, so that every run can be repeated. */
import { v7 } from './uuid.ts';

export interface Clock {
  now(): Date;
}

export type Random = () => number;

export interface Ids {
  /** A new UUID (version 7: ordered by time). */
  next(): string;
}

export const systemClock: Clock = { now: () => new Date() };

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
