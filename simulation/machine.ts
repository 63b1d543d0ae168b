/**
 * A machine with one process on it: a clock of its own that may be wrong, timers, and ends. One that has
 * crashed hears nothing any more; one that was stopped hears everything when it goes on.
 */
import type { Clock, Random, Timers } from '../src/core/clock.ts';
import { between } from './chance.ts';
import type { EventLoop } from './event-loop.ts';

export interface Machine {
  readonly name: string;
  readonly isAlive: boolean;
  /** Its own, which may be wrong. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** What comes from outside reaches the process after so long, if it is alive then. */
  later(ms: number, work: () => void): void;
  crash(): void;
  /** As SIGSTOP does; it goes on by itself. */
  stop(ms: number): void;
  /** Sets its clock: from the most it may be behind (0) to the most it may be ahead (1). */
  skew(to: number): number;
}

/** When every run begins. */
export const BEGINNING = Date.UTC(2026, 10, 24, 10);

export function createMachine(
  loop: EventLoop,
  given: { name: string; random: Random; skewAtMostMs: number; onCrash(): void },
): Machine {
  const { name, random } = given;
  const { skewAtMostMs } = given;
  let skewMs = between(random, -skewAtMostMs, skewAtMostMs);
  let isAlive = true;
  let stoppedUntilMs = 0;
  let missed: (() => void)[] = [];
  const hear = (work: () => void) => {
    if (!isAlive) return;
    if (stoppedUntilMs > loop.nowMs) missed.push(work);
    else work();
  };
  const later = (ms: number, work: () => void) => loop.after(ms, () => hear(work));
  return {
    name,
    random,
    get isAlive() {
      return isAlive;
    },
    clock: { now: () => new Date(BEGINNING + Math.round(loop.nowMs + skewMs)) },
    timers: {
      elapsedMs: () => loop.nowMs,
      after(ms, work) {
        let isOff = false;
        // A busy machine is late by a little.
        later(ms + random() * 2, () => {
          if (!isOff) work();
        });
        return () => {
          isOff = true;
        };
      },
      soon: () => new Promise((resolve) => later(0, resolve)),
    },
    later,
    crash() {
      if (!isAlive) return;
      isAlive = false;
      missed = [];
      given.onCrash();
    },
    stop(ms) {
      stoppedUntilMs = Math.max(stoppedUntilMs, loop.nowMs + ms);
      loop.after(ms, () => {
        if (stoppedUntilMs > loop.nowMs) return;
        const [first, ...rest] = missed;
        // Where in its round the process was stopped decides what it hears first.
        const heard = first && between(random, 0, 1) === 0 ? [...rest, first] : missed;
        missed = [];
        for (const work of heard) loop.after(0, () => hear(work));
      });
    },
    skew(to) {
      const beforeMs = skewMs;
      skewMs = Math.round((2 * to - 1) * skewAtMostMs);
      return skewMs - beforeMs;
    },
  };
}
