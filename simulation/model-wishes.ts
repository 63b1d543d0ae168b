/** Writes wishes into the model and wakes their lanes, as `src/engine/wish.ts` does in PostgreSQL. */
import { NEVER_ATTEMPTED } from '../src/engine/plan.ts';
import type { Posting, Wish } from '../src/store/postings.ts';
import { earliest, type Tables } from './model-tables.ts';

export function writeWishes(
  { postings, lanes }: Tables,
  wishes: readonly Wish[],
  onWake: (connectionId: string) => void,
): void {
  for (const wish of wishes) {
    const known: Omit<Posting, keyof Wish> = postings.get(wish.id) ?? NEVER_ATTEMPTED;
    postings.set(wish.id, { ...known, ...wanted(wish) });
  }
  for (const { connectionId, dueAt } of wishes) {
    const lane = lanes.get(connectionId);
    if (dueAt && lane)
      lanes.set(connectionId, { ...lane, nextDueAt: earliest(lane.nextDueAt, dueAt) });
  }
  const woken = new Set(wishes.flatMap(({ connectionId, dueAt }) => (dueAt ? [connectionId] : [])));
  for (const connectionId of [...woken].sort()) onWake(connectionId);
}

/** Only the wish's half: whoever made the wish may hold the other as it was before. */
function wanted(wish: Wish): Wish {
  const { id, companyId, connectionId, billId, kind, paymentId } = wish;
  const { off, wishNumber, dueAt, burstBeganAt, priority, trigger, changes, actor } = wish;
  const { requestIds, state, waitingFor, wantedRevision } = wish;
  return {
    id,
    companyId,
    connectionId,
    billId,
    kind,
    paymentId,
    wanted: wish.wanted,
    wantedRevision,
    off,
    wishNumber,
    dueAt,
    burstBeganAt,
    priority,
    trigger,
    changes,
    actor,
    requestIds,
    state,
    waitingFor,
  };
}
