/** Postings, attempts and connections on the API: the integration log as data. */
import { z } from 'zod';
import { OUTCOMES, TRIGGERS } from '../core/attempt.ts';
import { CHANGE_KINDS } from '../core/change.ts';
import { FAILURE_CODES, type FailureCode } from '../core/failure.ts';
import { CONFLICT_RULES } from '../core/rules.ts';
import { bill, syncState, vatCategory } from './bill-shapes.ts';
import * as s from './scalars.ts';

export const postingKind = z.enum(['supplier-invoice', 'supplier-payment']);
export const failureCode = z.enum(FAILURE_CODES as [FailureCode, ...FailureCode[]]);

/** Last confirmed, there now, and what the bill says. */
const conflicts = z.array(
  z.strictObject({
    field: z.string(),
    confirmed: z.string().nullable(),
    there: z.string().nullable(),
    wanted: z.string().nullable(),
  }),
);

export const failure = z.strictObject({
  code: failureCode,
  class: z.enum(['posting', 'connection', 'transient']),
  who: z.enum(['bookkeeper', 'administrator', 'accounting-system', 'spor', 'nobody']),
  title: z.string().describe("In the reader's language (Accept-Language): what went wrong."),
  remedy: z.string().describe("In the reader's language: who can do what about it."),
  originalMessage: z.string().nullable(),
  subject: z.string().nullable(),
  conflicts,
});
export type FailureShape = z.infer<typeof failure>;

export const offReason = z.strictObject({
  code: z.enum([
    'kind-off',
    'begins-on-approved',
    'begins-on-paid',
    'opted-out',
    'duplicate',
    'cancelled',
    'connection-off',
  ]),
  reason: z.string().nullable().describe('For `opted-out`: what the rule says.'),
});

export const posting = z.strictObject({
  id: s.id,
  connectionId: s.id,
  kind: postingKind,
  paymentId: s.id.nullable(),
  amount: s.sum.nullable().describe("A payment's amount; null for the invoice."),
  state: syncState,
  inStepAt: s.instant.nullable().describe('When it was last confirmed to be in step.'),
  waitingFor: z.enum(['turn', 'quiet', 'retry', 'connection', 'invoice', 'payment']).nullable(),
  waitingUntil: s.instant.nullable(),
  off: offReason.nullable(),
  failure: failure.nullable(),
  kept: z
    .array(
      z.strictObject({
        field: z.string(),
        there: z.string().nullable(),
        wanted: z.string().nullable(),
      }),
    )
    .describe(
      'Fields that stay as they are in the accounting system, though the bill says otherwise.',
    ),
  remoteId: z.string().nullable(),
  link: z.string().nullable(),
  lastAttemptId: s.id.nullable(),
});
export type PostingShape = z.infer<typeof posting>;

export const attemptSummary = z.strictObject({
  id: s.id,
  billId: s.id,
  connectionId: s.id,
  postingId: s.id,
  kind: postingKind,
  paymentId: s.id.nullable(),
  trigger: z.enum(TRIGGERS),
  changes: z.array(z.enum(CHANGE_KINDS)).describe('For `change`: which changes led to it.'),
  actor: z.string().nullable().describe('For `manual` and `bulk`: who asked.'),
  openedAt: s.instant,
  closedAt: s.instant.nullable().describe('Null while it is under way.'),
  durationMs: z.number().nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  failure: failure.nullable(),
  remoteId: z.string().nullable(),
  link: z.string().nullable(),
});
export type AttemptShape = z.infer<typeof attemptSummary>;

export const archivedAttempts = z.strictObject({
  month: z.string().describe('When they were begun: `2025-01`.'),
  attempts: z.number().int(),
  leftAt: s.instant.describe('When they left the log.'),
  archivedTo: z
    .string()
    .nullable()
    .describe('The folder they were written to before they left; null: they were not kept.'),
});
export type ArchivedAttemptsShape = z.infer<typeof archivedAttempts>;

export const exchange = z.strictObject({
  kind: z.enum(['http', 'file']),
  method: z.string(),
  target: z.string(),
  requestHeaders: z.record(z.string(), z.string()),
  requestBody: z.string().nullable(),
  requestSha256: z.string().nullable(),
  startedAt: s.instant,
  durationMs: z.number(),
  status: z.number().nullable(),
  answerHeaders: z.record(z.string(), z.string()),
  answerBody: z.string().nullable(),
  error: z.string().nullable(),
});

export const document = z.strictObject({
  kind: postingKind,
  reference: s.id,
  billKind: z.enum(['invoice', 'credit-note', 'receipt']),
  supplierName: z.string(),
  number: z.string(),
  currency: s.currency,
  issuedOn: s.day.nullable(),
  dueOn: s.day.nullable(),
  paidOn: s.day.nullable(),
  account: z.string().nullable().describe("A payment's account."),
  amount: s.sum.describe('Total of the invoice, or amount of the payment.'),
  rounding: s.sum,
  note: z.string(),
  lines: z.array(
    z.strictObject({
      id: z.string(),
      description: z.string(),
      account: z.string(),
      net: s.sum,
      vat: s.sum,
      vatCategory,
      vatPercent: z.string(),
      vatCode: z.string().nullable(),
      department: z.string().nullable(),
      project: z.string().nullable(),
    }),
  ),
  attachments: z.array(z.string()),
});
export type DocumentShape = z.infer<typeof document>;

export const attemptDetail = attemptSummary.extend({
  document: document.nullable().describe('What was to be sent; null when it could not be made.'),
  bill: bill.describe("The bill's details as they were at that moment."),
  previousAttemptId: s.id.nullable(),
  differences: z
    .array(
      z.strictObject({
        field: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    )
    .describe('What differs from the attempt before, of the same posting.'),
  decision: z
    .strictObject({ rule: z.enum(['bill-wins', 'accounting-system-wins']), conflicts })
    .nullable()
    .describe("What somebody had changed over there, when the connection's rule decided it."),
  writes: z.array(
    z.strictObject({
      sentAt: s.instant,
      method: z.string(),
      target: z.string(),
      body: z.string().nullable(),
      sha256: z.string().nullable(),
    }),
  ),
  exchanges: z.array(exchange),
  hash: z.string().nullable().describe("SHA-256 chained over the company's closed attempts."),
});
export type AttemptDetailShape = z.infer<typeof attemptDetail>;

export const failureCause = failure
  .pick({ code: true, class: true, who: true, title: true, remedy: true })
  .extend({
    connectionId: s.id,
    attempts: z.number().int().describe('That failed by it.'),
    postings: z.number().int().describe('Of how many postings these attempts were.'),
    failing: z.number().int().describe('Those of the postings that fail by it still.'),
    failingBills: z.number().int().describe('Bills of the postings that fail by it still.'),
    firstAt: s.instant.describe('When the first of the attempts was begun.'),
    lastAt: s.instant,
  });
export type FailureCauseShape = z.infer<typeof failureCause>;

export const optOut = z.strictObject({
  posting: z.enum(['supplier-invoice', 'supplier-payment', 'both']),
  supplierName: s.name(200).optional(),
  category: s.name(100).optional(),
  billKind: z.enum(['invoice', 'credit-note', 'receipt']).optional(),
  currency: s.currency
    .optional()
    .describe("Which currency the amounts are in; the company's own when left out."),
  amountAtLeast: s.amount.optional(),
  amountAtMost: s.amount.optional(),
  reason: s.name(300),
});

export const rules = z.strictObject({
  supplierInvoices: z.boolean(),
  supplierPayments: z.boolean(),
  beginOn: z.enum(['added', 'approved', 'paid']),
  defaultAccount: s.name(200).nullable(),
  paymentAccount: s.name(200).nullable(),
  accounts: z.record(s.name(100), s.name(200)),
  vatCodes: z.record(s.name(20), s.name(60)),
  optOuts: z.array(optOut).max(200),
  onConflict: z
    .enum(CONFLICT_RULES)
    .describe('Who decides when somebody changed a posting in the accounting system.'),
  reconcileNightly: z
    .boolean()
    .describe('Compare the books of the last 90 days with the bills every night.'),
  quietMs: z.number().int().min(0).max(60_000),
  quietAtMostMs: z.number().int().min(0).max(600_000),
});
export type RulesShape = z.infer<typeof rules>;

export const lane = z.strictObject({
  state: z.enum(['open', 'paused']),
  pausedUntil: s.instant.nullable(),
  failure: failure.nullable(),
  due: z.number().int().describe('Postings that wait for their turn, or are being tried.'),
});

export const connection = z.strictObject({
  id: s.id,
  connector: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  settings: z.record(z.string(), z.unknown()).describe('Secrets are left out.'),
  rules,
  lane,
  capabilities: z.record(z.string(), z.boolean()),
  createdAt: s.instant,
  changedAt: s.instant,
});
export type ConnectionShape = z.infer<typeof connection>;

export const company = z.strictObject({
  id: s.id,
  name: z.string(),
  baseCurrency: s.currency,
  createdAt: s.instant,
});
export type CompanyShape = z.infer<typeof company>;
