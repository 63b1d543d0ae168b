/** Syncing many bills again, which may take a while: begun, looked at, stopped, gone on with. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { resyncRun, resyncSelection } from '../resync-shapes.ts';
import * as s from '../scalars.ts';
import { postingKind } from '../sync-shapes.ts';
import { company, ofCompany, page } from './addresses.ts';

const runs = `${company}/resyncs` as const;
const ofRun = ofCompany.extend({ runId: s.id });

export const resyncsEndpoints = {
  startResyncRun: endpoint({
    method: 'post',
    path: runs,
    group: 'Integration log',
    summary: 'Sync many bills again',
    status: 202,
    description:
      'Oldest bills first. Some are asked for at once, the others in the background, also when nobody waits; `getResyncRun` says how far it is. No bill is asked for twice on the way; of what fails by a cause, or is in a state, what was mended meanwhile is not asked for. What was deleted there is left out, unless `recreate` asks for it. While the same is running, that one is the answer.',
    params: ofCompany,
    body: z.strictObject({
      connectionId: s.id.optional().describe('All connections when left out.'),
      posting: postingKind.optional().describe('Both kinds when left out.'),
      of: resyncSelection,
      link: z
        .boolean()
        .default(false)
        .describe(
          'Of supplier invoices that somebody booked there by hand: each is linked and stays as it is, if it agrees with the bill in supplier, number, kind, day, currency and total; else it fails as before. Where the connection has the capability `link`; `posting` must be `supplier-invoice`.',
        ),
      recreate: z
        .boolean()
        .default(false)
        .describe('What was deleted there is made again. Not together with `link`.'),
    }),
    answer: resyncRun,
    problems: ['not-found', 'connection-off'],
  }),

  listResyncRuns: endpoint({
    method: 'get',
    path: runs,
    group: 'Integration log',
    summary: 'What was synced again by many bills at once, newest first',
    params: ofCompany,
    query: z.strictObject({ cursor: s.cursor.optional(), limit: s.limit }),
    answer: page(resyncRun),
    problems: ['not-found'],
  }),

  getResyncRun: endpoint({
    method: 'get',
    path: `${runs}/{runId}`,
    group: 'Integration log',
    summary: 'How far it is, or what has come of it',
    params: ofRun,
    answer: resyncRun,
    problems: ['not-found'],
  }),

  stopResyncRun: endpoint({
    method: 'post',
    path: `${runs}/{runId}/stop`,
    group: 'Integration log',
    summary: 'Ask for no more of it',
    description:
      'What was asked for by then is synced; the rest is as it was, and can be asked for again.',
    params: ofRun,
    answer: resyncRun,
    problems: ['not-found', 'already-so'],
  }),

  resumeResyncRun: endpoint({
    method: 'post',
    path: `${runs}/{runId}/resume`,
    group: 'Integration log',
    summary: 'Go on with one that was stopped',
    description:
      'From where it stood: what it asked for before is not asked for again. `already-so`: it is not stopped, or the same is running.',
    params: ofRun,
    answer: resyncRun,
    problems: ['not-found', 'already-so', 'connection-off'],
  }),
} as const;
