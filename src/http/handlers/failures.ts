/** Failures by cause, and syncing again what fails by one of them. */
import { resyncCause } from '../../engine/resync-cause.ts';
import { countFailing } from '../../store/failing-now.ts';
import { listFailureCauses } from '../../store/failures-by-cause.ts';
import { cursorAfter, readCursor } from '../cursor.ts';
import { type Handler, reading, writing } from '../handler.ts';
import { presentResynced, refusalOf } from '../present/resynced.ts';
import { presentFailureCause } from '../present/sync.ts';
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

  resyncCause: writing('resyncCause', async (facts, { params, body }) => {
    const { connectionId, failure, limit } = body;
    const after = readCursor(body.cursor, 'body.cursor');
    const cause = { ...params, connectionId, failure };
    const { enabled } = await foundConnection(facts, cause);
    if (!enabled) throw refusalOf({ code: 'connection-off' });
    const page = await resyncCause(recordingOf(facts), cause, { after, limit });
    const { lastBillId, isLast } = page;
    return {
      ...presentResynced(page.asked),
      bills: page.bills,
      next: isLast || lastBillId === null ? null : cursorAfter(lastBillId),
    };
  }),
} satisfies Record<string, Handler>;
