/** Failures by cause, and syncing again what fails by one of them. */
import { startCauseRun } from '../../engine/cause-runs.ts';
import { findCauseRun, listCauseRuns, stopCauseRun } from '../../store/cause-runs.ts';
import { countFailing } from '../../store/failing-now.ts';
import { listFailureCauses } from '../../store/failures-by-cause.ts';
import { notifyLive } from '../../store/notices.ts';
import type { RequestFacts } from '../context.ts';
import { pageOf, readCursor } from '../cursor.ts';
import { type Handler, reading, writing } from '../handler.ts';
import { presentCauseRun } from '../present/cause-run.ts';
import { refusalOf } from '../present/resynced.ts';
import { presentFailureCause } from '../present/sync.ts';
import { Refusal } from '../refusal.ts';
import { foundCompany, foundConnection, recordingOf } from './found.ts';

const DAY_MS = 86_400_000;

export const failureHandlers = {
  listFailures: reading('listFailures', async (facts, { params, query }) => {
    await foundCompany(facts, params.companyId);
    const { db, context, language } = facts;
    const now = context.engine.clock.now();
    const since = new Date(now.getTime() - query.days * DAY_MS);
    const causes = await listFailureCauses(db, {
      ...params,
      connectionId: query.connectionId ?? null,
      since,
    });
    return {
      since: since.toISOString(),
      items: causes.map((cause) => presentFailureCause(cause, language)),
    };
  }),

  countFailing: reading('countFailing', async (facts, { params, query }) => {
    const cause = { ...params, ...query };
    await foundConnection(facts, cause);
    return countFailing(facts.db, cause);
  }),

  startCauseRun: writing('startCauseRun', async (facts, { params, body }) => {
    const cause = { ...params, ...body };
    const { enabled } = await foundConnection(facts, cause);
    if (!enabled) throw refusalOf({ code: 'connection-off' });
    const { billsAtOnce } = facts.context.engine.timing;
    const run = await startCauseRun(recordingOf(facts), cause, billsAtOnce);
    return presentCauseRun(run, facts.language);
  }),

  listCauseRuns: reading('listCauseRuns', async (facts, { params, query }) => {
    const { companyId } = params;
    await foundCompany(facts, companyId);
    const before = readCursor(query.cursor);
    const runs = await listCauseRuns(facts.db, companyId, { before, limit: query.limit + 1 });
    const { items, next } = pageOf(runs, query.limit);
    return { items: items.map((run) => presentCauseRun(run, facts.language)), next };
  }),

  getCauseRun: reading('getCauseRun', async (facts, { params }) =>
    presentCauseRun(await foundRun(facts, params), facts.language),
  ),

  stopCauseRun: writing('stopCauseRun', async (facts, { params }) => {
    const { db, person, context, language } = facts;
    const { companyId, runId } = params;
    await foundRun(facts, params);
    const now = context.engine.clock.now();
    if (!(await stopCauseRun(db, companyId, runId, { by: person, now })))
      throw new Refusal('already-so', 'It is over.');
    const stopped = await foundRun(facts, params);
    await notifyLive(db, [{ companyId, connectionId: stopped.connectionId, billId: null }]);
    return presentCauseRun(stopped, language);
  }),
} satisfies Record<string, Handler>;

async function foundRun({ db }: RequestFacts, params: { companyId: string; runId: string }) {
  const run = await findCauseRun(db, params.companyId, params.runId);
  if (!run) throw new Refusal('not-found', 'There is no such run.');
  return run;
}
