/**
 * Every endpoint of the contract is answered as the contract says, and every problem code can be
 * met: the last test counts them. What each call answers is held to the contract by the caller.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { startWorld, type World } from '../../test/support/world.ts';
import type { EngineContext } from '../engine/engine.ts';
import { endpoints } from '../contract/endpoints.ts';
import { PROBLEMS, type ProblemCode } from '../contract/problems.ts';
import { openPool } from '../store/pool.ts';
import { createApp } from './app.ts';
import { type Caller, openCaller, problemIn } from './test-caller.ts';

const NOBODY = '01932d2a-0000-7000-8000-000000000000';
const INVOICE = fileURLToPath(
  new URL('../intake/samples/hosting-2026-10-eur.xml', import.meta.url),
);

let world: World;
let caller: Caller;
let ofCompany: { companyId: string };
const metElsewhere = new Set<ProblemCode>();

beforeAll(async () => {
  world = await startWorld();
  caller = openCaller(world.service.url);
  ofCompany = { companyId: world.company.id };
});
afterAll(() => world.stop());

const billInput = (number: string) => ({
  number,
  supplier: { name: 'Kontorlageret Demo A/S', vatNumber: 'DK98250107' },
  issuedOn: '2026-11-02',
  currency: 'DKK',
  lines: [{ net: '100.00', vat: '25.00', vatPercent: '25' }],
});
const added = async (number: string) => {
  const { bill } = await caller.done('addBill', { params: ofCompany, body: billInput(number) });
  return { params: { ...ofCompany, billId: bill.id }, bill };
};

describe('The service and its companies', () => {
  test('It says that it is up, and who one is taken for', async () => {
    expect(await caller.done('health')).toMatchObject({ status: 'ok' });
    expect(await caller.done('session')).toEqual({ person: 'Bogholderen' });
    const headers = { 'spor-person': encodeURIComponent('Støtten på Fyn\n') };
    expect(await caller.done('session', { headers })).toEqual({ person: 'Støtten på Fyn' });
  });

  test('A name of hundred letters is cut between letters, not through one', async () => {
    const headers = { 'spor-person': encodeURIComponent('𝔖'.repeat(101)) };
    expect(await caller.done('session', { headers })).toEqual({ person: '𝔖'.repeat(100) });
    await caller.refused('invalid-request', 'session', { headers: { 'spor-person': '%ff' } });
    await caller.done('createCompany', { headers, body: { name: 'Med langt navn ApS' } });
  });

  test('A company is added, found and counted', async () => {
    const company = await caller.done('createCompany', { body: { name: ' Ny ApS ' } });
    expect(company).toMatchObject({ name: 'Ny ApS', baseCurrency: 'DKK' });
    const params = { companyId: company.id };
    expect(await caller.done('getCompany', { params })).toEqual(company);
    expect((await caller.done('listCompanies')).items).toContainEqual(company);
    expect(await caller.done('overview', { params })).toMatchObject({ bills: 0, duplicates: 0 });
    await caller.done('live', { params });
  });
});

describe('Bills', () => {
  test('A bill comes in, is changed, approved, paid in parts and marked as paid', async () => {
    const { params, bill } = await added('B-1');
    expect(bill).toMatchObject({ revision: 1, dueOn: null, totals: { total: '125.00' } });
    const edited = await caller.done('editBill', {
      params,
      body: { expectedRevision: 1, dueOn: '2026-12-01', lines: [{ id: '1', net: '200.00' }] },
    });
    expect(edited).toMatchObject({ revision: 2, totals: { total: '225.00' } });
    expect(await caller.done('approveBill', { params })).toMatchObject({ status: 'approved' });
    const body = { amount: '25.00', paidOn: '2026-11-05' };
    const paid = await caller.done('payBill', { params, body });
    expect(paid.totals).toMatchObject({ paid: '25.00', outstanding: '200.00' });
    const marked = await caller.done('markBillAsPaid', { params, body: {} });
    expect(marked.totals.outstanding).toBe('0.00');
    const paymentId = paid.payments[0]!.id;
    const less = await caller.done('removePayment', { params: { ...params, paymentId } });
    expect(less.totals.outstanding).toBe('25.00');
    expect(await caller.done('getBill', { params })).toEqual(less);
    const { items } = await caller.done('listActivity', { params });
    const kinds = items.map(({ kind }) => kind);
    expect(kinds.slice(0, 4)).toEqual(['payment-removed', 'marked-as-paid', 'paid', 'approved']);
    // Of one edit: in any order.
    expect(kinds.slice(4, -1).sort()).toEqual([
      'amount-changed',
      'amount-changed',
      'due-date-changed',
    ]);
    expect(kinds.at(-1)).toBe('added');
    expect(await caller.done('cancelBill', { params })).toMatchObject({ status: 'cancelled' });
  });

  test('The same bill again is a duplicate, until a person says it is none', async () => {
    const { bill } = await added('B-2');
    const again = await added('b-2');
    expect(again.bill.duplicateOf).toBe(bill.id);
    const query = { duplicates: 'only', search: 'b-2' };
    const listed = await caller.done('listBills', { params: ofCompany, query });
    expect(listed.items.map(({ id }) => id)).toEqual([again.bill.id]);
    const accepted = await caller.done('acceptAsSeparate', { params: again.params });
    expect(accepted.duplicateOf).toBeNull();
    await caller.refused('already-so', 'acceptAsSeparate', { params: again.params });
  });

  test('An edit made on an older revision is refused, and nothing of it is kept', async () => {
    const { params, bill } = await added('B-3');
    await caller.done('editBill', { params, body: { note: 'først' } });
    const body = { expectedRevision: 1, note: 'bagefter', dueOn: '2026-12-24' };
    const problem = await caller.refused('bill-changed', 'editBill', { params, body });
    expect(problem.detail).toContain('revision 2');
    expect(await caller.done('getBill', { params })).toMatchObject({
      revision: 2,
      note: 'først',
      dueOn: bill.dueOn,
    });
  });

  test('What is wrong with a bill is named by field', async () => {
    const body = { ...billInput('B-4'), issuedOn: '2026-02-30', lines: [{ net: '1,5' }] };
    const { detail, errors } = await caller.refused('invalid-request', 'addBill', {
      params: ofCompany,
      body,
    });
    expect(errors?.map(({ path }) => path)).toEqual(['body.issuedOn', 'body.lines.0.net']);
    expect(detail).toContain('body.issuedOn');
    const tooExact = { ...billInput('B-4'), lines: [{ net: '0.001' }] };
    const { errors: ofAmount } = await caller.refused('invalid-request', 'addBill', {
      params: ofCompany,
      body: tooExact,
    });
    expect(ofAmount?.[0]?.path).toBe('body.lines.0.net');
  });

  test('A cancelled bill is changed no more; what is so already is said', async () => {
    const { params } = await added('B-5');
    const query = { expectedRevision: '7' };
    await caller.refused('bill-changed', 'approveBill', { params, query });
    const lines = ['1.00', '2.00'].map((net) => ({ id: '1', net }));
    await caller.refused('invalid-request', 'editBill', { params, body: { lines } });
    await caller.done('approveBill', { params, query: { expectedRevision: '1' } });
    await caller.refused('already-so', 'approveBill', { params });
    await caller.done('cancelBill', { params });
    await caller.refused('already-so', 'cancelBill', { params });
    await caller.refused('bill-cancelled', 'editBill', { params, body: { note: 'x' } });
    await caller.refused('bill-cancelled', 'approveBill', { params });
    const body = { amount: '1', paidOn: '2026-11-05' };
    await caller.refused('bill-cancelled', 'payBill', { params, body });
    await caller.refused('bill-cancelled', 'markBillAsPaid', { params, body: {} });
  });

  test('A page follows on the last one, also when bills came in between', async () => {
    const company = await caller.done('createCompany', { body: { name: 'Sider ApS' } });
    const params = { companyId: company.id };
    const ids: string[] = [];
    const add = async (number: string) => {
      const { bill } = await caller.done('addBill', { params, body: billInput(number) });
      ids.unshift(bill.id);
    };
    for (let number = 1; number <= 5; number++) await add(`S-${number}`);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor ? { cursor } : {}) };
      const page: { items: { id: string }[]; next: string | null } = await caller.done(
        'listBills',
        { params, query },
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      await caller.done('addBill', { params, body: billInput(`S-later-${seen.length}`) });
    } while (cursor);
    expect(seen).toEqual(ids);
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=abc', 'cursor=%00', 'page=2'])
      await caller.refused('invalid-request', 'listBills', { params, query });
  });

  test('An e-invoice comes in with its attachments, which are never shown as a page of ours', async () => {
    const xml = (await readFile(INVOICE, 'utf8')).replace(
      /(<cac:AccountingSupplierParty>)/,
      `<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>
         <cbc:EmbeddedDocumentBinaryObject mimeCode="text/html" filename="o'k (1).html">${Buffer.from('<script>alert(1)</script>').toString('base64')}</cbc:EmbeddedDocumentBinaryObject>
       </cac:Attachment></cac:AdditionalDocumentReference>$1`,
    );
    const { bill } = await caller.done('importBill', { params: ofCompany, body: xml });
    const attachment = bill.attachments.at(-1)!;
    const params = { ...ofCompany, billId: bill.id, attachmentId: attachment.id };
    const { headers, body } = await caller.call('getAttachment', { params });
    expect(String(body)).toBe('<script>alert(1)</script>');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''[\w%.-]+$/);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    await caller.refused('not-found', 'getAttachment', {
      params: { ...params, attachmentId: NOBODY },
    });
    const other = await added('B-6');
    await caller.refused('not-found', 'getAttachment', {
      params: { ...other.params, attachmentId: attachment.id },
    });
  });

  test('An e-invoice that cannot be read is refused with its place', async () => {
    const { errors, detail } = await caller.refused('invoice-unreadable', 'importBill', {
      params: ofCompany,
      body: '<Invoice>\n<a></b>',
    });
    expect(errors).toEqual([{ path: 'body:2:4', message: 'xml-malformed' }]);
    expect(detail).toContain('line 2, column 4');
    const headers = { 'content-type': 'text/html' };
    await caller.refused('unsupported-media-type', 'importBill', {
      params: ofCompany,
      headers,
      body: '<p>',
    });
    await caller.refused('unsupported-media-type', 'addBill', {
      params: ofCompany,
      headers,
      body: '{}',
    });
    const large = JSON.stringify({ ...billInput('B-7'), note: 'x'.repeat(2 * 1024 * 1024) });
    await caller.refused('too-large', 'addBill', { params: ofCompany, body: large });
  });
});

describe('The integration log and its connections', () => {
  test('A connection is set up, checked, turned off and on; secrets never come back', async () => {
    const { items } = await caller.done('listConnectors');
    expect(items.map(({ id }) => id)).toEqual(['journal', 'sandbox', 'tryton']);
    const system = await world.sandbox();
    const { url: baseUrl, clientId, clientSecret } = system;
    const optOut = { posting: 'both', amountAtMost: '10', reason: 'småbeløb' };
    const created = await caller.done('createConnection', {
      params: ofCompany,
      body: {
        connector: 'sandbox',
        name: 'Sandkassen',
        settings: { baseUrl, clientId, clientSecret },
        rules: { defaultAccount: '5010', quietMs: 0, optOuts: [optOut] },
      },
    });
    expect(JSON.stringify(created)).not.toContain(clientSecret);
    expect(created.rules.optOuts).toEqual([{ ...optOut, amountAtMost: '10.00', currency: 'DKK' }]);
    const params = { ...ofCompany, connectionId: created.id };
    expect(await caller.done('getConnection', { params })).toMatchObject({ id: created.id });
    expect((await caller.done('listConnections', { params: ofCompany })).items).toHaveLength(1);
    expect(await caller.done('checkConnection', { params })).toMatchObject({
      ok: true,
      failure: null,
    });
    expect(await caller.done('editConnection', { params, body: { enabled: false } })).toMatchObject(
      { enabled: false },
    );
    await caller.refused('connection-off', 'resumeConnection', { params });
    const { params: ofBill } = await added('C-1');
    const asking = { connectionId: created.id, posting: 'supplier-invoice' };
    await caller.refused('connection-off', 'resync', { params: ofBill, body: asking });
    await caller.done('editConnection', { params, body: { enabled: true } });
    await caller.done('resumeConnection', { params });
    const wrong = { connector: 'sandbox', name: 'x', settings: { baseUrl: 'ftp://x' } };
    const { errors } = await caller.refused('settings-invalid', 'createConnection', {
      params: ofCompany,
      body: wrong,
    });
    expect(errors?.map(({ path }) => path)).toContain('body.settings.baseUrl');
    await caller.refused('settings-invalid', 'createConnection', {
      params: ofCompany,
      body: { ...wrong, connector: 'constructor' },
    });
    await caller.refused('settings-invalid', 'editConnection', {
      params,
      body: { settings: { baseUrl: 1 } },
    });
  });

  test('A bill is synced again by hand, and its attempt tells everything', async () => {
    const { items } = await caller.done('listConnections', { params: ofCompany });
    const connectionId = items[0]!.id;
    const { params } = await added('C-2');
    await world.settled(params.billId);
    const body = { connectionId, posting: 'supplier-invoice' };
    const asked = await caller.done('resync', { params, body });
    expect(asked.postingIds).toHaveLength(1);
    const attempts = await world.until(
      () => world.attempts(params.billId),
      (all) => all[0]?.trigger === 'manual' && all[0].closedAt !== null,
    );
    expect((await caller.done('listPostings', { params })).items[0]).toMatchObject({
      state: 'in-step',
    });
    const query = { connectionId, limit: '1' };
    const page = await caller.done('listAttempts', { params, query });
    expect(page.items[0]?.id).toBe(attempts[0]?.id);
    const next = await caller.done('listAttempts', {
      params,
      query: { ...query, cursor: page.next ?? '' },
    });
    expect(next.items[0]?.id).toBe(attempts[1]?.id);
    const attempt = await caller.done('getAttempt', {
      params: { ...ofCompany, attemptId: attempts[1]!.id },
    });
    expect(attempt).toMatchObject({ billId: params.billId, bill: { number: 'C-2' } });
    expect(attempt.exchanges.length).toBeGreaterThan(0);

    await caller.refused('payment-not-offered', 'resync', {
      params,
      body: { ...body, posting: 'supplier-payment' },
    });
    await caller.refused('invalid-request', 'startResyncRun', { params: ofCompany, body: {} });
    const many = await caller.done('startResyncRun', {
      params: ofCompany,
      body: { of: { by: 'bills', billIds: [params.billId, NOBODY, NOBODY] } },
    });
    expect(many).toMatchObject({ accepted: 1, skipped: [{ billId: NOBODY, code: 'not-found' }] });
  });

  test('What the rules leave out and a duplicate are not synced by hand either', async () => {
    const { items } = await caller.done('listConnections', { params: ofCompany });
    const body = { connectionId: items[0]!.id, posting: 'supplier-invoice' };
    const small = await caller.done('addBill', {
      params: ofCompany,
      body: { ...billInput('C-3'), lines: [{ net: '5.00' }] },
    });
    const params = { ...ofCompany, billId: small.bill.id };
    const { detail } = await caller.refused('posting-off', 'resync', { params, body });
    expect(detail).toContain('småbeløb');
    const duplicate = await added('C-3');
    await caller.refused('bill-is-duplicate', 'resync', { params: duplicate.params, body });
  });
});

describe('What names nothing', () => {
  const ids = { companyId: NOBODY, billId: NOBODY, connectionId: NOBODY };
  const rest = {
    attemptId: NOBODY,
    attachmentId: NOBODY,
    paymentId: NOBODY,
    postingId: NOBODY,
    reconciliationId: NOBODY,
  };
  const bodies: Record<string, unknown> = {
    addBill: billInput('N-1'),
    importBill: '<Invoice/>',
    payBill: { amount: '1', paidOn: '2026-11-01' },
    resync: { connectionId: NOBODY, posting: 'supplier-invoice' },
    startResyncRun: { of: { by: 'bills', billIds: [NOBODY] } },
    keepInTarget: { attemptId: NOBODY },
    createConnection: { connector: 'journal', name: 'x' },
  };
  const queries: Record<string, Record<string, string>> = {
    countFailing: { connectionId: NOBODY, failure: 'period-locked' },
  };
  const named = Object.entries(endpoints).filter(([, { path }]) => path.includes('{'));

  test.each(named)('%s says so', async (name, endpoint) => {
    const call = {
      params: { ...ids, ...rest },
      query: queries[name] ?? {},
      ...(endpoint.body === null ? {} : { body: bodies[name] ?? {} }),
    };
    await caller.refused('not-found', name as 'getBill', call);
    const noId = { ...call, params: { ...call.params, companyId: "x'; drop table bills" } };
    await caller.refused('not-found', name as 'getBill', noId);
  });

  test('An unknown address, and a method an address does not take, which names those it does', async () => {
    const unknown = await fetch(`${world.service.url}/v1/nothing`);
    expect(problemIn(unknown, await unknown.json()).code).toBe('not-found');
    const wrong = await fetch(`${world.service.url}/v1/companies`, { method: 'DELETE' });
    const { code } = problemIn(wrong, await wrong.json());
    expect(code).toBe('method-not-allowed');
    expect(wrong.headers.get('allow')).toBe('GET, POST');
    metElsewhere.add(code);
  });
});

describe('What goes wrong in Spor itself', () => {
  /** The service's own app on other surroundings. */
  const asked = async (surroundings: Partial<EngineContext>, path: string, init?: RequestInit) => {
    const app = createApp({
      engine: { ...world.service.context, ...surroundings },
      live: { subscribe: () => () => {}, stop: async () => {} },
      version: '0',
      defaultPerson: 'x',
      largestImportBytes: 1000,
      webDirectory: null,
    });
    const response = await app.request(`http://localhost${path}`, {
      ...init,
      headers: { host: 'localhost', 'content-type': 'application/json' },
    });
    const problem = problemIn(response, await response.json());
    metElsewhere.add(problem.code);
    return problem;
  };

  test('A mistake of ours is owned up to, without its insides', async () => {
    const { ids } = world.service.context;
    const broken = {
      ...ids,
      next: () => {
        throw new Error('hemmelig');
      },
    };
    const init = { method: 'POST', body: JSON.stringify({ name: 'x' }) };
    const problem = await asked({ ids: broken }, '/v1/companies', init);
    expect(problem.code).toBe('internal');
    expect(JSON.stringify(problem)).not.toContain('hemmelig');
  });

  test('A database that is gone is told as that, for reading and for writing', async () => {
    const database = await createTestDatabase();
    const pool = await openPool(database.url, { applicationName: 'spor tests', max: 2 });
    await database.drop();
    const init = { method: 'POST', body: JSON.stringify({ name: 'x' }) };
    expect(await asked({ pool }, '/v1/health')).toMatchObject({ code: 'unavailable' });
    expect(await asked({ pool }, '/v1/companies', init)).toMatchObject({ code: 'unavailable' });
    await pool.end();
    expect(await asked({ pool }, '/v1/health')).toMatchObject({ code: 'unavailable' });
  });
});

test('Every endpoint was reached and every problem was met, here or beside here', () => {
  const all = Object.keys(endpoints);
  // changed-there.db.test.ts, failures.db.test.ts, resync-runs.db.test.ts and reconcile.db.test.ts reach these.
  const beside = /^keepInTarget$|^listFailures$|^countFailing$|ResyncRun|econciliation/;
  const unreached = all.filter((name) => !caller.reached.has(name as 'health'));
  expect(unreached.filter((name) => !beside.test(name))).toEqual([]);
  // guard.test.ts, once-only.db.test.ts, archived.db.test.ts, changed-there.db.test.ts, replace.db.test.ts,
  // bill-numbers.db.test.ts, one-books.db.test.ts and kept-secrets.db.test.ts meet these.
  const besides =
    `attempt-archived host-refused origin-refused idempotency-key-reused nothing-to-decide
    deleted-in-target payment-booked bill-number-taken books-taken secret-wanted`.split(/\s+/);
  const met = new Set<string>([...caller.met, ...metElsewhere, ...besides]);
  expect(Object.keys(PROBLEMS).filter((code) => !met.has(code))).toEqual([]);
});
