/**
 * Resync runs: many bills are synced again, page after page, by whatever process is there. It goes on when nobody
 * looks any more, and when the process that was at it died. The first page is part of asking, so that what is few
 * bills is done with the answer.
 *
 * Must stay true: a page's wishes and the step past it are one transaction; one page of a run at a time.
 */
import {
  advanceResyncRun,
  findResyncRun,
  findRunning,
  insertResyncRun,
  lockBeginnings,
  reopenResyncRun,
  type ResyncRun,
  takeResyncRun,
  type Wanted,
} from '../store/resync-runs.ts';
import { findConnection } from '../store/connections.ts';
import { notifyLive } from '../store/notices.ts';
import type { Queryable } from '../store/pool.ts';
import { countSelected, type Selected } from '../store/selected-bills.ts';
import type { Recording } from './record-change.ts';
import { resyncPage } from './resync-page.ts';
import { tally } from './resync.ts';

/** Whoever goes on with a run does so in the name of the person who asked. */
export type Going = Omit<Recording, 'actor'>;

/** The one that is running already, if there is one: to ask twice is to ask once. */
export async function startResyncRun(
  recording: Recording,
  selected: Wanted,
  billsAtOnce: number,
): Promise<ResyncRun> {
  const { db, clock, ids, actor } = recording;
  await lockBeginnings(db, selected.companyId);
  for (;;) {
    const bills = await countSelected(db, selected);
    const run = { ...selected, id: ids.next(), actor, bills, createdAt: clock.now() };
    if (await insertResyncRun(db, run)) {
      await stepResyncRun(recording, run, billsAtOnce);
      return (await findResyncRun(db, selected.companyId, run.id))!;
    }
    // It may be over by now; then this one begins after all.
    const running = await findRunning(db, selected);
    if (running) return running;
  }
}

/** A stopped one, from where it stood. Null: it is not stopped, or the same is running. */
export async function resumeResyncRun(
  recording: Recording,
  run: Pick<ResyncRun, 'companyId' | 'id'>,
  billsAtOnce: number,
): Promise<ResyncRun | null> {
  const { db, actor } = recording;
  await lockBeginnings(db, run.companyId);
  if (!(await reopenResyncRun(db, run, actor))) return null;
  await stepResyncRun(recording, run, billsAtOnce);
  return findResyncRun(db, run.companyId, run.id);
}

/** One page, in the transaction of `going.db`. False: somebody else is at it, or it is over. */
export async function stepResyncRun(
  going: Going,
  { companyId, id }: Pick<ResyncRun, 'companyId' | 'id'>,
  billsAtOnce: number,
): Promise<boolean> {
  const { db, clock } = going;
  const run = await takeResyncRun(db, companyId, id);
  if (!run) return false;
  const next = (await isOff(db, run))
    ? { ...run, state: 'stopped' as const }
    : await afterPage({ ...going, actor: run.actor }, run, billsAtOnce);
  await advanceResyncRun(db, next, clock.now());
  await notifyLive(db, [{ companyId, connectionId: run.connectionId, billId: null }]);
  return true;
}

/** Each bill would be refused. */
async function isOff(db: Queryable, { companyId, connectionId }: ResyncRun): Promise<boolean> {
  if (connectionId === null) return false;
  return (await findConnection(db, companyId, connectionId))?.enabled !== true;
}

async function afterPage(
  recording: Recording,
  run: ResyncRun & Selected,
  billsAtOnce: number,
): Promise<ResyncRun> {
  const page = await resyncPage(recording, run, { after: run.afterBillId, limit: billsAtOnce });
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
