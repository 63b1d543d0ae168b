/** Goes on with the cause runs there are: a page of each in turn, so that a long one delays no other. */
import { listRunning } from '../store/cause-runs.ts';
import { type Queryable, transaction } from '../store/pool.ts';
import { createBell } from './bell.ts';
import { stepCauseRun } from './cause-runs.ts';
import type { EngineContext } from './engine.ts';

export interface CauseRunner {
  /** Lets the page that is under way come to its end. */
  stop(): Promise<void>;
}

const RUNS_AT_ONCE = 20;

export function startCauseRunner(context: EngineContext): CauseRunner {
  const { pool, timers, timing, logger, outages } = context;
  const bell = createBell(timers);
  let stopping = false;

  const goOn = async (): Promise<boolean> => {
    let isMore = false;
    for (const run of await listRunning(pool, RUNS_AT_ONCE)) {
      if (stopping) break;
      const step = (db: Queryable) => stepCauseRun({ ...context, db }, run, timing.billsAtOnce);
      // One that another process is at is not waited for.
      isMore = (await transaction(pool, step)) || isMore;
    }
    return isMore;
  };
  const going = (async () => {
    while (!stopping) {
      const isMore = await goOn().catch((error: unknown) => {
        if (!outages.tell(error))
          logger.error({ err: error }, 'syncing again by cause failed; it will be tried again');
        return false;
      });
      if (!isMore) await bell.wait(timing.pollMs);
    }
  })();
  return {
    async stop() {
      stopping = true;
      bell.ring();
      await going;
    },
  };
}
