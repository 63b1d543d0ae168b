/** Connections: set up, checked, turned on and off. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import * as s from '../scalars.ts';
import * as y from '../sync-shapes.ts';
import { company, connection, ofCompany, ofConnection } from './addresses.ts';

export const connectionsEndpoints = {
  listConnections: endpoint({
    method: 'get',
    path: `${company}/connections`,
    group: 'Connections',
    summary: "A company's connections",
    params: ofCompany,
    answer: z.strictObject({ items: z.array(y.connection) }),
    problems: ['not-found'],
  }),

  createConnection: endpoint({
    method: 'post',
    path: `${company}/connections`,
    group: 'Connections',
    summary: 'Connect an accounting system',
    status: 201,
    params: ofCompany,
    body: z.strictObject({
      connector: s.name(60),
      name: s.name(200),
      settings: s.anyObject.default({}),
      rules: y.rules.partial().default({}),
    }),
    answer: y.connection,
    problems: ['not-found', 'settings-invalid', 'books-taken'],
  }),

  getConnection: endpoint({
    method: 'get',
    path: connection,
    group: 'Connections',
    summary: 'One connection',
    params: ofConnection,
    answer: y.connection,
    problems: ['not-found'],
  }),

  editConnection: endpoint({
    method: 'patch',
    path: connection,
    group: 'Connections',
    summary: 'Change name, settings or rules, or turn it on or off',
    params: ofConnection,
    description:
      'A change of settings or rules lets a paused lane go on at once and looks again at every bill.',
    body: z.strictObject({
      name: s.name(200).optional(),
      enabled: z.boolean().optional(),
      settings: s.anyObject.optional().describe('Replaces; a secret left out stays.'),
      rules: y.rules.partial().optional(),
    }),
    answer: y.connection,
    problems: ['not-found', 'settings-invalid', 'books-taken', 'secret-wanted'],
  }),

  checkConnection: endpoint({
    method: 'post',
    path: `${connection}/check`,
    group: 'Connections',
    summary: 'Can we sign in and see the books?',
    params: ofConnection,
    answer: z.strictObject({
      ok: z.boolean(),
      failure: y.failure.nullable(),
      durationMs: z.number(),
    }),
    problems: ['not-found'],
  }),

  resumeConnection: endpoint({
    method: 'post',
    path: `${connection}/resume`,
    group: 'Connections',
    summary: 'Let a paused lane try now',
    params: ofConnection,
    answer: y.connection,
    problems: ['not-found', 'connection-off'],
  }),
} as const;
