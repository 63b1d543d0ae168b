/** Supplier before invoice, once per supplier: one at a time, remembered (invariant 5). */
import { SyncFailure } from '../core/failure.ts';
import type { PostingDocument } from '../core/posting.ts';
import type { Call } from '../sdk/connector.ts';
import type { WorkerContext } from './engine.ts';
import { type LaneSession, mayArriveUntil } from './lane-session.ts';
import { MayStillArrive } from './settle.ts';
import type { LaneHold } from './sync-posting.ts';

/**
 * Null where the system keeps no suppliers.
 *
 * @param anew whatever is remembered: it may have been deleted there since, and a person asked
 */
export async function remoteSupplier(
  context: WorkerContext,
  hold: LaneHold,
  work: LaneSession,
  document: PostingDocument,
  call: Call,
  anew: boolean,
): Promise<string | null> {
  const { session } = work;
  if (!session.ensureSupplier) return null;
  const { supplier, supplierKey } = document;
  const remembered = anew ? undefined : work.suppliers.get(supplierKey);
  if (remembered !== undefined) return remembered;
  return work.supplierTurns.run(supplierKey, async () => {
    const meanwhile = anew ? undefined : work.suppliers.get(supplierKey);
    if (meanwhile !== undefined) return meanwhile;
    let remoteId = anew ? null : await context.store.findRemoteSupplier(hold.lane, supplierKey);
    if (remoteId === null) {
      const careful = await carefully(context, hold, work, supplierKey, call);
      let left = false;
      const watched: Call = {
        ...careful,
        async write(intent) {
          await careful.write(intent);
          left = true;
        },
      };
      remoteId = await session.ensureSupplier!(watched, supplier, supplierKey).catch(
        (error: unknown) => {
          // Only of what left: an attempt that was overtaken, or had to wait, has sent nothing.
          if (left && (!(error instanceof SyncFailure) || error.uncertain))
            work.lostSuppliers.set(supplierKey, context.clock.now());
          throw error;
        },
      );
      await context.store.keepRemoteSupplier(hold.lane, supplierKey, remoteId);
    }
    work.suppliers.set(supplierKey, remoteId);
    return remoteId;
  });
}

/** The same call, but that it writes nothing while a lost write may still create this supplier. */
async function carefully(
  { store, clock }: WorkerContext,
  { lane }: LaneHold,
  work: LaneSession,
  supplierKey: string,
  call: Call,
): Promise<Call> {
  const now = clock.now();
  const since = new Date(now.getTime() - work.limits.arrivesWithinMs);
  const logged = await store.lostSupplierWriteAt(lane, supplierKey, since);
  const heard = work.lostSuppliers.get(supplierKey);
  const lostAt = [logged, heard].flatMap((at) => at ?? []).sort((a, b) => +b - +a)[0] ?? null;
  const until = mayArriveUntil(lostAt, work, now);
  if (!until) return call;
  return {
    ...call,
    write: async () => {
      throw new MayStillArrive(until, now);
    },
  };
}
