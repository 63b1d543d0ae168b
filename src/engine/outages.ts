/**
 * The database's outages, each told in the log twice: when it begins, and when it is over. Whatever fails
 * meanwhile for the same reason is counted and not told again, however many lanes and requests there are.
 */
import type { Logger } from 'pino';
import type { Timers } from '../core/clock.ts';
import { isDatabaseTrouble } from '../store/database-trouble.ts';

export interface Outages {
  /** Tells an outage, unless it has been told; false when the error is about something else. */
  tell(error: unknown): boolean;
  isOn(): boolean;
  stop(): void;
}

/** How often the database is asked whether it is back. */
const ASK_EVERY_MS = 1_000;

/** Nothing may have failed for so long: a full disk lets some questions through. */
const QUIET_MS = 3_000;

export function createOutages(given: {
  readonly logger: Logger;
  readonly timers: Timers;
  /** Any question that the database answers when it is well. */
  readonly ask: () => Promise<unknown>;
}): Outages {
  const { logger, timers } = given;
  let on = false;
  let stopped = false;
  let beganMs = 0;
  let lastMs = 0;
  let failures = 0;
  let callOff = () => {};

  const askSoon = () => {
    callOff = timers.after(ASK_EVERY_MS, () => void askNow());
  };
  const askNow = async () => {
    await given.ask().catch(() => {
      lastMs = timers.elapsedMs();
    });
    if (stopped) return;
    if (timers.elapsedMs() - lastMs < QUIET_MS) {
      askSoon();
      return;
    }
    on = false;
    const durationMs = Math.round(lastMs - beganMs);
    logger.info({ durationMs, failures }, 'the database answers again; work goes on');
  };

  return {
    isOn: () => on,
    tell(error) {
      if (!isDatabaseTrouble(error)) return false;
      lastMs = timers.elapsedMs();
      failures += 1;
      if (on || stopped) return true;
      on = true;
      failures = 1;
      beganMs = lastMs;
      logger.error({ err: error }, 'the database fails; work waits and goes on when it is back');
      askSoon();
      return true;
    },
    stop() {
      stopped = true;
      callOff();
    },
  };
}
