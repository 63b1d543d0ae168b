/**
 * After a connection's settings or rules changed, every bill is looked at again, a batch per
 * transaction; where we are is kept in the database, so that any worker goes on where one stopped.
 */
import { diffFields } from '../core/diff.ts';
import type { Bill } from '../core/bill.ts';
import { offReason } from '../core/rules.ts';
import type { DuePosting } from '../store/claimable.ts';
import type { Connection, Replan } from '../store/connections.ts';
import type { Posting, Wish } from '../store/postings.ts';
import { documentFor } from './documents.ts';
import type { WorkerContext } from './engine.ts';
import type { LaneSession } from './lane-session.ts';
import { type Asking, askAgain, planBill } from './plan.ts';
import type { WorkerSessions } from './worker-sessions.ts';

const CONNECTIONS_AT_ONCE = 20;

/** One batch of each; tells whether any went on. One that fails keeps no other. */
export async function replanConnections(
  context: WorkerContext,
  sessions: WorkerSessions,
): Promise<boolean> {
  const replans = await context.store.listReplans(CONNECTIONS_AT_ONCE);
  let wentOn = false;
  let broken: unknown = null;
  for (const replan of replans) {
    try {
      if (await replanBatch(context, sessions, replan)) wentOn = true;
    } catch (error) {
      broken ??= error;
    }
  }
  if (broken !== null && !wentOn) throw broken;
  return wentOn;
}

async function replanBatch(
  context: WorkerContext,
  sessions: WorkerSessions,
  replan: Replan,
): Promise<boolean> {
  const session = await sessions.get(replan).catch(() => null);
  return context.store.replan(replan, context.timing.billsAtOnce, (connection, bills) =>
    bills.flatMap(({ bill, existing }) => wishesFor(context, connection, session, bill, existing)),
  );
}

function wishesFor(
  context: WorkerContext,
  connection: Connection,
  session: LaneSession | null,
  bill: Bill,
  existing: readonly Posting[],
): Wish[] {
  const asking = bySettings(context);
  const planned = planBill(bill, connection, existing, asking, () => context.ids.next());
  // On a connection as it was set up, what there is was planned on these very rules.
  if (connection.changedAt.getTime() === connection.createdAt.getTime()) return planned;
  const others = existing.filter(
    (posting) =>
      posting.connectionId === connection.id &&
      posting.wanted === 'present' &&
      posting.off === null &&
      !planned.some(({ id }) => id === posting.id),
  );
  return [
    ...planned,
    ...others.flatMap((posting): Wish[] => {
      // It will be attempted anyway, for the reason it has; but a lane may hold it in its queue with the
      // rules as they were, and an attempt prepared on those must not open.
      if (posting.state === 'waiting') return [{ ...posting, wishNumber: posting.wishNumber + 1 }];
      if (!isAffected(session, bill, posting, connection)) return [];
      return [askAgain(posting, connection.rules, asking)];
    }),
  ];
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Those of a lane's due postings that its rules leave out by now: planned at once, for what new rules leave out is not
 * to be booked until all bills are looked at again.
 */
export async function leaveOut(
  context: WorkerContext,
  { connection }: LaneSession,
  due: readonly DuePosting[],
): Promise<ReadonlySet<string>> {
  const out = due.filter(
    ({ wanted, bill, kind }) =>
      wanted === 'present' && offReason(bill, kind, connection.rules) !== null,
  );
  if (out.length === 0) return NONE;
  const lane = { companyId: connection.companyId, connectionId: connection.id };
  const billIds = [...new Set(out.map(({ billId }) => billId))];
  await context.store.planAnew(lane, billIds, (now, bills) =>
    bills.flatMap(({ bill, existing }) =>
      planBill(bill, now, existing, bySettings(context), () => context.ids.next()),
    ),
  );
  return new Set(out.map(({ id }) => id));
}

function bySettings({ clock }: WorkerContext): Asking {
  return {
    trigger: 'settings',
    changes: [],
    actor: null,
    requestId: null,
    now: clock.now(),
  };
}

/** Does the posting wait for a mending, or would it say something else now? */
function isAffected(
  session: LaneSession | null,
  bill: Bill,
  posting: Posting,
  { rules }: Connection,
): boolean {
  if (posting.state !== 'in-step' || !session || !posting.confirmedFields) return true;
  try {
    const document = documentFor(bill, { ...posting, postingId: posting.id, invoice: null }, rules);
    return diffFields(posting.confirmedFields, session.session.fields(document)).length > 0;
  } catch {
    return true;
  }
}
