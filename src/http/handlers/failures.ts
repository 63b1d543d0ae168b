/** Failures by cause. */
import { countFailing } from '../../store/failing-now.ts';
import { listFailureCauses } from '../../store/failures-by-cause.ts';
import { type Handler, reading } from '../handler.ts';
import { presentFailureCause } from '../present/sync.ts';
import { foundCompany, foundConnection } from './found.ts';

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
} satisfies Record<string, Handler>;
