/** The list is searched as a bookkeeper remembers a bill: by whom, by number, by amount. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sampleBill, sampleLine } from '../core/test-bill.ts';
import { listBills } from './bill-list.ts';
import { billSearch } from './bill-search.ts';
import { insertBill } from './bills.ts';
import { makeLane } from './test-lane.ts';

let database: TestDatabase;
let companyId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ companyId } = await makeLane(database.pool));
  const bills = [
    ['Fjordens Kaffe', 'F 12', 'DKK', 1_250_00, 'DK29189757'],
    ['Mihon Kogu', 'MK-1250', 'JPY', 1_250, undefined],
    ['Nils Nordpol', '77', 'DKK', 12_50, undefined],
  ] as const;
  for (const [name, number, currency, netMinor, vatNumber] of bills) {
    const supplier = { name, ...(vatNumber === undefined ? {} : { vatNumber }) };
    const lines = [sampleLine({ netMinor, vatMinor: 0 })];
    const given = { id: crypto.randomUUID(), companyId, number, currency, supplier, lines };
    await insertBill(database.pool, sampleBill(given));
  }
});
afterAll(() => database.drop());

test.each([
  ['kaffe', ',', ['F 12']],
  ['f 12', ',', ['F 12']],
  ['29 18 97 57', ',', ['F 12']],
  ['DK29189757', ',', ['F 12']],
  ['1.250', ',', ['F 12', 'MK-1250']],
  ['1.250,00', ',', ['F 12', 'MK-1250']],
  ['1250', ',', ['F 12', 'MK-1250']],
  ['12,5', ',', ['77']],
  ['12.50', '.', ['77']],
  ['1,250.00', '.', ['F 12', 'MK-1250']],
  // The key says of what kind a number is, and of what kind a bill.
  ['invoice', ',', []],
  ['vat:', ',', []],
  ['100%', ',', []],
] as const)('%s (decimal sign %s): %j', async (typed, decimal, expected) => {
  const found = await listBills(database.pool, {
    companyId,
    before: null,
    limit: 10,
    search: billSearch(typed, decimal),
    sync: null,
    duplicatesOnly: false,
    failure: null,
    connectionId: null,
  });
  expect(new Set(found.map(({ number }) => number))).toEqual(new Set(expected));
});
