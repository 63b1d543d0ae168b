/**
 * The sweep: proves that no wish is forgotten (invariant 4), and mends it where one was. Finds lanes
 * that would sleep over due work or over an attempt left open, postings left standing aside although they may go,
 * and bills a connection has no posting for.
 */
import type { WorkerContext } from './engine.ts';

export interface Swept {
  readonly lanes: number;
  readonly aside: number;
  readonly bills: number;
}

/** `deep`: also look for bills without postings, which reads every bill. */
export async function sweep(context: WorkerContext, { deep }: { deep: boolean }): Promise<Swept> {
  const { store, clock, logger } = context;
  const aside = await store.wakeForgottenAside(clock.now());
  const lanes = await store.wakeSleepingLanes(clock.now());
  const bills = deep ? await store.addMissingPostings() : 0;
  if (aside + lanes + bills > 0) {
    logger.warn({ aside, lanes, bills }, 'the sweep found forgotten wishes');
  }
  return { aside, lanes, bills };
}
