/** Bills: coming in, being read, being changed. */
import { z } from 'zod';
import * as b from '../bill-shapes.ts';
import { endpoint } from '../endpoint.ts';
import * as s from '../scalars.ts';
import * as y from '../sync-shapes.ts';
import { bill, company, ofBill, ofCompany, page } from './addresses.ts';

const addedBill = z.strictObject({ bill: b.bill, duplicateOf: s.id.nullable() });

export const billsEndpoints = {
  listBills: endpoint({
    method: 'get',
    path: `${company}/bills`,
    group: 'Bills',
    summary: 'Bills, newest first',
    params: ofCompany,
    query: z.strictObject({
      cursor: s.cursor.optional(),
      limit: s.limit,
      search: s
        .line(200)
        .optional()
        .describe(
          'In supplier, number or the supplier’s VAT or company number; or the amount, with the decimal sign of the language asked in.',
        ),
      sync: b.syncState.optional(),
      duplicates: z.enum(['only']).optional(),
      failure: y.failureCode
        .optional()
        .describe('With a posting whose last attempt failed by this.'),
      connectionId: s.id.optional().describe('Goes with `failure`: in this connection only.'),
    }),
    answer: page(b.billSummary),
    problems: ['not-found'],
  }),

  addBill: endpoint({
    method: 'post',
    path: `${company}/bills`,
    group: 'Bills',
    summary: 'Add a bill',
    status: 201,
    description: 'The same supplier, kind and number again is kept as a duplicate and not synced.',
    params: ofCompany,
    body: b.billInput,
    answer: addedBill,
    problems: ['not-found'],
  }),

  importBill: endpoint({
    method: 'post',
    path: `${company}/bills/import`,
    group: 'Bills',
    summary: 'Add an e-invoice (UBL 2.1: Peppol BIS Billing 3, OIOUBL 2)',
    status: 201,
    params: ofCompany,
    body: 'xml',
    answer: addedBill,
    problems: ['not-found', 'invoice-unreadable'],
  }),

  getBill: endpoint({
    method: 'get',
    path: bill,
    group: 'Bills',
    summary: 'One bill',
    params: ofBill,
    answer: b.bill,
    problems: ['not-found'],
  }),

  editBill: endpoint({
    method: 'patch',
    path: bill,
    group: 'Bills',
    summary: 'Change details of a bill',
    params: ofBill,
    body: b.billEdit,
    answer: b.bill,
    problems: ['not-found', 'bill-changed', 'bill-cancelled', 'bill-number-taken'],
  }),

  approveBill: endpoint({
    method: 'post',
    path: `${bill}/approve`,
    group: 'Bills',
    summary: 'Approve a bill',
    params: ofBill,
    query: z.strictObject({
      expectedRevision: z.coerce
        .number()
        .int()
        .optional()
        .describe('The revision that was looked at; another one answers `bill-changed`.'),
    }),
    answer: b.bill,
    problems: ['not-found', 'bill-changed', 'bill-cancelled', 'already-so'],
  }),

  payBill: endpoint({
    method: 'post',
    path: `${bill}/payments`,
    group: 'Bills',
    summary: 'Add a payment (in part, or several)',
    status: 201,
    params: ofBill,
    body: z.strictObject({
      amount: s.amount,
      paidOn: s.day,
      account: s.name(200).nullable().default(null),
    }),
    answer: b.bill,
    problems: ['not-found', 'bill-cancelled'],
  }),

  removePayment: endpoint({
    method: 'delete',
    path: `${bill}/payments/{paymentId}`,
    group: 'Bills',
    summary: 'Take a payment back',
    params: ofBill.extend({ paymentId: s.id }),
    answer: b.bill,
    problems: ['not-found', 'bill-cancelled'],
  }),

  markBillAsPaid: endpoint({
    method: 'post',
    path: `${bill}/mark-as-paid`,
    group: 'Bills',
    summary: 'Mark a bill as paid: what is outstanding, on a day',
    params: ofBill,
    body: z.strictObject({ paidOn: s.day.optional().describe('Today when left out.') }),
    answer: b.bill,
    problems: ['not-found', 'bill-cancelled', 'already-so'],
  }),

  cancelBill: endpoint({
    method: 'post',
    path: `${bill}/cancel`,
    group: 'Bills',
    summary: 'Cancel a bill; its postings are taken back',
    params: ofBill,
    answer: b.bill,
    problems: ['not-found', 'already-so'],
  }),

  acceptAsSeparate: endpoint({
    method: 'post',
    path: `${bill}/accept-as-separate`,
    group: 'Bills',
    summary: 'Say that a bill is no duplicate after all',
    params: ofBill,
    answer: b.bill,
    problems: ['not-found', 'already-so'],
  }),

  listActivity: endpoint({
    method: 'get',
    path: `${bill}/activity`,
    group: 'Bills',
    summary: 'What happened to a bill, newest first',
    params: ofBill,
    query: z.strictObject({ cursor: s.cursor.optional(), limit: s.limit }),
    answer: page(b.activityLine),
    problems: ['not-found'],
  }),

  getAttachment: endpoint({
    method: 'get',
    path: `${bill}/attachments/{attachmentId}`,
    group: 'Bills',
    summary: 'The bytes of an attachment',
    params: ofBill.extend({ attachmentId: s.id }),
    answer: 'bytes',
    problems: ['not-found'],
  }),
} as const;
