/**
 * The database's clock, for all who share the database: leases, due times and the log are told by one
 * clock, so that a machine whose own clock is wrong, or jumps, takes no lane before its time and
 * sleeps over none. Asked for now and then; in between this machine's monotonic time carries it on.
 */
import type { Clock, Timers } from '../core/clock.ts';
import type { Queryable } from './pool.ts';

export interface DatabaseClock extends Clock {
  stop(): void;
}

export interface DatabaseClockOptions {
  readonly timers: Timers;
  /** This machine's own clock, to tell when it is wrong. */
  readonly own: Clock;
  /** Told when it begins to be wrong by more than `skewMs`, by how much: more than 0 is ahead. */
  onSkew(aheadMs: number): void;
  readonly everyMs?: number;
  readonly skewMs?: number;
}

/** For who asks once. */
export async function databaseNow(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ at: Date }>('select clock_timestamp() as at');
  return rows[0]!.at;
}

/** How often to ask at first: the quickest answer is the most exact. */
const FIRST_QUESTIONS = 3;

export async function startDatabaseClock(
  db: Queryable,
  options: DatabaseClockOptions,
): Promise<DatabaseClock> {
  const { timers, own, onSkew, everyMs = 30_000, skewMs = 5_000 } = options;
  let isSkewed = false;
  const ask = async () => {
    const askedMs = timers.elapsedMs();
    const at = await databaseNow(db);
    const answeredMs = timers.elapsedMs();
    // It was said somewhere between question and answer.
    const offsetMs = at.getTime() - (askedMs + answeredMs) / 2;
    return { offsetMs, doubtMs: (answeredMs - askedMs) / 2 };
  };
  let best = await ask();
  for (let more = 1; more < FIRST_QUESTIONS; more += 1) {
    const again = await ask();
    if (again.doubtMs < best.doubtMs) best = again;
  }
  let { offsetMs } = best;
  const now = () => new Date(Math.round(timers.elapsedMs() + offsetMs));
  const compare = () => {
    const aheadMs = own.now().getTime() - now().getTime();
    if (Math.abs(aheadMs) > skewMs && !isSkewed) onSkew(aheadMs);
    isSkewed = Math.abs(aheadMs) > skewMs;
  };
  compare();
  let callOff: () => void;
  let stopped = false;
  const plan = () => {
    callOff = timers.after(everyMs, () => {
      ask()
        .then((answer) => {
          // Within what the answer leaves open, the clock is left to run on.
          if (Math.abs(answer.offsetMs - offsetMs) > answer.doubtMs) ({ offsetMs } = answer);
          compare();
        })
        // The database is away: the monotonic time carries on.
        .catch(() => {})
        .finally(() => {
          if (!stopped) plan();
        });
    });
  };
  plan();
  return {
    now,
    stop() {
      stopped = true;
      callOff();
    },
  };
}
