/** A bill on the API: amounts as decimal strings, totals spelled out. */
import { z } from 'zod';
import { LINE_ID } from '../core/bill.ts';
import { CHANGE_KINDS } from '../core/change.ts';
import { POSTING_STATES } from '../core/posting-state.ts';
import * as s from './scalars.ts';

export const billKind = z.enum(['invoice', 'credit-note', 'receipt']);
export const billStatus = z.enum(['added', 'approved', 'cancelled']);
export const vatCategory = z.enum(['S', 'Z', 'E', 'AE', 'K', 'G', 'O', 'L', 'M', 'B']);

/** In an answer: as the supplier wrote it, which is not always as the API asks for it. */
const supplierShown = z.strictObject({
  name: z.string(),
  vatNumber: z.string().optional(),
  companyNumber: z.string().optional(),
  gln: z.string().optional(),
  country: z.string().optional(),
});

export const billLine = z.strictObject({
  id: z.string(),
  kind: z.enum(['line', 'allowance', 'charge']),
  description: z.string(),
  net: s.sum,
  vat: s.sum,
  vatCategory,
  vatPercent: z.string().describe('A decimal string: "25", "12.5".'),
  vatCode: z.string().nullable(),
  category: z.string().nullable(),
  department: z.string().nullable(),
  project: z.string().nullable(),
  quantity: z.string().optional(),
  unitCode: z.string().optional(),
});

export const payment = z.strictObject({
  id: s.id,
  kind: z.enum(['registered', 'marked-as-paid']),
  amount: s.sum,
  paidOn: s.day,
  account: z.string().nullable(),
});

const paymentMeansKind = z.enum([
  'iban',
  'fik',
  'giro',
  'bank-account',
  'card',
  'direct-debit',
  'other',
]);

const paymentMeansShown = z.strictObject({
  kind: paymentMeansKind,
  code: z.string(),
  account: z.string().optional(),
  bank: z.string().optional(),
  reference: z.string().optional(),
  cardType: z.string().optional(),
});

export const notice = z.strictObject({
  code: z.string(),
  message: z.string(),
  place: z.string().nullable(),
});

/** The worst of a bill's postings, so that a list shows what needs a person first. */
export const syncState = z.enum([...POSTING_STATES, 'none']);

export const billSummary = z.strictObject({
  id: s.id,
  kind: billKind,
  status: billStatus,
  number: z.string(),
  supplierName: z.string(),
  issuedOn: s.day,
  dueOn: s.day.nullable(),
  currency: s.currency,
  total: s.sum,
  outstanding: s.sum,
  paid: z.boolean().describe('Has a payment or is marked as paid.'),
  duplicateOf: s.id.nullable(),
  sync: syncState,
  addedAt: s.instant,
});

export const bill = z.strictObject({
  id: s.id,
  companyId: s.id,
  revision: z.number().int(),
  kind: billKind,
  status: billStatus,
  number: z.string(),
  supplier: supplierShown,
  issuedOn: s.day,
  dueOn: s.day.nullable(),
  currency: s.currency,
  lines: z.array(billLine),
  rounding: s.sum,
  prepaid: s.sum,
  totals: z.strictObject({
    net: s.sum,
    vat: s.sum,
    total: s.sum,
    payable: s.sum,
    paid: s.sum,
    outstanding: s.sum,
  }),
  note: z.string(),
  department: z.string().nullable(),
  project: z.string().nullable(),
  orderReference: z.string().optional(),
  costCentre: z.string().optional(),
  buyerReference: z.string().optional(),
  correctsNumber: z.string().optional(),
  paymentMeans: z.array(paymentMeansShown),
  payments: z.array(payment),
  attachments: z.array(
    z.strictObject({
      id: s.id,
      name: z.string(),
      mediaType: z.string(),
      byteLength: z.number().int(),
      sha256: z.string(),
    }),
  ),
  notices: z
    .array(notice)
    .describe('What the intake found odd: totals that do not add up, and so on.'),
  duplicateOf: s.id.nullable(),
  addedAt: s.instant,
  changedAt: s.instant,
});

export type BillShape = z.infer<typeof bill>;
export type BillSummaryShape = z.infer<typeof billSummary>;

const supplier = z.strictObject({
  name: s.name(200),
  vatNumber: s.name(40).optional(),
  companyNumber: s.name(40).optional(),
  gln: z
    .string()
    .regex(/^\d{13}$/, { error: 'is not a GLN of 13 digits' })
    .optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'is not a country code such as "DK"' })
    .optional(),
});

const paymentMeans = z.strictObject({
  kind: paymentMeansKind,
  code: s.line(20),
  account: s.line(100).optional(),
  bank: s.line(40).optional(),
  reference: s.line(200).optional(),
  cardType: s.line(10).optional(),
});

/** A bill as another product states it. */
export const billInput = z.strictObject({
  kind: billKind.default('invoice'),
  number: s.name(200),
  supplier,
  issuedOn: s.day,
  dueOn: s.day.nullable().default(null),
  currency: s.currency,
  lines: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(LINE_ID, {
            error: 'is not an id of letters, digits, dots and dashes',
          })
          .optional()
          .describe('Defaults to the position: "1", "2" …'),
        kind: z.enum(['line', 'allowance', 'charge']).default('line'),
        description: s.line(2000).default(''),
        net: s.amount,
        vat: s.amount.default('0'),
        vatCategory: vatCategory.default('S'),
        vatPercent: s.percent.default('0'),
        vatCode: s.name(60).nullable().default(null),
        category: s.name(100).nullable().default(null),
        department: s.name(100).nullable().default(null),
        project: s.name(100).nullable().default(null),
      }),
    )
    .min(1)
    .max(1000),
  rounding: s.amount.default('0'),
  prepaid: s.amount.default('0'),
  note: s.text(2000).default(''),
  department: s.name(100).nullable().default(null),
  project: s.name(100).nullable().default(null),
  orderReference: s.line(200).optional(),
  costCentre: s.line(200).optional(),
  buyerReference: s.line(200).optional(),
  correctsNumber: s.line(200).optional(),
  paymentMeans: z.array(paymentMeans).max(20).default([]),
});

/** An edit: what is left out stays as it is. */
export const billEdit = z.strictObject({
  expectedRevision: z
    .number()
    .int()
    .optional()
    .describe('The revision the edit was made on; another one answers `bill-changed`.'),
  number: s.name(200).optional(),
  supplierName: s.name(200).optional(),
  issuedOn: s.day.optional(),
  dueOn: s.day.nullable().optional(),
  note: s.text(2000).optional(),
  department: s.name(100).nullable().optional(),
  project: s.name(100).nullable().optional(),
  lines: z
    .array(
      z.strictObject({
        // Once it was whatever the supplier called it.
        id: z.string().min(1).max(1000),
        description: s.line(2000).optional(),
        net: s.amount.optional(),
        vat: s.amount.optional(),
        vatCode: s.name(60).nullable().optional(),
        category: s.name(100).nullable().optional(),
        department: s.name(100).nullable().optional(),
        project: s.name(100).nullable().optional(),
      }),
    )
    .max(1000)
    .optional()
    .describe('Only the lines to change, by id.'),
});

export type BillEdit = z.infer<typeof billEdit>;
export type BillInput = z.infer<typeof billInput>;

export const activityLine = z.strictObject({
  id: z.string(),
  at: s.instant,
  actor: z.string().describe("A person's name, or `spor`, or the sending system."),
  kind: z.enum([...CHANGE_KINDS, 'sync-requested', 'kept-in-target']),
  subject: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  connectionId: s.id.nullable(),
  attemptId: s.id
    .nullable()
    .describe('For `sync-requested`: the attempt it led to, once there is one.'),
  archived: z
    .boolean()
    .describe('For `sync-requested`: the attempt was made, and left the log with its month.'),
  posting: z.enum(['supplier-invoice', 'supplier-payment']).nullable(),
  outcome: z.string().nullable().describe('For `sync-requested`: how the attempt ended.'),
});

export type ActivityLineShape = z.infer<typeof activityLine>;
