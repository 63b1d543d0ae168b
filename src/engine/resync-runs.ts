/**
 * Cause runs: all that fails by a cause is synced again, page after page, by whatever process is there. It goes
 * on when nobody looks any more, and when the process that was at it died. The first page is part of asking,
 * so that a cause of few bills is done with the answer.
 *
 * Must stay true: a page's wishes and the step past it are one transaction; one page of a run at a time.
 */
import {
  advanceCauseRun,
  type CauseRun,
  findCauseRun,
  findRunning,
  insertCauseRun,
  takeCauseRun,
} from '../store/cause-runs.ts';
import { findConnection } from '../store/connections.ts';
import { type Cause, countFailing } from '../store/failing-now.ts';
import { notifyLive } from '../store/notices.ts';
import type { Recording } from './record-change.ts';
import { resyncCause } from './cause-page.ts';
import { tally } from './resync.ts';

/** Whoever goes on with a run does so in the name of the person who asked. */
export type Going = Omit<Recording, 'actor'>;

/** The one that is running already, if there is one: to ask twice is to ask once. */
export async function startCauseRun(
  recording: Recording,
  cause: Cause,
  billsAtOnce: number,
): Promise<CauseRun> {
  const { db, clock, ids, actor } = recording;
  for (;;) {
    const { bills } = await countFailing(db, cause);
    const run = { ...cause, id: ids.next(), actor, bills, createdAt: clock.now() };
    if (await insertCauseRun(db, run)) {
      await stepCauseRun(recording, run, billsAtOnce);
      return (await findCauseRun(db, cause.companyId, run.id))!;
    }
    // It may be over by now; then this one begins after all.
    const running = await findRunning(db, cause);
    if (running) return running;
  }
}

/** One page, in the transaction of `going.db`. False: somebody else is at it, or it is over. */
export async function stepCauseRun(
  going: Going,
  { companyId, id }: Pick<CauseRun, 'companyId' | 'id'>,
  billsAtOnce: number,
): Promise<boolean> {
  const { db, clock } = going;
  const run = await takeCauseRun(db, companyId, id);
  if (!run) return false;
  const connection = await findConnection(db, companyId, run.connectionId);
  const next = connection?.enabled
    ? await afterPage({ ...going, actor: run.actor }, run, billsAtOnce)
    : { ...run, state: 'stopped' as const };
  await advanceCauseRun(db, next, clock.now());
  await notifyLive(db, [{ companyId, connectionId: run.connectionId, billId: null }]);
  return true;
}

async function afterPage(
  recording: Recording,
  run: CauseRun,
  billsAtOnce: number,
): Promise<CauseRun> {
  const page = await resyncCause(recording, run, { after: run.afterBillId, limit: billsAtOnce });
  const { accepted, deleted, refused } = tally(page.asked);
  return {
    ...run,
    state: page.isLast ? 'done' : 'running',
    billsLookedAt: run.billsLookedAt + page.bills,
    afterBillId: page.lastBillId ?? run.afterBillId,
    accepted: run.accepted + accepted,
    deleted: run.deleted + deleted,
    skippedBills: run.skippedBills + refused.length,
    skipped: [...run.skipped, ...refused],
  };
}
