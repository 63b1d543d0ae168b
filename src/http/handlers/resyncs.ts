/** Syncing many bills again: runs, which the service goes on with by itself. */
import { resumeResyncRun, startResyncRun } from '../../engine/resync-runs.ts';
import { notifyLive } from '../../store/notices.ts';
import { findResyncRun, listResyncRuns, stopResyncRun } from '../../store/resync-runs.ts';
import type { RequestFacts } from '../context.ts';
import { pageOf, readCursor } from '../cursor.ts';
import { type Handler, reading, writing } from '../handler.ts';
import { presentResyncRun } from '../present/resync-run.ts';
import { Refusal } from '../refusal.ts';
import { enabledConnection, foundCompany, foundReconciliation, recordingOf } from './found.ts';

export const resyncHandlers = {
  startResyncRun: writing('startResyncRun', async (facts, { params, body }) => {
    const { companyId } = params;
    const { connectionId = null, posting = null, of, link, recreate } = body;
    if (link && posting !== 'supplier-invoice')
      throw new Refusal('invalid-request', 'Only what was booked as an invoice is linked.', [
        { path: 'body.link', message: 'is for supplier invoices' },
      ]);
    if (link && recreate)
      throw new Refusal('invalid-request', 'Link what is there, or make again what is not.', [
        { path: 'body.recreate', message: 'is not together with link' },
      ]);
    await foundCompany(facts, companyId);
    if (connectionId !== null) await enabledConnection(facts, { companyId, connectionId });
    if (of.by === 'reconciled') await foundReconciliation(facts, { companyId, ...of });
    const { billsAtOnce } = facts.context.engine.timing;
    const selected = { companyId, connectionId, posting, of, link, recreate };
    const run = await startResyncRun(recordingOf(facts), selected, billsAtOnce);
    return presentResyncRun(run, facts.language);
  }),

  listResyncRuns: reading('listResyncRuns', async (facts, { params, query }) => {
    const { companyId } = params;
    await foundCompany(facts, companyId);
    const before = readCursor(query.cursor);
    const runs = await listResyncRuns(facts.db, companyId, { before, limit: query.limit + 1 });
    const { items, next } = pageOf(runs, query.limit);
    return { items: items.map((run) => presentResyncRun(run, facts.language)), next };
  }),

  getResyncRun: reading('getResyncRun', async (facts, { params }) =>
    presentResyncRun(await foundRun(facts, params), facts.language),
  ),

  stopResyncRun: writing('stopResyncRun', async (facts, { params }) => {
    const { db, person, context, language } = facts;
    const { companyId, runId } = params;
    await foundRun(facts, params);
    const now = context.engine.clock.now();
    if (!(await stopResyncRun(db, companyId, runId, { by: person, now })))
      throw new Refusal('already-so', 'It is over.');
    const stopped = await foundRun(facts, params);
    await notifyLive(db, [{ companyId, connectionId: stopped.connectionId, billId: null }]);
    return presentResyncRun(stopped, language);
  }),

  resumeResyncRun: writing('resumeResyncRun', async (facts, { params }) => {
    const run = await foundRun(facts, params);
    const { companyId, connectionId } = run;
    if (connectionId !== null) await enabledConnection(facts, { companyId, connectionId });
    const { billsAtOnce } = facts.context.engine.timing;
    const resumed = await resumeResyncRun(recordingOf(facts), run, billsAtOnce);
    if (!resumed) throw new Refusal('already-so', 'It is not stopped, or the same is running.');
    return presentResyncRun(resumed, facts.language);
  }),
} satisfies Record<string, Handler>;

async function foundRun({ db }: RequestFacts, params: { companyId: string; runId: string }) {
  const run = await findResyncRun(db, params.companyId, params.runId);
  if (!run) throw new Refusal('not-found', 'There is no such run.');
  return run;
}
