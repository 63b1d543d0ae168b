/** The service itself, and its companies. */
import type { Company } from '../../store/companies.ts';
import { insertCompany, listCompanies } from '../../store/companies.ts';
import { type Handler, reading, writing } from '../handler.ts';
import { liveResponse } from '../live.ts';
import { foundCompany } from './found.ts';

export const companyHandlers = {
  health: reading('health', async ({ db, context }) => {
    await db.query('select 1');
    return { status: 'ok', version: context.version };
  }),

  session: reading('session', async ({ person }) => ({ person })),

  listCompanies: reading('listCompanies', async ({ db }) => ({
    items: (await listCompanies(db)).map(present),
  })),

  createCompany: writing('createCompany', async ({ db, context }, { body }) => {
    const company: Company = {
      ...body,
      id: context.engine.ids.next(),
      createdAt: context.engine.clock.now(),
    };
    await insertCompany(db, company);
    return present(company);
  }),

  getCompany: reading('getCompany', async (facts, { params }) =>
    present(await foundCompany(facts, params.companyId)),
  ),

  live: reading('live', async (facts, { params }) => {
    await foundCompany(facts, params.companyId);
    return liveResponse(facts.context.live, params.companyId, facts.signal);
  }),
} satisfies Record<string, Handler>;

function present(company: Company) {
  return { ...company, createdAt: company.createdAt.toISOString() };
}
