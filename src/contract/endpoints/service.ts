/** The service itself, and its companies. */
import { z } from 'zod';
import * as b from '../bill-shapes.ts';
import { endpoint } from '../endpoint.ts';
import * as s from '../scalars.ts';
import * as y from '../sync-shapes.ts';
import { company, ofCompany } from './addresses.ts';

export const serviceEndpoints = {
  health: endpoint({
    method: 'get',
    path: '/v1/health',
    group: 'Service',
    summary: 'Is the service up, with its database?',
    answer: z.strictObject({ status: z.literal('ok'), version: z.string() }),
  }),

  session: endpoint({
    method: 'get',
    path: '/v1/session',
    group: 'Service',
    summary: 'Who am I taken for?',
    description:
      'Until accounts exist, a person is whoever the `Spor-Person` header names (percent-encoded UTF-8), else the name the service was started under.',
    answer: z.strictObject({ person: z.string() }),
  }),

  listConnectors: endpoint({
    method: 'get',
    path: '/v1/connectors',
    group: 'Connections',
    summary: 'The accounting systems Spor speaks to',
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          id: z.string(),
          name: z.string(),
          capabilities: z.record(z.string(), z.boolean()),
          settings: z.record(z.string(), z.unknown()).describe('JSON Schema of its settings.'),
          secretSettings: z.array(z.string()),
        }),
      ),
    }),
  }),

  listCompanies: endpoint({
    method: 'get',
    path: '/v1/companies',
    group: 'Companies',
    summary: 'All companies',
    answer: z.strictObject({ items: z.array(y.company) }),
  }),

  createCompany: endpoint({
    method: 'post',
    path: '/v1/companies',
    group: 'Companies',
    summary: 'Add a company',
    status: 201,
    body: z.strictObject({ name: s.name(200), baseCurrency: s.currency.default('DKK') }),
    answer: y.company,
  }),

  getCompany: endpoint({
    method: 'get',
    path: company,
    group: 'Companies',
    summary: 'One company',
    params: ofCompany,
    answer: y.company,
    problems: ['not-found'],
  }),

  overview: endpoint({
    method: 'get',
    path: `${company}/overview`,
    group: 'Companies',
    summary: 'How many bills are in which state',
    params: ofCompany,
    answer: z.strictObject({
      bills: z.number().int(),
      bySync: z.record(b.syncState, z.number().int()),
      duplicates: z.number().int(),
    }),
    problems: ['not-found'],
  }),

  live: endpoint({
    method: 'get',
    path: `${company}/live`,
    group: 'Companies',
    summary: 'What changes, as it changes (server-sent events)',
    description:
      'Event `change`, data `{"billId": …|null, "connectionId": …|null}`: look again. Event `ping` every 15 seconds.',
    params: ofCompany,
    answer: 'events',
    problems: ['not-found'],
  }),
} as const;
