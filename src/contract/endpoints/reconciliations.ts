/** Reconciliation: are the bills and the books the same? */
import { z } from 'zod';
import { RECONCILIATION_STATES, VERDICT_REASONS, VERDICTS } from '../../core/reconciliation.ts';
import { syncState } from '../bill-shapes.ts';
import { endpoint } from '../endpoint.ts';
import * as s from '../scalars.ts';
import * as y from '../sync-shapes.ts';
import { company, ofCompany, page } from './addresses.ts';

const reconciliation = z.strictObject({
  id: s.id,
  connectionId: s.id,
  fromOn: s.day,
  toOn: s.day,
  nightly: z.boolean(),
  actor: z.string().nullable().describe('Who asked; null for a nightly one.'),
  state: z.enum(RECONCILIATION_STATES),
  bills: z.number().int().describe('Bills issued in the period.'),
  billsLookedAt: z.number().int(),
  listing: z.boolean().describe('The bills are looked at; now the records over there are listed.'),
  totals: z.array(
    z.strictObject({
      verdict: z.enum(VERDICTS),
      kind: y.postingKind,
      currency: s.currency,
      rows: z.number().int(),
      amount: s.sum,
    }),
  ),
  failure: y.failure.nullable().describe('Why it does not get on just now, or was stopped.'),
  createdAt: s.instant,
  finishedAt: s.instant.nullable(),
});
export type ReconciliationShape = z.infer<typeof reconciliation>;

const row = z.strictObject({
  id: s.id,
  verdict: z.enum(VERDICTS),
  reason: z.enum(VERDICT_REASONS).nullable(),
  billId: s.id.nullable().describe('Null: a record over there that no posting here is known by.'),
  postingId: s.id.nullable(),
  kind: y.postingKind,
  paymentId: s.id.nullable(),
  state: syncState.nullable().describe('What Spor says of the posting.'),
  number: z.string(),
  supplierName: z.string().nullable(),
  on: z.string().nullable(),
  currency: z.string(),
  amount: s.sum.describe('Negative where money comes back.'),
  remoteId: z.string().nullable(),
  link: z.string().nullable(),
  differences: y.failure.shape.conflicts,
  failure: y.failure.nullable(),
  lookedAt: s.instant,
});
export type ReconciliationRowShape = z.infer<typeof row>;

const one = `${company}/reconciliations/{reconciliationId}` as const;
const ofOne = ofCompany.extend({ reconciliationId: s.id });
const verdict = z.enum(VERDICTS).optional();

export const reconciliationEndpoints = {
  startReconciliation: endpoint({
    method: 'post',
    path: `${company}/reconciliations`,
    group: 'Reconciliation',
    summary: 'Compare bills and books',
    status: 202,
    params: ofCompany,
    description:
      'Looks in the accounting system for every posting of the bills issued in the period, and for records nobody asked for. It writes nothing there and gives way to syncing. With no `connectionId`: one for each integration that is on and has none under way.',
    body: z.strictObject({
      connectionId: s.id.optional(),
      fromOn: s.day.optional().describe('90 days before `toOn` when left out.'),
      toOn: s.day.optional().describe('Today when left out.'),
    }),
    answer: z.strictObject({ items: z.array(reconciliation) }),
    problems: ['not-found', 'already-so', 'connection-off'],
  }),

  listReconciliations: endpoint({
    method: 'get',
    path: `${company}/reconciliations`,
    group: 'Reconciliation',
    summary: 'Reconciliations, newest first',
    params: ofCompany,
    query: z.strictObject({ cursor: s.cursor.optional(), limit: s.limit }),
    answer: page(reconciliation),
    problems: ['not-found'],
  }),

  getReconciliation: endpoint({
    method: 'get',
    path: one,
    group: 'Reconciliation',
    summary: 'One reconciliation: how far it is, and its totals',
    params: ofOne,
    answer: reconciliation,
    problems: ['not-found'],
  }),

  listReconciliationRows: endpoint({
    method: 'get',
    path: `${one}/rows`,
    group: 'Reconciliation',
    summary: 'What it found, posting by posting',
    params: ofOne,
    query: z.strictObject({ verdict, cursor: s.cursor.optional(), limit: s.limit }),
    answer: page(row),
    problems: ['not-found'],
  }),

  reconciliationCsv: endpoint({
    method: 'get',
    path: `${one}/rows.csv`,
    group: 'Reconciliation',
    summary: 'What it found, as CSV (UTF-8 with a byte order mark)',
    params: ofOne,
    query: z.strictObject({
      verdict,
      decimals: z
        .enum(['point', 'comma'])
        .default('point')
        .describe('`comma`: with semicolons between values, as a Danish spreadsheet expects it.'),
    }),
    answer: 'bytes',
    problems: ['not-found'],
  }),
} as const;
