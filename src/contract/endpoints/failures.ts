/** Failures by cause: what failed lately, what fails still, and syncing that again when the cause is mended. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import * as s from '../scalars.ts';
import * as y from '../sync-shapes.ts';
import { company, ofCompany, page } from './addresses.ts';

const cause = z.strictObject({ connectionId: s.id, failure: y.failureCode });
const runs = `${company}/failures/runs` as const;
const ofRun = ofCompany.extend({ runId: s.id });

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
      bills: z.number().int().describe('Bills that `startCauseRun` would ask for.'),
      postings: z.number().int(),
      waiting: z.number().int().describe('Of the postings: those that wait for an attempt.'),
      syncing: z.number().int().describe('Of the postings: those of which one is under way.'),
    }),
    problems: ['not-found'],
  }),

  startCauseRun: endpoint({
    method: 'post',
    path: runs,
    group: 'Integration log',
    summary: 'Sync again what fails by a cause',
    status: 202,
    description:
      "The postings that fail by it now and don't wait for an attempt already, oldest bills first. Some bills are asked for at once, the others in the background, also when nobody waits; `getCauseRun` says how far it is. No bill is asked for twice on the way, and one that was mended meanwhile is not asked for. As with many bills by id, nothing that is known to be deleted there is made again. While one of the same cause is running, that one is the answer.",
    params: ofCompany,
    body: cause,
    answer: y.causeRun,
    problems: ['not-found', 'connection-off'],
  }),

  listCauseRuns: endpoint({
    method: 'get',
    path: runs,
    group: 'Integration log',
    summary: 'What was synced again by cause, newest first',
    params: ofCompany,
    query: z.strictObject({ cursor: s.cursor.optional(), limit: s.limit }),
    answer: page(y.causeRun),
    problems: ['not-found'],
  }),

  getCauseRun: endpoint({
    method: 'get',
    path: `${runs}/{runId}`,
    group: 'Integration log',
    summary: 'How far it is, or what has come of it',
    params: ofRun,
    answer: y.causeRun,
    problems: ['not-found'],
  }),

  stopCauseRun: endpoint({
    method: 'post',
    path: `${runs}/{runId}/stop`,
    group: 'Integration log',
    summary: 'Ask for no more of it',
    description:
      'What was asked for by then is synced; the rest fails still, and can be asked for again.',
    params: ofRun,
    answer: y.causeRun,
    problems: ['not-found', 'already-so'],
  }),
} as const;
