/** Goes on with the resync runs there are: a page of each in turn, so that a long one delays no other. */
import { type Queryable, transaction } from '../store/pool.ts';
import { listRunning } from '../store/resync-runs.ts';
import { createBell } from './bell.ts';
import type { EngineContext } from './engine.ts';
import { stepResyncRun } from './resync-runs.ts';

export interface ResyncRunner {
  /** Lets the page that is under way come to its end. */
  stop(): Promise<void>;
}

const RUNS_AT_ONCE = 20;

export function startResyncRunner(context: EngineContext): ResyncRunner {
  const { pool, timers, timing, logger, outages } = context;
  const bell = createBell(timers);
  let stopping = false;

  const failed = (error: unknown) => {
    if (!outages.tell(error))
      logger.error({ err: error }, 'syncing many bills again failed; it will be tried again');
    return false;
  };
  /** One that another process is at is not waited for, and one that fails keeps none of the others waiting. */
  const goOn = async (): Promise<boolean> => {
    let isMore = false;
    for (const run of await listRunning(pool, RUNS_AT_ONCE)) {
      if (stopping) break;
      const step = (db: Queryable) => stepResyncRun({ ...context, db }, run, timing.billsAtOnce);
      isMore = (await transaction(pool, step).catch(failed)) || isMore;
    }
    return isMore;
  };
  const going = (async () => {
    while (!stopping) {
      if (!(await goOn().catch(failed))) await bell.wait(timing.pollMs);
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
