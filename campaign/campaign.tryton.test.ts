/** A brief campaign, and its comparison on books in which something was done wrong on purpose. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, inject, test } from 'vitest';
import { asAdmin } from '../src/connectors/tryton/test-client.ts';
import { putBooksBack } from '../src/connectors/tryton/test-server.ts';
import type { Bill } from '../src/core/bill.ts';
import { startWorld } from '../test/support/world.ts';
import { readBooks } from './books.ts';
import { runCampaign } from './campaign.ts';
import { compare } from './compare.ts';
import { sum } from './figures.ts';
import { type WantedBill, wantedOf } from './wanted.ts';

const server = inject('tryton');
const admin = asAdmin(server);
beforeEach(() => putBooksBack(server));

test(
  'Workers, API, PostgreSQL and Tryton are killed, answers are lost: each bill is in the books once and as it is',
  { timeout: 900_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'spor-campaign-'));
    const outcome = await runCampaign({
      tryton: server,
      folder,
      durationMs: 12_000,
      settleMs: 180_000,
      workers: 2,
      companies: 4,
      billsPerCompany: 6,
      seed: 4711,
      plant: null,
      signal: AbortSignal.timeout(880_000),
      tell: () => {},
    });
    await rm(folder, { recursive: true, force: true });
    expect(outcome.stories).toEqual([]);
    expect(outcome).toMatchObject({ findings: [], deaths: [] });
    expect(outcome.settledMs).not.toBeNull();
    // All of it happened: something of everything was killed.
    expect(outcome.kills.size).toBe(5);
    expect(outcome.bills).toBeGreaterThan(0);
    expect(sum(outcome.attempts)).toBeGreaterThan(0);
  },
);

test('An invoice a second time, one deleted, one changed, a supplier a second time: each is found', async () => {
  const world = await startWorld({ timeoutMs: 30_000 });
  try {
    const connection = {
      settings: { baseUrl: server.url, database: 'demo', username: 'spor', takeTo: 'draft' },
      rules: { defaultAccount: '2750', paymentAccount: '5820', vatCodes: { S25: 'I25' } },
    };
    await world.client.createConnection({
      params: { companyId: world.company.id },
      body: {
        connector: 'tryton',
        name: 'Tryton',
        settings: { ...connection.settings, password: server.userPassword },
        rules: { ...connection.rules, quietMs: 0, quietAtMostMs: 0, reconcileNightly: false },
      },
    });
    const bills = [];
    for (const number of ['A', 'B', 'C']) bills.push(await world.addBill({ number }));
    const wanted: WantedBill[] = [];
    for (const { id } of bills) {
      await world.settled(id, 60_000);
      const { rows } = await world.database.pool.query<{ document: Bill }>(
        'select document from bills where bill_id = $1',
        [id],
      );
      const known = (await world.postings(id)).map((one) => ({ ...one, paymentId: null }));
      const booked = { ...connection.rules, accounts: {}, booksApproved: false };
      wanted.push(wantedOf(rows[0]!.document, known, booked));
    }
    const findings = async () =>
      compare(wanted, await readBooks(admin)).map(
        ({ kind, bill, what }) => `${kind}, ${bill}: ${what}`,
      );
    expect(await findings()).toEqual([]);

    const invoice = (number: string) =>
      admin.search('account.invoice', [['reference', '=', number]]);
    await admin.call('account.invoice.copy', await invoice('A'));
    await admin.call('account.invoice.delete', await invoice('B'));
    const lines = await admin.search('account.invoice.line', [['invoice.reference', '=', 'C']]);
    const dearer = { unit_price: { __class__: 'Decimal', decimal: '101.00' } };
    await admin.call('account.invoice.line.write', lines, dearer);
    await admin.call('party.party.create', [{ name: 'Kontorlageret Demo A/S' }]);
    expect(await findings()).toEqual([
      'duplicate, A: the invoice is in the books 2 times',
      'loss, B: the invoice is not in the books',
      'disagreement, C: the invoice: lines is [2750 Papir 101.00 I25], to be [2750 Papir 100.00 I25]',
      'disagreement, C: the invoice: total is 126.00, to be 125.00',
      'duplicate, null: the supplier Kontorlageret Demo A/S is there 2 times',
    ]);
  } finally {
    await world.stop();
  }
});
