/** Syncing many bills again: which ones, how far it is, and what has come of it. */
import { z } from 'zod';
import { POSTING_STATES } from '../core/posting-state.ts';
import { VERDICTS } from '../core/reconciliation.ts';
import * as s from './scalars.ts';
import { failure, failureCode, postingKind } from './sync-shapes.ts';

export const postingsState = z.enum(POSTING_STATES);

const ofState = z.strictObject({
  by: z.literal('state'),
  state: postingsState.describe('The postings in this state.'),
});
const ofReconciliation = z.strictObject({
  by: z.literal('reconciled'),
  reconciliationId: s.id,
  verdict: z.enum(VERDICTS).describe('The bills of which that reconciliation found this.'),
});

/** Which bills are to be synced again. */
export const resyncSelection = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('failure'),
    failure: failureCode.describe(
      "The postings that fail by this now, and don't wait for an attempt already.",
    ),
  }),
  ofState,
  ofReconciliation,
  z.strictObject({ by: z.literal('bills'), billIds: z.array(s.id).min(1).max(10_000) }),
]);

export const resyncRun = z.strictObject({
  id: s.id,
  connectionId: s.id.nullable().describe('Null: every connection.'),
  posting: postingKind.nullable().describe('Null: both kinds.'),
  of: z.discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('failure'),
      failure: failure.pick({ code: true, title: true }),
    }),
    ofState,
    ofReconciliation,
    z.strictObject({ by: z.literal('bills') }),
  ]),
  link: z
    .boolean()
    .describe('What somebody booked there by hand is linked, where it is as the bill says.'),
  recreate: z.boolean().describe('What was deleted there is made again.'),
  actor: z.string().describe('Who asked, or had it go on.'),
  state: z.enum(['running', 'done', 'stopped']),
  stoppedBy: z
    .string()
    .nullable()
    .describe('Of a stopped one; null when it ended because the connection was turned off.'),
  bills: z.number().int().describe('That were meant when it began.'),
  billsLookedAt: z.number().int(),
  accepted: z.number().int().describe('Postings to be synced.'),
  deleted: z
    .number()
    .int()
    .describe('Postings left out: deleted there, and not asked to be made again.'),
  skipped: z
    .array(z.strictObject({ billId: s.id, code: z.string(), reason: z.string() }))
    .describe('The first 200 of the bills that were refused.'),
  skippedBills: z.number().int().describe('How many were refused.'),
  createdAt: s.instant,
  finishedAt: s.instant.nullable(),
});
export type ResyncRunShape = z.infer<typeof resyncRun>;
