/**
 * Whatever is sent to whatever endpoint: an answer of the contract in bounded time, never a mistake
 * of ours, and afterwards the database holds only whole things.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import { type EndpointName, endpoints } from '../contract/endpoints.ts';
import { type Answered, type Call, type Caller, openCaller, type Problem } from './test-caller.ts';
import { nastyJson, nastyText, spoilt } from './test-nastiness.ts';

vi.setConfig({ testTimeout: 240_000 });

const NOBODY = '01932d2a-0000-7000-8000-000000000000';
const SAMPLES = fileURLToPath(new URL('../intake/samples/', import.meta.url));
const ANSWERS_WITHIN_MS = 10_000;
const names = Object.keys(endpoints) as EndpointName[];
const anyName = fc.constantFrom(...names);

let world: World;
let caller: Caller;
let known: Record<string, string>;
let good: Partial<Record<EndpointName, unknown>>;

beforeAll(async () => {
  // Less than an answer of ours may take: connections are tested here, too.
  world = await startWorld({ timeoutMs: 3_000 });
  caller = openCaller(world.service.url);
  const connection = await world.connectSandbox();
  const bill = await world.addBill();
  await world.settled(bill.id);
  const paid = await caller.done('payBill', {
    params: { companyId: world.company.id, billId: bill.id },
    body: { amount: '1.00', paidOn: '2026-11-05' },
  });
  known = {
    companyId: world.company.id,
    billId: bill.id,
    connectionId: connection.id,
    paymentId: paid.payments[0]!.id,
    postingId: NOBODY,
    reconciliationId: NOBODY,
    attachmentId: NOBODY,
    attemptId: (await world.attempts(bill.id))[0]!.id,
  };
  good = goodBodies(connection.id, bill.id);
});
afterAll(() => world.stop());

/** A whole, good body for each endpoint that takes one. */
function goodBodies(connectionId: string, billId: string): typeof good {
  const rules = {
    supplierInvoices: true,
    supplierPayments: true,
    beginOn: 'added',
    defaultAccount: '5010',
    paymentAccount: '5820',
    accounts: { Kaffe: '5020' },
    vatCodes: { S25: 'I25' },
    optOuts: [
      {
        posting: 'both',
        supplierName: 'Demo',
        category: 'Kaffe',
        billKind: 'receipt',
        currency: 'EUR',
        amountAtLeast: '1.00',
        amountAtMost: '2.00',
        reason: 'småt',
      },
    ],
    quietMs: 0,
    quietAtMostMs: 0,
  };
  const settings = { baseUrl: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b' };
  return {
    createCompany: { name: 'Fuzz ApS', baseCurrency: 'DKK' },
    addBill: {
      kind: 'invoice',
      number: 'Z-1',
      supplier: {
        name: 'Kontorlageret Demo A/S',
        vatNumber: 'DK98250107',
        companyNumber: '98250107',
        gln: '5790000000000',
        country: 'DK',
      },
      issuedOn: '2026-11-02',
      dueOn: '2026-12-02',
      currency: 'DKK',
      lines: [
        {
          id: 'a',
          kind: 'line',
          description: 'Kaffe',
          net: '100.00',
          vat: '25.00',
          vatCategory: 'S',
          vatPercent: '25',
          vatCode: 'I25',
          category: 'Kaffe',
          department: '1',
          project: '2',
        },
        { id: 'b', kind: 'allowance', net: '-9999999999999.00' },
        { id: 'c', kind: 'charge', net: '9999999999999.00' },
      ],
      rounding: '0.01',
      prepaid: '5',
      note: 'to\nlinjer',
      department: '1',
      project: '2',
      orderReference: 'o',
      costCentre: 'c',
      buyerReference: 'b',
      correctsNumber: 'n',
      paymentMeans: [
        { kind: 'fik', code: '93', account: '1', bank: '2', reference: '3', cardType: '71' },
      ],
    },
    importBill: '<Invoice/>',
    editBill: {
      expectedRevision: 1,
      number: 'Z-2',
      supplierName: 'Andet',
      issuedOn: '2026-11-03',
      dueOn: null,
      note: 'x',
      department: null,
      project: '3',
      lines: [{ id: '1', description: 'y', net: '1', vat: '0', category: 'Kaffe', vatCode: null }],
    },
    payBill: { amount: '1.00', paidOn: '2026-11-05', account: 'Kasse' },
    markBillAsPaid: { paidOn: '2026-11-05' },
    resync: { connectionId, posting: 'supplier-invoice', paymentId: NOBODY, overwrite: true },
    startResyncRun: {
      connectionId,
      posting: 'supplier-invoice',
      of: { by: 'bills', billIds: [billId] },
    },
    keepInTarget: { attemptId: NOBODY },
    startReconciliation: { connectionId, fromOn: '2026-11-01', toOn: '2026-11-30' },
    createConnection: { connector: 'sandbox', name: 'x', settings, rules },
    editConnection: { name: 'y', enabled: true, settings: { clientId: 'c' }, rules },
  };
}

const header = (text: string) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').trim();
const nastyHeaders = fc.dictionary(
  fc.constantFrom(
    'accept-language',
    'spor-person',
    'idempotency-key',
    'content-type',
    'origin',
    'sec-fetch-site',
    'accept',
  ),
  fc.oneof(
    nastyText.map(header),
    nastyText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 5_000)),
  ),
  { maxKeys: 2, noNullPrototype: true },
);

/** The answer in time, held to the contract; a mistake of ours fails. */
async function sent(name: EndpointName, call: Call): Promise<Answered> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer.')), ANSWERS_WITHIN_MS);
  });
  try {
    const answered = await Promise.race([caller.call(name, call), late]);
    if (answered.status >= 400)
      expect(['internal', 'unavailable']).not.toContain((answered.body as Problem).code);
    return answered;
  } finally {
    clearTimeout(timer);
  }
}

const paramsOf = (name: EndpointName, nasty: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(
    Object.keys(endpoints[name].params.shape).map((key) => [key, nasty[key] ?? known[key]!]),
  );

test('Good bodies with something spoilt in them', async () => {
  const withBody = names.filter((name) => (endpoints[name] as Endpoint).body !== null);
  const spoiltCall = fc
    .constantFrom(...withBody.filter((name) => name !== 'importBill'))
    .chain((name) => fc.tuple(fc.constant(name), spoilt(good[name])));
  await fc.assert(
    fc.asyncProperty(spoiltCall, async ([name, body]) => {
      await sent(name, { params: paramsOf(name), body: JSON.stringify(body) });
    }),
    { numRuns: 1_000 },
  );
});

test('Any JSON at all, and any text that is none', async () => {
  const body = fc.oneof(
    nastyJson.map((value) => JSON.stringify(value)),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    nastyText.map((text) => text.toWellFormed()),
  );
  await fc.assert(
    fc.asyncProperty(anyName, body, async (name, text) => {
      await sent(name, { params: paramsOf(name), body: text });
    }),
    { numRuns: 300 },
  );
});

test('Any ids, any query and any headers', async () => {
  const ids = fc.dictionary(
    fc.constantFrom(
      'companyId',
      'billId',
      'connectionId',
      'attemptId',
      'paymentId',
      'postingId',
      'attachmentId',
    ),
    fc.oneof(fc.constant(NOBODY), nastyText),
    { maxKeys: 2, noNullPrototype: true },
  );
  const query = fc.oneof(
    fc.constant({}),
    fc.dictionary(
      fc.constantFrom(
        'cursor',
        'limit',
        'search',
        'sync',
        'duplicates',
        'connectionId',
        'failure',
        '__proto__',
      ),
      nastyText.map((text) => text.toWellFormed().slice(0, 700)),
      { maxKeys: 2, noNullPrototype: true },
    ),
    // Node itself refuses an address beyond 16 KiB.
    nastyText.map((text) => encodeURI(text.toWellFormed()).replaceAll('#', '').slice(0, 8_000)),
  );
  await fc.assert(
    fc.asyncProperty(anyName, ids, query, nastyHeaders, async (name, nasty, search, headers) => {
      const body = good[name] === undefined ? {} : { body: good[name] };
      await sent(name, { params: paramsOf(name, nasty), query: search, headers, ...body });
    }),
    { numRuns: 700 },
  );
});

test('Bills of extreme amounts in any currency: taken exactly, or refused by field', async () => {
  const amount = fc.oneof(
    fc.stringMatching(/^-?\d{1,13}(\.\d{1,4})?$/),
    fc.constantFrom('9999999999999.9999', '-9999999999999.9999', '0', '-0.0001'),
  );
  const currency = fc.constantFrom('DKK', 'JPY', 'KWD', 'CLF', 'XXX', 'ZZZ');
  const lines = fc.array(fc.record({ net: amount, vat: amount }), { minLength: 1, maxLength: 20 });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(currency, lines, amount, amount, async (money, all, rounding, prepaid) => {
      const { addBill } = good as { addBill: object };
      const body = { ...addBill, number: `X-${number++}`, currency: money, lines: all };
      const params = paramsOf('addBill');
      const { status, body: said } = await sent('addBill', {
        params,
        body: { ...body, rounding, prepaid },
      });
      if (status !== 201) {
        expect(said).toMatchObject({ code: 'invalid-request' });
        return;
      }
      const { bill } = said as { bill: { id: string; lines: { net: string }[] } };
      for (const [index, { net }] of bill.lines.entries())
        // What is written -0 is 0.
        expect(Number(net)).toBe(Number(all[index]!.net) + 0);
      const params2 = { ...params, billId: bill.id };
      const paid = { amount: '9999999999999', paidOn: '2026-11-05' };
      await sent('payBill', { params: params2, body: paid });
      await sent('markBillAsPaid', { params: params2, body: {} });
    }),
    { numRuns: 150 },
  );
});

test('E-invoices with something spoilt in them: read, or refused as unreadable', async () => {
  const texts = await Promise.all(
    ['hosting-2026-10-eur.xml', 'coffee-2026-10.xml', 'electricity-2026-10.xml'].map((name) =>
      readFile(join(SAMPLES, name), 'utf8'),
    ),
  );
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const spoiltText = fc
    .tuple(fc.constantFrom(...texts), fc.nat(10_000), fc.nat(10_000), nastyText, nastyText)
    .map(([text, one, other, nasty, nastier]) => {
      const places = [...text.matchAll(/>[^<>]*[^<>\s][^<>]*</g)];
      const put = (into: string, at: number, what: string) => {
        const [found] = places[at % places.length]!;
        return into.replace(found, () => `>${escaped(what)}<`);
      };
      return put(put(text, one, nasty), other, nastier);
    });
  await fc.assert(
    fc.asyncProperty(spoiltText, async (xml) => {
      const body = xml.toWellFormed();
      const { status, body: said } = await sent('importBill', {
        params: paramsOf('importBill'),
        body,
      });
      if (status !== 201) expect(said).toMatchObject({ code: 'invoice-unreadable' });
    }),
    { numRuns: 300 },
  );
});

test('After all that, everything can be read, and nothing is half there', async () => {
  const { pool } = world.database;
  const companies = (await caller.done('listCompanies')).items;
  for (const { id: companyId } of companies) {
    let cursor: string | null = null;
    let count = 0;
    do {
      const query: Record<string, string> = { limit: '200', ...(cursor ? { cursor } : {}) };
      const page = await caller.call('listBills', { params: { companyId }, query });
      const { items, next } = page.body as { items: { id: string }[]; next: string | null };
      for (const { id: billId } of items) {
        const params = { companyId, billId };
        for (const name of ['getBill', 'listActivity', 'listPostings', 'listAttempts'] as const)
          await caller.done(name, { params });
      }
      count += items.length;
      cursor = next;
    } while (cursor);
    const overview = await caller.done('overview', { params: { companyId } });
    expect(overview.bills).toBe(count);
    expect(Object.values(overview.bySync).reduce((a, b) => a + b, 0)).toBe(count);
    await caller.done('listConnections', { params: { companyId } });
  }
  const none = async (what: string, sql: string) => {
    expect((await pool.query(sql)).rows, what).toEqual([]);
  };
  await none(
    'bills without the line of their adding',
    `select bill_id from bills b
     where not exists (
       select 1 from activity a
       where a.company_id = b.company_id and a.bill_id = b.bill_id and a.kind = 'added'
     )`,
  );
  await none(
    'activity of no bill',
    `select bill_id from activity a
     where not exists (
       select 1 from bills b where a.company_id = b.company_id and a.bill_id = b.bill_id
     )`,
  );
  await none(
    'columns that differ from the bill itself',
    `select bill_id from bills
     where revision <> (document->>'revision')::int or status <> document->>'status'
       or number <> document->>'number' or bill_id::text <> document->>'id'`,
  );
  await none('keys without an answer', 'select key from idempotency_keys where answer is null');
  await none(
    'bills without a posting, where one is wanted',
    `select b.bill_id from bills b
     join connections c on c.company_id = b.company_id and c.replan_after is null
     where b.status <> 'cancelled' and not exists (
       select 1 from postings p
       where p.company_id = b.company_id and p.bill_id = b.bill_id
         and p.connection_id = c.connection_id and p.kind = 'supplier-invoice'
     )`,
  );
});
