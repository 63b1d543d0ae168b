/**
 * The breaker of a lane: when the accounting system as a whole is away, the connection is paused once, and no bill is
 * blamed. After a pause one attempt probes; the others follow when it is answered.
 */
import type { FailureDetails } from '../core/failure.ts';
import { CONNECTION_BACKOFF, retryDelayMs } from '../core/retry.ts';
import type { HeldLane } from '../store/lanes.ts';
import type { WorkerContext } from './engine.ts';
import type { Ending } from './settle.ts';

export interface Breaker {
  /** Nothing more is begun, and the lane is left. */
  readonly isTripped: boolean;
  readonly isProbing: boolean;
  trip(failure: FailureDetails): void;
  /** What the end of an attempt says of the system. */
  judge(ending: Ending): Promise<void>;
  /** The system answers. */
  answered(): Promise<void>;
  /** Pauses the lane if it has tripped, unless the connection was changed since it was read. */
  pauseLane(connectionChangedAt: Date | null): Promise<void>;
}

/** So many faults of the system in a row, over whatever bills, and it counts as down. */
const FAULTS_IN_A_ROW = 5;

export function createBreaker(context: WorkerContext, lane: HeldLane): Breaker {
  const { store, clock, random, logger } = context;
  const { companyId, connectionId } = lane;
  let { pauseCount, pausedUntil } = lane;
  let isProbing = pauseCount > 0;
  let failure: FailureDetails | null = null;
  let faultsInARow = 0;
  const tellPages = () => store.notifyLive([{ companyId, connectionId, billId: null }]);

  const answered = async () => {
    if (pauseCount === 0) return;
    logger.info(
      { connectionId, probes: pauseCount },
      'the accounting system answers again; the connection goes on',
    );
    pauseCount = 0;
    pausedUntil = null;
    isProbing = false;
    await store.endPause(lane);
    await tellPages();
  };

  return {
    get isTripped() {
      return failure !== null;
    },
    get isProbing() {
      return isProbing;
    },
    trip(why) {
      failure = why;
    },
    async judge(ending) {
      const isFault = isFaultOfSystem(ending);
      if (!ending.pause) faultsInARow = isFault ? faultsInARow + 1 : 0;
      if (ending.pause) failure = ending.pause;
      else if (faultsInARow >= (isProbing ? 1 : FAULTS_IN_A_ROW)) failure = ending.failure;
      else if (!isFault) await answered();
    },
    answered,
    async pauseLane(connectionChangedAt) {
      if (failure === null) return;
      const count = pauseCount + 1;
      const delayMs = retryDelayMs(count, random, CONNECTION_BACKOFF, failure.retryAfterMs);
      const until = new Date(clock.now().getTime() + delayMs);
      const isPaused = await store.pauseLane(lane, {
        count,
        connectionChangedAt,
        after: pausedUntil,
        until,
        failure: { ...failure, conflicts: [] },
      });
      if (!isPaused) return;
      await tellPages();
      // Told when it begins; each probe after that is a line of the integration log.
      logger[count === 1 ? 'warn' : 'debug'](
        { connectionId, code: failure.code, until },
        'the connection is paused',
      );
    },
  };
}

/** A failure that is no bill's own: the next bill would most likely meet it too. */
function isFaultOfSystem({ failure, waits }: Ending): boolean {
  return (
    failure !== null &&
    !waits &&
    ['target-error', 'target-busy', 'answer-lost', 'answer-unreadable'].includes(failure.code)
  );
}
