/**
 * Somebody changed a posting in the accounting system, and a person decides that it shall stay so: kept
 * on the posting, told in the activity log, and looked at again at once. The other decision, that the
 * bill is right, is a manual sync (`resync.ts`).
 */
import { asKept } from '../core/kept-fields.ts';
import { insertActivity } from '../store/activity.ts';
import { lockBill } from '../store/bills.ts';
import { lockConnections } from '../store/connections.ts';
import { tryNow } from '../store/lane-pauses.ts';
import { keepFields } from '../store/kept-fields.ts';
import { lockPostings } from '../store/postings.ts';
import { askAgain } from './plan.ts';
import type { Recording } from './record-change.ts';
import { wish } from './wish.ts';

export interface Keeping {
  readonly companyId: string;
  readonly billId: string;
  readonly postingId: string;
  /** The attempt whose three values the person has seen. */
  readonly attemptId: string;
}

/** `nothing-to-decide`: it does not wait for a decision on what that attempt found. */
export async function keepInTarget(
  recording: Recording,
  { companyId, billId, postingId, attemptId }: Keeping,
): Promise<'kept' | 'not-found' | 'connection-off' | 'nothing-to-decide'> {
  const { db, clock, ids, actor } = recording;
  const connections = await lockConnections(db, companyId);
  if (!(await lockBill(db, companyId, billId))) return 'not-found';
  const posting = (await lockPostings(db, companyId, billId)).find(({ id }) => id === postingId);
  const connection = connections.find(({ id }) => id === posting?.connectionId);
  if (!posting || !connection) return 'not-found';
  if (!connection.enabled) return 'connection-off';
  const { failure, state, lastAttemptId } = posting;
  if (state !== 'failed' || failure?.code !== 'changed-in-target' || lastAttemptId !== attemptId)
    return 'nothing-to-decide';
  await keepFields(db, companyId, postingId, asKept(failure.conflicts));
  const now = clock.now();
  await insertActivity(
    db,
    failure.conflicts.map(({ field, there, wanted }) => ({
      id: ids.next(),
      companyId,
      billId,
      at: now,
      actor,
      kind: 'kept-in-target' as const,
      subject: field,
      before: wanted,
      after: there,
      connectionId: connection.id,
      postingKind: posting.kind,
    })),
  );
  // Nobody's wish to overwrite: that would carry a request.
  const asking = { trigger: 'manual', changes: [], actor, requestId: null, now } as const;
  await tryNow(db, { companyId, connectionId: connection.id }, now);
  await wish(db, [askAgain(posting, connection.rules, asking)]);
  return 'kept';
}
