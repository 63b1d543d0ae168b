/**
 * The sweep: proves that no wish is forgotten (invariant 4), and mends it where one was. Finds lanes
 * that would sleep over due work, payments left waiting although their invoice is there, and bills a
 * connection has no posting for.
 */
import type { WorkerContext } from './engine.ts';

export interface Swept {
  readonly lanes: number;
  readonly payments: number;
  readonly bills: number;
}

/** `deep`: also look for bills without postings, which reads every bill. */
export async function sweep(context: WorkerContext, { deep }: { deep: boolean }): Promise<Swept> {
  const { store, clock, logger } = context;
  const payments = await store.wakeForgottenPayments(clock.now());
  const lanes = await store.wakeSleepingLanes(clock.now());
  const bills = deep ? await store.addMissingPostings() : 0;
  if (payments + lanes + bills > 0) {
    logger.warn({ payments, lanes, bills }, 'the sweep found forgotten wishes');
  }
  return { payments, lanes, bills };
}
