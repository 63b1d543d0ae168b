/**
 * The mission, sentence by sentence: each test has a sentence as its name, and shows it on the real
 * service with real accounting systems. The sentences about the screen are in `screen.test.ts`.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptShape } from '../../src/contract/sync-shapes.ts';
import { FAILURE_CODES } from '../../src/core/failure.ts';
import { failureText } from '../../src/messages/failure-text.ts';
import { LANGUAGES } from '../../src/messages/languages.ts';
import type { SandboxSystem } from '../../src/sdk/testing/sandbox-system.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const of = (billId: string) => ({ companyId: world.company.id, billId });
const outcomes = (attempts: readonly AttemptShape[]) =>
  attempts.map(({ outcome }) => outcome).toReversed();
const invoiceOf = async (billId: string) =>
  (await world.postings(billId)).find(({ kind }) => kind === 'supplier-invoice')!;
/** Waits for an invoice to be on its way there. */
const sent = ({ received }: SandboxSystem) =>
  world.until(
    async () =>
      received.some(({ method, path }) => method === 'POST' && path === '/supplier-invoices'),
    (isSent) => isSent,
  );
/** Waits for so many attempts of a bill to have ended in a certain way. */
const ended = (billId: string, outcome: string, count = 1, ms = 60_000) =>
  world.until(
    () => world.attempts(billId),
    (attempts) => attempts.filter((attempt) => attempt.outcome === outcome).length >= count,
    ms,
  );

test('Syncs happen by themselves on big changes (bill added, approved, paid) and small ones (due date, category, amount …), so that the posting in the accounting system stays right.', async () => {
  const sandbox = await world.sandbox();
  await world.connectSandbox({ accounts: { Kontor: '3600', Rejser: '3140' } });
  const posted = () => [...sandbox.books.invoices.all()][0];
  const bill = await world.addBill();
  await world.settled(bill.id);
  expect(posted()).toMatchObject({ number: bill.number, dueOn: '2026-11-30', total: '125.00' });

  await world.client.editBill({ params: of(bill.id), body: { dueOn: '2026-12-15' } });
  await world.until(
    async () => posted(),
    (invoice) => invoice?.dueOn === '2026-12-15',
  );
  await world.client.editBill({
    params: of(bill.id),
    body: { lines: [{ id: '1', category: 'Rejser' }] },
  });
  await world.until(
    async () => posted(),
    (invoice) => invoice?.lines[0]?.account === '3140',
  );
  await world.client.editBill({
    params: of(bill.id),
    body: { lines: [{ id: '1', net: '200.00', vat: '50.00' }] },
  });
  await world.until(
    async () => posted(),
    (invoice) => invoice?.total === '250.00',
  );

  await world.client.approveBill({ params: of(bill.id) });
  const approved = await world.until(
    () => world.attempts(bill.id),
    ([newest]) => newest?.changes.includes('approved') === true,
  );
  expect(approved[0]?.trigger).toBe('change');
  await world.client.payBill({
    params: of(bill.id),
    body: { amount: '250.00', paidOn: '2026-12-01' },
  });
  await world.settled(bill.id);
  expect([...sandbox.books.payments.all()]).toMatchObject([
    { amount: '250.00', paidOn: '2026-12-01' },
  ]);
  expect(sandbox.books.counts()).toMatchObject({ invoices: 1, payments: 1, duplicates: [] });
});

describe('Errors come from passing server faults, wrong settings, or changes in the accounting system.', () => {
  test('a passing server fault mends itself', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    sandbox.faults.next({ kind: 'error-before-commit', on: 'write', path: '/supplier-invoices' });
    const bill = await world.addBill();
    await world.settled(bill.id, 20_000);
    expect(outcomes(await world.attempts(bill.id)).at(-1)).toMatch(/created|linked/);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
  });

  test('wrong settings pause the integration, and are mended once for all', async () => {
    await world.sandbox();
    const connection = await world.connectSandbox({}, { clientSecret: 'not-the-secret' });
    const bill = await world.addBill();
    const params = { companyId: world.company.id, connectionId: connection.id };
    const paused = await world.until(
      () => world.client.getConnection({ params }),
      ({ lane }) => lane.state === 'paused',
    );
    expect(paused.lane.failure).toMatchObject({ code: 'signed-out', who: 'administrator' });
    expect((await invoiceOf(bill.id)).state).toBe('waiting');
  });

  test('a change in the accounting system is shown with the three values, and nothing is overwritten', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    const bill = await world.addBill();
    await world.settled(bill.id);
    sandbox.books.editByHand((await invoiceOf(bill.id)).id, 'Rettet af revisor');
    await world.client.editBill({ params: of(bill.id), body: { note: 'Ny note' } });
    const [attempt] = await ended(bill.id, 'failed');
    expect(attempt?.failure).toMatchObject({
      code: 'changed-in-target',
      conflicts: [
        { field: 'note', confirmed: null, there: 'Rettet af revisor', wanted: 'Ny note' },
      ],
    });
    expect([...sandbox.books.invoices.all()][0]?.memo).toBe('Rettet af revisor');
  });
});

test("If the posting exists in the accounting system it is updated, else created, with the bill's details as they are at that moment.", async () => {
  const sandbox = await world.sandbox();
  const connection = await world.connectSandbox({ quietMs: 60_000, quietAtMostMs: 600_000 });
  const bill = await world.addBill();
  const again = () =>
    world.client.resync({
      params: of(bill.id),
      body: { connectionId: connection.id, posting: 'supplier-invoice' },
    });
  await again();
  await ended(bill.id, 'created');
  // Changed while the quiet time runs: the person's sync sends the bill as it is now.
  await world.client.editBill({ params: of(bill.id), body: { dueOn: '2027-01-31' } });
  await again();
  await ended(bill.id, 'updated');
  expect([...sandbox.books.invoices.all()]).toMatchObject([{ dueOn: '2027-01-31' }]);
  await again();
  await ended(bill.id, 'unchanged');
  sandbox.books.deleteByHand((await invoiceOf(bill.id)).id);
  await again();
  await ended(bill.id, 'created', 2);
  expect(sandbox.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
});

test("The manual sync then shows in the log and in the bill's activity log.", async () => {
  await world.sandbox();
  const connection = await world.connectSandbox();
  const bill = await world.addBill();
  await world.settled(bill.id);
  await world.as('Kassereren').resync({
    params: of(bill.id),
    body: { connectionId: connection.id, posting: 'supplier-invoice' },
  });
  const [attempt] = await ended(bill.id, 'unchanged');
  expect(attempt).toMatchObject({
    trigger: 'manual',
    actor: 'Kassereren',
    kind: 'supplier-invoice',
  });
  const { items } = await world.client.listActivity({ params: of(bill.id) });
  expect(items[0]).toMatchObject({
    kind: 'sync-requested',
    actor: 'Kassereren',
    posting: 'supplier-invoice',
    attemptId: attempt?.id,
    outcome: 'unchanged',
  });
});

describe("Many bills can be synced again at once; a rule can opt a bill's invoice or payment out of syncing.", () => {
  test('many bills at once', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    const bills = await Promise.all(Array.from({ length: 25 }, () => world.addBill()));
    for (const bill of bills) await world.settled(bill.id, 30_000);
    const result = await world.client.startResyncRun({
      params: { companyId: world.company.id },
      body: {
        of: { by: 'bills', billIds: bills.map(({ id }) => id) },
        posting: 'supplier-invoice',
      },
    });
    expect(result).toMatchObject({ state: 'done', accepted: 25, deleted: 0, skipped: [] });
    for (const bill of bills) await ended(bill.id, 'unchanged');
    expect(sandbox.books.counts()).toMatchObject({ invoices: 25, duplicates: [] });
  });

  test('a rule keeps an invoice or a payment out, and says why', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox({
      optOuts: [
        {
          posting: 'supplier-payment',
          supplierName: 'Kontorlageret Demo A/S',
          reason: 'Betales over mellemregning',
        },
        {
          posting: 'supplier-invoice',
          billKind: 'receipt',
          reason: 'Kvitteringer bogføres i hånden',
        },
      ],
    });
    const bill = await world.addBill();
    await world.client.markBillAsPaid({ params: of(bill.id), body: {} });
    const receipt = await world.addBill({ kind: 'receipt' });
    const [invoice, payment] = await world.settled(bill.id);
    expect(invoice).toMatchObject({ kind: 'supplier-invoice', state: 'in-step' });
    expect(payment).toMatchObject({
      state: 'off',
      off: { code: 'opted-out', reason: 'Betales over mellemregning' },
    });
    expect(await world.postings(receipt.id)).toMatchObject([
      { state: 'off', off: { code: 'opted-out', reason: 'Kvitteringer bogføres i hånden' } },
    ]);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, payments: 0 });
  });
});

describe('All of this must really work, end to end, on real parts; then go beyond: never a duplicate, never a lost sync, errors that a bookkeeper understands, one fix for three hundred failures.', () => {
  test('end to end, on real parts', async () => {
    await world.connectJournal({}, { inputVatAccount: 'Passiver:Moms:Købsmoms' });
    const bill = await world.addBill();
    await world.client.payBill({
      params: of(bill.id),
      body: { amount: '125.00', paidOn: '2026-11-30' },
    });
    const [invoice] = await world.until(
      () => world.postings(bill.id),
      (postings) => postings.length === 2 && postings.every(({ state }) => state === 'in-step'),
    );
    const journal = join(world.folder, 'regnskab.journal');
    const hledger = promisify(execFile);
    await hledger('hledger', ['-f', journal, 'check', '--strict']);
    const { stdout } = await hledger('hledger', [
      '-f',
      journal,
      'bal',
      '--flat',
      '--no-total',
      '-O',
      'csv',
    ]);
    expect(stdout).toContain('"Aktiver:Bank","-125.00 DKK"');
    expect(stdout).toContain('"Omkostninger:Diverse","100.00 DKK"');
    expect(stdout).not.toContain('Leverandørgæld');
    expect(await readFile(join(world.folder, 'spor', '2026-11.journal'), 'utf8')).toContain(
      invoice!.id,
    );
  });

  test('never a duplicate: pressed twice, by two people, while an automatic attempt runs', async () => {
    const sandbox = await world.sandbox();
    const connection = await world.connectSandbox();
    sandbox.faults.next({ kind: 'delay', delayMs: 500, on: 'write', path: '/supplier-invoices' });
    const bill = await world.addBill();
    await sent(sandbox);
    const body = { connectionId: connection.id, posting: 'supplier-invoice' as const };
    const people = ['Bogholderen', 'Kassereren'].map((person) => world.as(person));
    await Promise.all(
      [...people, ...people].map((person) => person.resync({ params: of(bill.id), body })),
    );
    await world.settled(bill.id);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
    const { items } = await world.client.listActivity({ params: of(bill.id) });
    const asked = items.filter(({ kind }) => kind === 'sync-requested');
    expect(asked.map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
  });

  test('never a lost sync: the accounting system is away, and the service is restarted meanwhile', async () => {
    const first = await world.sandbox();
    const port = Number(new URL(first.url).port);
    await world.connectSandbox();
    await first.close();
    const bill = await world.addBill();
    await world.until(
      () => invoiceOf(bill.id),
      ({ waitingFor }) => waitingFor === 'connection',
    );
    await world.restart();
    const sandbox = await world.sandbox({ port });
    await world.settled(bill.id, 60_000);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
  });

  test('errors that a bookkeeper understands: each failure says what and who, in Danish and English', async () => {
    for (const code of FAILURE_CODES) {
      for (const language of LANGUAGES) {
        const { title, remedy } = failureText(code, language, null);
        expect(title.length, code).toBeGreaterThan(8);
        expect(remedy.length, code).toBeGreaterThan(20);
        expect(`${title} ${remedy}`, code).not.toMatch(/\b(HTTP|JSON|null|undefined|exception)\b/i);
      }
    }
  });

  test('one fix for three hundred failures', async () => {
    const sandbox = await world.sandbox({ journal: 0 });
    const connection = await world.connectSandbox({ defaultAccount: '9999' }, { concurrent: 16 });
    const params = { companyId: world.company.id };
    for (let done = 0; done < 300; done += 25)
      await Promise.all(Array.from({ length: 25 }, () => world.addBill()));
    const overview = () => world.client.overview({ params });
    await world.until(overview, ({ bySync }) => bySync.failed === 300, 60_000);
    const { items } = await world.client.listBills({ params, query: { sync: 'failed', limit: 1 } });
    expect((await world.attempts(items[0]!.id))[0]?.failure).toMatchObject({
      code: 'account-missing',
      subject: '9999',
    });

    await world.client.editConnection({
      params: { ...params, connectionId: connection.id },
      body: { rules: { defaultAccount: '3600' } },
    });
    await world.until(overview, ({ bySync }) => bySync['in-step'] === 300, 60_000);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 300, duplicates: [] });
  });
});

describe("Bookkeepers lose whole days to the faults of today's tools: duplicates after a timeout, unreadable errors, no sight of what was sent, no bulk replay, payments before invoices, one expired login failing five hundred bills, edits lost, deleted records brought back. Each of those is a test of ours.", () => {
  test('duplicates after a timeout', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    // Carried out, but the answer comes later than anybody waits.
    sandbox.faults.next({ kind: 'drop-after-commit', on: 'write', path: '/supplier-invoices' });
    const bill = await world.addBill();
    await world.settled(bill.id, 30_000);
    expect(outcomes(await world.attempts(bill.id))).toEqual(['uncertain', 'linked']);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
  });

  test('unreadable errors', async () => {
    const sandbox = await world.sandbox();
    sandbox.books.setup.lockedThrough = '2026-11-30';
    await world.connectSandbox();
    const bill = await world.addBill();
    const [attempt] = await ended(bill.id, 'failed');
    expect(attempt?.failure).toMatchObject({ code: 'period-locked', who: 'bookkeeper' });
    expect(attempt?.failure?.title).toMatch(/periode/i);
    expect(attempt?.failure?.remedy.length).toBeGreaterThan(20);
    expect(attempt?.failure?.originalMessage).toMatch(/closed through 2026-11-30/);
  });

  test('no sight of what was sent', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    const bill = await world.addBill();
    await world.settled(bill.id);
    const [newest] = await world.attempts(bill.id);
    const detail = await world.client.getAttempt({
      params: { companyId: world.company.id, attemptId: newest!.id },
    });
    expect(detail.document?.lines).toMatchObject([
      { account: '5010', net: '100.00', vat: '25.00' },
    ]);
    expect(detail.bill.number).toBe(bill.number);
    const sent = sandbox.received.find(
      ({ method, path }) => method === 'POST' && path === '/supplier-invoices',
    );
    expect(detail.writes.map(({ sha256 }) => sha256)).toContain(sent?.sha256);
    expect(detail.exchanges.some(({ method, status }) => method === 'POST' && status === 201)).toBe(
      true,
    );
    expect(JSON.stringify(detail)).not.toContain(sandbox.clientSecret);
  });

  test('no bulk replay', async () => {
    const sandbox = await world.sandbox();
    sandbox.books.setup.lockedThrough = '2026-11-30';
    await world.connectSandbox();
    const bills = await Promise.all(Array.from({ length: 10 }, () => world.addBill()));
    for (const bill of bills) await ended(bill.id, 'failed');
    sandbox.books.setup.lockedThrough = null;
    const result = await world.client.startResyncRun({
      params: { companyId: world.company.id },
      body: { of: { by: 'state', state: 'failed' } },
    });
    expect(result.accepted).toBe(10);
    for (const bill of bills) await world.settled(bill.id);
    expect(sandbox.books.counts()).toMatchObject({ invoices: 10, duplicates: [] });
  });

  test('payments before invoices', async () => {
    const sandbox = await world.sandbox();
    sandbox.books.setup.lockedThrough = '2026-11-30';
    await world.connectSandbox();
    const bill = await world.addBill();
    await ended(bill.id, 'failed');
    await world.client.payBill({
      params: of(bill.id),
      body: { amount: '125.00', paidOn: '2026-12-02' },
    });
    const waiting = await world.until(
      () => world.postings(bill.id),
      (all) => all[1]?.waitingFor === 'invoice',
    );
    expect(waiting[1]?.kind).toBe('supplier-payment');
    expect(sandbox.books.counts().payments).toBe(0);
    sandbox.books.setup.lockedThrough = null;
    await world.client.startResyncRun({
      params: { companyId: world.company.id },
      body: { of: { by: 'state', state: 'failed' } },
    });
    await world.until(
      () => world.postings(bill.id),
      (all) => all.every(({ state }) => state === 'in-step'),
    );
    expect(sandbox.books.counts()).toMatchObject({ invoices: 1, payments: 1, duplicates: [] });
  });

  test('one expired login failing five hundred bills', async () => {
    const sandbox = await world.sandbox({ journal: 0 });
    const connection = await world.connectSandbox({}, { concurrent: 16 });
    const params = { companyId: world.company.id, connectionId: connection.id };
    sandbox.tokens.revoked = true;
    const bills = [];
    for (let done = 0; done < 500; done += 25) {
      bills.push(...(await Promise.all(Array.from({ length: 25 }, () => world.addBill()))));
    }
    await world.until(
      () => world.client.getConnection({ params }),
      ({ lane }) => lane.failure?.code === 'signed-out',
    );
    expect((await world.client.overview({ params })).bySync.failed).toBe(0);
    const tried = await Promise.all(bills.map(async ({ id }) => (await world.attempts(id)).length));
    // At most as many as were under way at once when it broke, and one for each probe since.
    expect(tried.reduce((sum, count) => sum + count, 0)).toBeLessThan(40);
    sandbox.tokens.revoked = false;
    await world.client.resumeConnection({ params });
    await world.until(
      () => world.client.overview({ params }),
      ({ bySync }) => bySync['in-step'] === 500,
      90_000,
    );
    expect(sandbox.books.counts()).toMatchObject({ invoices: 500, duplicates: [] });
  });

  test('edits lost', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    // The edit comes while the first attempt waits for its answer.
    sandbox.faults.next({ kind: 'delay', delayMs: 800, on: 'write', path: '/supplier-invoices' });
    const bill = await world.addBill();
    await sent(sandbox);
    await world.client.editBill({ params: of(bill.id), body: { dueOn: '2027-02-28' } });
    await ended(bill.id, 'updated');
    expect([...sandbox.books.invoices.all()]).toMatchObject([{ dueOn: '2027-02-28' }]);
    // And a person's edit never silently replaces another's.
    const stale = world.client.editBill({
      params: of(bill.id),
      body: { expectedRevision: 1, note: 'for sent' },
    });
    await expect(stale).rejects.toMatchObject({ problem: { code: 'bill-changed' } });
  });

  test('deleted records brought back', async () => {
    const sandbox = await world.sandbox();
    await world.connectSandbox();
    const bill = await world.addBill();
    await world.settled(bill.id);
    sandbox.books.deleteByHand((await invoiceOf(bill.id)).id);
    await world.client.editBill({ params: of(bill.id), body: { dueOn: '2026-12-24' } });
    const [attempt] = await ended(bill.id, 'failed');
    expect(attempt?.failure?.code).toBe('deleted-in-target');
    expect(sandbox.books.counts().invoices).toBe(0);
  });
});
