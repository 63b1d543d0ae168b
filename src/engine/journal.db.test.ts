/** The engine with a target that is real: the plain-text journal, its files on a disk and people in them. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';

let world: World;
let file: string;
beforeAll(async () => {
  world = await startWorld();
  await world.connectJournal();
  file = join(world.folder, 'spor', '2026-11.journal');
});
afterAll(() => world.stop());

const at = (billId: string) => ({ params: { companyId: world.company.id, billId } });
const inJournal = async (text: string) => (await readFile(file, 'utf8')).split(text).length - 1;
const outcomes = async (billId: string) =>
  (await world.attempts(billId)).map(({ outcome }) => outcome).toReversed();

test('A bill and its payment are written, follow the bill, and go again when it is cancelled', async () => {
  const bill = await world.addBill({ number: 'J-1' });
  await world.client.markBillAsPaid({ ...at(bill.id), body: { paidOn: '2026-11-20' } });
  expect((await world.settled(bill.id)).map(({ state }) => state)).toEqual(['in-step', 'in-step']);
  expect(await inJournal('(J-1)')).toBe(2);
  await world.client.editBill({ ...at(bill.id), body: { dueOn: '2026-12-24' } });
  await world.settled(bill.id);
  expect(await inJournal('forfald: 2026-12-24')).toBe(1);
  await world.client.cancelBill(at(bill.id));
  await world.until(
    () => world.postings(bill.id),
    (postings) => postings.every(({ state }) => state === 'removed'),
  );
  expect(await inJournal('(J-1)')).toBe(0);
});

test('What the log says was written stands in the file, and its hash is that of these bytes', async () => {
  const bill = await world.addBill({ number: 'J-2' });
  await world.settled(bill.id);
  const [attempt] = await world.attempts(bill.id);
  const { writes } = await world.client.getAttempt({
    params: { companyId: world.company.id, attemptId: attempt!.id },
  });
  const written = writes.find(({ body }) => body?.includes('(J-2)'));
  expect(await inJournal(written!.body!)).toBe(1);
  expect(createHash('sha256').update(written!.body!).digest('hex')).toBe(written!.sha256);
});

test('What a person changed in the file is not overwritten until a person asks', async () => {
  const bill = await world.addBill({ number: 'J-3' });
  const [posting] = await world.settled(bill.id);
  const text = await readFile(file, 'utf8');
  const [before, after] = text.split('(J-3)');
  await writeFile(
    file,
    `${before}(J-3)${after!.replace('forfald: 2026-11-30', 'forfald: 2026-12-31')}`,
  );
  await world.client.editBill({ ...at(bill.id), body: { dueOn: '2027-01-10' } });
  await world.until(
    () => world.postings(bill.id),
    ([now]) => now?.state === 'failed',
  );
  const [failed] = await world.attempts(bill.id);
  expect(failed!.failure).toMatchObject({
    code: 'changed-in-target',
    conflicts: [
      { field: 'dueOn', confirmed: '2026-11-30', there: '2026-12-31', wanted: '2027-01-10' },
    ],
  });
  await world.client.resync({
    ...at(bill.id),
    body: { connectionId: posting!.connectionId, posting: 'supplier-invoice' },
  });
  await world.settled(bill.id);
  expect(await outcomes(bill.id)).toEqual(['created', 'failed', 'updated']);
  expect(await inJournal('forfald: 2027-01-10')).toBe(1);
});

test('Many bills at once are each in the journal once', async () => {
  const bills = await Promise.all(
    Array.from({ length: 25 }, (_, index) => world.addBill({ number: `M-${index}` })),
  );
  for (const { id } of bills) await world.settled(id, 30_000);
  const text = await readFile(file, 'utf8');
  const references = [...text.matchAll(/; spor: (\S+)/g)].map(([, reference]) => reference);
  expect(new Set(references).size).toBe(references.length);
  for (const { number } of bills) expect(text).toContain(`(${number})`);
});
