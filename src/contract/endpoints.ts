/** The HTTP API, `/v1`: the one list that the server, the client, the CLI and the reference share. */
import { z } from 'zod';
import * as b from './bill-shapes.ts';
import { endpoint } from './endpoint.ts';
import * as s from './scalars.ts';
import * as y from './sync-shapes.ts';

const ofCompany = z.strictObject({ companyId: s.id });
const ofBill = z.strictObject({ companyId: s.id, billId: s.id });
const ofConnection = z.strictObject({ companyId: s.id, connectionId: s.id });
const page = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: s.cursor.nullable() });
const company = '/v1/companies/{companyId}';
const bill = `${company}/bills/{billId}`;
const connection = `${company}/connections/{connectionId}`;

const addedBill = z.strictObject({ bill: b.bill, duplicateOf: s.id.nullable() });
const accepted = z.strictObject({
  postingIds: z.array(s.id),
  requestedAt: s.instant,
});

export const endpoints = {
  health: endpoint({
    method: 'get',
    path: '/v1/health',
    group: 'Service',
    summary: 'Is the service up, with its database?',
    answer: z.strictObject({ status: z.literal('ok'), version: z.string() }),
    problems: ['unavailable'],
  }),
  session: endpoint({
    method: 'get',
    path: '/v1/session',
    group: 'Service',
    summary: 'Who am I taken for?',
    description:
      'Until accounts exist, a person is whoever the `Spor-Person` header names (percent-encoded UTF-8), else the name the service was started under.',
    answer: z.strictObject({ person: z.string() }),
  }),
  listConnectors: endpoint({
    method: 'get',
    path: '/v1/connectors',
    group: 'Connections',
    summary: 'The accounting systems Spor speaks to',
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          id: z.string(),
          name: z.string(),
          capabilities: z.record(z.string(), z.boolean()),
          settings: z.record(z.string(), z.unknown()).describe('JSON Schema of its settings.'),
          secretSettings: z.array(z.string()),
        }),
      ),
    }),
  }),
  listCompanies: endpoint({
    method: 'get',
    path: '/v1/companies',
    group: 'Companies',
    summary: 'All companies',
    answer: z.strictObject({ items: z.array(y.company) }),
  }),
  createCompany: endpoint({
    method: 'post',
    path: '/v1/companies',
    group: 'Companies',
    summary: 'Add a company',
    status: 201,
    body: z.strictObject({ name: s.name(200), baseCurrency: s.currency.default('DKK') }),
    answer: y.company,
  }),
  getCompany: endpoint({
    method: 'get',
    path: company,
    group: 'Companies',
    summary: 'One company',
    params: ofCompany,
    answer: y.company,
    problems: ['not-found'],
  }),
  overview: endpoint({
    method: 'get',
    path: `${company}/overview`,
    group: 'Companies',
    summary: 'How many bills are in which state',
    params: ofCompany,
    answer: z.strictObject({
      bills: z.number().int(),
      bySync: z.record(b.syncState, z.number().int()),
      duplicates: z.number().int(),
    }),
    problems: ['not-found'],
  }),
  live: endpoint({
    method: 'get',
    path: `${company}/live`,
    group: 'Companies',
    summary: 'What changes, as it changes (server-sent events)',
    description:
      'Event `change`, data `{"billId": …|null, "connectionId": …|null}`: look again. Event `ping` every 15 seconds.',
    params: ofCompany,
    answer: 'events',
    problems: ['not-found'],
  }),

  listBills: endpoint({
    method: 'get',
    path: `${company}/bills`,
    group: 'Bills',
    summary: 'Bills, newest first',
    params: ofCompany,
    query: z.strictObject({
      cursor: s.cursor.optional(),
      limit: s.limit,
      search: s.line(200).optional().describe('In supplier or number.'),
      sync: b.syncState.optional(),
      duplicates: z.enum(['only']).optional(),
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
    problems: ['not-found', 'too-large'],
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
    problems: ['not-found', 'too-large', 'invoice-unreadable', 'unsupported-media-type'],
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
    problems: ['not-found', 'bill-changed', 'bill-cancelled'],
  }),
  approveBill: endpoint({
    method: 'post',
    path: `${bill}/approve`,
    group: 'Bills',
    summary: 'Approve a bill',
    params: ofBill,
    answer: b.bill,
    problems: ['not-found', 'bill-cancelled', 'already-so'],
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
    answer: page(y.attemptSummary),
    problems: ['not-found'],
  }),
  getAttempt: endpoint({
    method: 'get',
    path: `${company}/attempts/{attemptId}`,
    group: 'Integration log',
    summary: 'Everything about one attempt',
    params: ofCompany.extend({ attemptId: s.id }),
    answer: y.attemptDetail,
    problems: ['not-found'],
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
    }),
    answer: accepted,
    problems: [
      'not-found',
      'payment-not-offered',
      'bill-is-duplicate',
      'posting-off',
      'connection-off',
    ],
  }),
  resyncMany: endpoint({
    method: 'post',
    path: `${company}/resync`,
    group: 'Integration log',
    summary: 'Sync many bills again',
    status: 202,
    params: ofCompany,
    body: z.strictObject({
      connectionId: s.id.optional().describe('All connections when left out.'),
      posting: y.postingKind.optional().describe('Both kinds when left out.'),
      billIds: z.array(s.id).min(1).max(10_000).optional(),
      sync: b.syncState
        .optional()
        .describe('Instead of ids: all bills with a posting in this state.'),
    }),
    answer: z.strictObject({
      accepted: z.number().int().describe('Postings to be synced.'),
      skipped: z.array(z.strictObject({ billId: s.id, code: z.string(), reason: z.string() })),
    }),
    problems: ['not-found'],
  }),

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
      settings: z.record(z.string(), z.unknown()).default({}),
      rules: y.rules.partial().default({}),
    }),
    answer: y.connection,
    problems: ['not-found', 'settings-invalid'],
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
      settings: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Replaces; a secret left out stays.'),
      rules: y.rules.partial().optional(),
    }),
    answer: y.connection,
    problems: ['not-found', 'settings-invalid'],
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

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
