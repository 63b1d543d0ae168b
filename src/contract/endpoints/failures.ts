/** Failures by cause: what failed lately, and what fails still. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import * as s from '../scalars.ts';
import * as y from '../sync-shapes.ts';
import { company, ofCompany } from './addresses.ts';

const cause = z.strictObject({ connectionId: s.id, failure: y.failureCode });

export const failuresEndpoints = {
  listFailures: endpoint({
    method: 'get',
    path: `${company}/failures`,
    group: 'Integration log',
    summary: 'Failures by cause',
    description:
      'Per connection and failure code: the attempts of the last days that failed by it, and how many of their postings do so still. What most fail by comes first. `listBills` with the same `failure` and `connectionId` gives the bills.',
    params: ofCompany,
    query: z.strictObject({
      connectionId: s.id.optional().describe('All connections when left out.'),
      days: s.days,
    }),
    answer: z.strictObject({
      since: s.instant.describe('Attempts begun from here on are counted.'),
      items: z.array(y.failureCause),
    }),
    problems: ['not-found'],
  }),

  countFailing: endpoint({
    method: 'get',
    path: `${company}/failures/now`,
    group: 'Integration log',
    summary: 'How many fail by a cause now',
    description:
      'Whenever they failed. What waits for an attempt already fails until it succeeds, and need not be asked for.',
    params: ofCompany,
    query: cause,
    answer: z.strictObject({
      bills: z.number().int().describe('Bills that `startResyncRun` would ask for.'),
      postings: z.number().int(),
      waiting: z.number().int().describe('Of the postings: those that wait for an attempt.'),
      syncing: z.number().int().describe('Of the postings: those of which one is under way.'),
    }),
    problems: ['not-found'],
  }),
} as const;
