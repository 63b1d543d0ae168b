/** The integration log: postings, attempts, and syncing again. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import * as s from '../scalars.ts';
import * as y from '../sync-shapes.ts';
import { bill, company, ofBill, ofCompany, page } from './addresses.ts';

const accepted = z.strictObject({ postingIds: z.array(s.id), requestedAt: s.instant });

export const logEndpoints = {
  listPostings: endpoint({
    method: 'get',
    path: `${bill}/postings`,
    group: 'Integration log',
    summary: "A bill's postings and how each stands",
    params: ofBill,
    answer: z.strictObject({ items: z.array(y.posting) }),
    problems: ['not-found'],
  }),

  listAttempts: endpoint({
    method: 'get',
    path: `${bill}/attempts`,
    group: 'Integration log',
    summary: 'The integration log of a bill, newest first',
    params: ofBill,
    query: z.strictObject({
      connectionId: s.id.optional(),
      cursor: s.cursor.optional(),
      limit: s.limit,
    }),
    answer: page(y.attemptSummary).extend({
      archived: z
        .array(y.archivedAttempts)
        .describe('On the last page: older attempts that left the log, by month, newest first.'),
    }),
    problems: ['not-found'],
  }),

  getAttempt: endpoint({
    method: 'get',
    path: `${company}/attempts/{attemptId}`,
    group: 'Integration log',
    summary: 'Everything about one attempt',
    params: ofCompany.extend({ attemptId: s.id }),
    answer: y.attemptDetail,
    problems: ['not-found', 'attempt-archived'],
  }),

  resync: endpoint({
    method: 'post',
    path: `${bill}/resync`,
    group: 'Integration log',
    summary: 'Sync a posting again, now',
    status: 202,
    params: ofBill,
    description:
      'Updates the posting if it exists in the accounting system, else creates it, with the bill as it is at that moment.',
    body: z.strictObject({
      connectionId: s.id,
      posting: y.postingKind,
      paymentId: s.id.optional().describe('Which payment; all of them when left out.'),
      overwrite: z
        .boolean()
        .default(false)
        .describe('Also over fields that were decided to stay as they are there.'),
      replace: z
        .boolean()
        .default(false)
        .describe(
          'Of a supplier invoice: if it can be changed no more there, it is credited and made anew. Where the connection has the capability `credit`.',
        ),
      link: z
        .boolean()
        .default(false)
        .describe(
          'Of a supplier invoice: if somebody booked it there by hand, that one is linked, and stays as it is. Where the connection has the capability `link`. Not with `replace`.',
        ),
    }),
    answer: accepted,
    problems: [
      'not-found',
      'payment-not-offered',
      'payment-booked',
      'bill-is-duplicate',
      'bill-cancelled',
      'posting-off',
      'connection-off',
    ],
  }),

  keepInTarget: endpoint({
    method: 'post',
    path: `${bill}/postings/{postingId}/keep`,
    group: 'Integration log',
    summary: 'Keep what somebody changed in the accounting system',
    status: 202,
    params: ofBill.extend({ postingId: s.id }),
    description:
      'For a posting that failed as `changed-in-target`: its fields stay as they are there, as long as they are so and the bill says what it says now. To let the bill win instead, sync again.',
    body: z.strictObject({
      attemptId: s.id.describe('The attempt whose values the person has seen.'),
    }),
    answer: accepted,
    problems: ['not-found', 'connection-off', 'nothing-to-decide'],
  }),
} as const;
