/** Writes wishes and wakes their lanes: the last thing a change does in its transaction (invariant 4). */
import { wakeLane } from '../store/lanes.ts';
import { noticesOf, notifyLive, notifyWake } from '../store/notices.ts';
import type { Queryable } from '../store/pool.ts';
import { type Wish, writeWishes } from '../store/postings.ts';

export async function wish(db: Queryable, wishes: readonly Wish[]): Promise<void> {
  await writeWishes(db, wishes);
  const lanes = new Map<string, { companyId: string; connectionId: string; dueAt: Date }>();
  for (const { companyId, connectionId, dueAt } of wishes) {
    if (dueAt === null) continue;
    const key = `${companyId}/${connectionId}`;
    const known = lanes.get(key);
    if (!known || dueAt < known.dueAt) lanes.set(key, { companyId, connectionId, dueAt });
  }
  const inOrder = [...lanes.values()].sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
  for (const lane of inOrder) {
    await wakeLane(db, lane, lane.dueAt);
    await notifyWake(db, lane.companyId, lane.connectionId);
  }
  await notifyLive(db, noticesOf(wishes));
}
