/** The attempts of a lane that are under way: one for a posting, one for a bill. */
import type { DuePosting } from '../store/claimable.ts';
import type { Bell } from './bell.ts';
import type { WorkerContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import type { LogWriter } from './log-writer.ts';
import type { Ending } from './settle.ts';
import { type LaneHold, type Made, syncPosting } from './sync-posting.ts';

export interface LaneAttempts {
  /** By posting; each resolves when the log has its end. */
  readonly underWay: ReadonlyMap<string, Promise<void>>;
  readonly busyBills: ReadonlySet<string>;
  /** For one more, where the system takes `most` at once. */
  hasRoom(most: number): boolean;
  begin(session: LaneSession, due: DuePosting): void;
}

export interface AttemptsSurroundings {
  readonly context: WorkerContext;
  readonly log: LogWriter;
  readonly hold: LaneHold;
  /** Rings when there may be room, and when one has ended. */
  readonly bell: Bell;
  /** The system has no more to do with one; null: it was overtaken before it was opened, and nothing happened. */
  made(ending: Ending | null): Promise<void>;
  /** The log has its end. */
  closed(due: DuePosting, ending: Ending): void;
  /** Neither: the lane is lost, or the database fails. */
  broke(error: unknown): void;
}

export function createAttempts(given: AttemptsSurroundings): LaneAttempts {
  const { context, log, hold, bell } = given;
  const underWay = new Map<string, Promise<void>>();
  const busyBills = new Set<string>();
  let sending = 0;
  const release = (due: DuePosting) => {
    underWay.delete(due.id);
    busyBills.delete(due.billId);
  };
  const make = async (session: LaneSession, due: DuePosting) => {
    let made: Made;
    let judged: Promise<void>;
    try {
      made = await syncPosting(context, log, hold, session, due);
      // Nothing is known of it that has to be written first: it may be claimed again at once.
      if (!made.ending) release(due);
      judged = given.made(made.ending);
    } finally {
      // The system is free for the next while the log is written.
      sending -= 1;
      bell.ring();
    }
    await Promise.all([judged, made.closed]);
    if (made.ending) given.closed(due, made.ending);
  };
  return {
    underWay,
    busyBills,
    // When the log is slow to be written, nothing runs far ahead of it.
    hasRoom: (most) => sending < most && underWay.size < 2 * most,
    begin(session, due) {
      sending += 1;
      busyBills.add(due.billId);
      const attempt = make(session, due)
        .catch(given.broke)
        .finally(() => {
          if (underWay.get(due.id) === attempt) release(due);
          bell.ring();
        });
      underWay.set(due.id, attempt);
    },
  };
}
