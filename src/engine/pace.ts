/** A limit per minute: how long to wait before the next attempt may begin. */
import type { Clock } from '../core/clock.ts';

export interface Pace {
  /** Takes a place if there is one (0), else says in how many milliseconds to ask again. */
  take(): number;
  /** For what can wait: the same, but half of all places stay free for others. */
  takeSpare(): number;
}

const MINUTE_MS = 60_000;

export function createPace(perMinute: number | null, clock: Clock): Pace {
  if (perMinute === null) return { take: () => 0, takeSpare: () => 0 };
  const taken: number[] = [];
  const takeOf = (places: number) => {
    const now = clock.now().getTime();
    while (taken.length > 0 && taken[0]! <= now - MINUTE_MS) taken.shift();
    // The one that has to become free first is so many before the last.
    if (taken.length >= places) return taken[taken.length - places]! + MINUTE_MS - now;
    taken.push(now);
    return 0;
  };
  return {
    take: () => takeOf(perMinute),
    takeSpare: () => takeOf(Math.max(1, Math.floor(perMinute / 2))),
  };
}
