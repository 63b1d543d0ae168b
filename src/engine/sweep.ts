/**
 * The sweep: proves that no wish is forgotten (invariant 4), and mends it where one was. Finds lanes
 * that would sleep over due work, payments left waiting although their invoice is there, and bills a
 * connection has no posting for.
 */
import { addMissingPostings, wakeForgottenPayments, wakeSleepingLanes } from '../store/sweeping.ts';
import type { EngineContext } from './engine.ts';

export interface Swept {
  readonly lanes: number;
  readonly payments: number;
  readonly bills: number;
}

/** `deep`: also look for bills without postings, which reads every bill. */
export async function sweep(context: EngineContext, { deep }: { deep: boolean }): Promise<Swept> {
  const { pool, clock, logger } = context;
  const payments = await wakeForgottenPayments(pool, clock.now());
  const lanes = await wakeSleepingLanes(pool, clock.now());
  const bills = deep ? await addMissingPostings(pool) : 0;
  if (payments + lanes + bills > 0) {
    logger.warn({ payments, lanes, bills }, 'the sweep found forgotten wishes');
  }
  return { payments, lanes, bills };
}
