/**
 * A limit per minute, kept request by request: each takes a place before it leaves, and the place is
 * free again a minute after its answer came. The accounting system counted the request at some moment
 * between the two; so by its count too there are never more in any minute, however it counts.
 */
import type { Timers } from '../core/clock.ts';

export interface Pace {
  /**
   * Resolves when a request may leave. What it gives must be called when the answer is there, or can
   * come no more. Rejects when the signal is aborted meanwhile. First come, first served.
   */
  turn(signal: AbortSignal): Promise<() => void>;
}

/** `[milliseconds from now, how many]`: places that are taken, and when they are free again. */
export type TakenPlaces = readonly (readonly [inMs: number, count: number])[];

export interface MinutePace extends Pace {
  /** Milliseconds until a place is free that nobody waits for; 0: there is one. */
  restMs(): number;
  /** The same for what can wait: half of all places stay free for others. */
  spareRestMs(): number;
  /** The limit is another from now on; what was sent counts as it did. */
  change(limit: MinuteLimit): void;
  /** For whoever keeps the pace next. A place whose answer is still to come counts as taken just now. */
  taken(): TakenPlaces;
}

export interface MinuteLimit {
  readonly most: number;
  readonly minuteMs: number;
}

/** For whom there is no limit. */
export const UNPACED: MinutePace = {
  turn: async () => () => {},
  restMs: () => 0,
  spareRestMs: () => 0,
  change: () => {},
  taken: () => [],
};

/** Places are told apart this finely when they are handed on; those together count as the last of them. */
const PARTS_OF_A_MINUTE = 120;
/** What a number loses on its way by the clock and back. */
const A_HAIR_MS = 0.01;

export function createPace(
  limit: MinuteLimit,
  timers: Timers,
  before: TakenPlaces = [],
): MinutePace {
  let { most, minuteMs } = limit;
  /** When each place is free again, the soonest first; those under way are not in it. */
  const freeAtMs: number[] = [];
  let underWay = 0;
  const waiting: (() => void)[] = [];
  let callOff: (() => void) | null = null;

  const settle = () => {
    const now = timers.elapsedMs();
    while (freeAtMs.length > 0 && freeAtMs[0]! <= now) freeAtMs.shift();
  };
  const free = () => most - freeAtMs.length - underWay;
  const hand = () => {
    callOff?.();
    callOff = null;
    settle();
    while (waiting.length > 0 && free() > 0) {
      underWay += 1;
      waiting.shift()!();
    }
    if (waiting.length > 0 && freeAtMs.length > 0)
      callOff = timers.after(Math.max(1, freeAtMs[0]! - timers.elapsedMs()), hand);
  };
  const giveBack = () => {
    let done = false;
    return () => {
      if (done) return;
      done = true;
      underWay -= 1;
      freeAtMs.push(timers.elapsedMs() + minuteMs);
      hand();
    };
  };
  const begunMs = timers.elapsedMs();
  for (const [inMs, count] of before) {
    for (let place = 0; place < count && freeAtMs.length < most; place += 1)
      freeAtMs.push(begunMs + Math.min(inMs, minuteMs));
  }
  freeAtMs.sort((a, b) => a - b);

  return {
    turn(signal) {
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve(giveBack());
      };
      const leave = () => {
        const place = waiting.indexOf(go);
        if (place < 0) return;
        waiting.splice(place, 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(go);
      if (signal.aborted) leave();
      else hand();
      return promise;
    },
    restMs() {
      settle();
      if (waiting.length === 0 && free() > 0) return 0;
      const soonest = freeAtMs[waiting.length] ?? freeAtMs.at(-1);
      return soonest === undefined ? minuteMs : Math.max(1, soonest - timers.elapsedMs());
    },
    spareRestMs() {
      settle();
      const over = freeAtMs.length + underWay + waiting.length - Math.max(1, Math.floor(most / 2));
      if (over < 0) return 0;
      const soonest = freeAtMs[over] ?? freeAtMs.at(-1);
      return soonest === undefined ? minuteMs : Math.max(1, soonest - timers.elapsedMs());
    },
    change(next) {
      ({ most, minuteMs } = next);
      hand();
    },
    taken() {
      settle();
      const now = timers.elapsedMs();
      const part = minuteMs / PARTS_OF_A_MINUTE;
      const groups: [inMs: number, count: number][] = [];
      const all = [...freeAtMs, ...Array.from({ length: underWay }, () => now + minuteMs)];
      for (const at of all.sort((a, b) => b - a)) {
        const later = groups.at(-1);
        // What was handed on before stays as it is: however often it is, nothing is put off again.
        if (later && later[0] - (at - now) < part - A_HAIR_MS) later[1] += 1;
        else groups.push([at - now, 1]);
      }
      return groups.toReversed();
    },
  };
}
