/** A limit per minute: how long to wait before the next attempt may begin. */
import type { Clock } from '../core/clock.ts';

export interface Pace {
  /** Takes a place if there is one (0), else says in how many milliseconds to ask again. */
  take(): number;
}

const MINUTE_MS = 60_000;

export function createPace(perMinute: number | null, clock: Clock): Pace {
  if (perMinute === null) return { take: () => 0 };
  const taken: number[] = [];
  return {
    take() {
      const now = clock.now().getTime();
      while (taken.length > 0 && taken[0]! <= now - MINUTE_MS) taken.shift();
      if (taken.length >= perMinute) return taken[0]! + MINUTE_MS - now;
      taken.push(now);
      return 0;
    },
  };
}
