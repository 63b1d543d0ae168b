/** New settings name other books, or a supplier is no more: what is remembered of it harms nobody. */
import { expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

const ended = (books: Books, billId: string, outcome: string) =>
  world.until(
    () => books.outcomes(billId),
    (outcomes) => outcomes.at(-1) === outcome,
    20_000,
  );

test.concurrent('In other books nothing of theirs is changed or taken away, and suppliers are looked up anew', async () => {
  const books = await openBooks(world, { rules: { onConflict: 'bill-wins' } });
  const edited = await books.addBill();
  const cancelled = await books.addBill();
  for (const { id } of [edited, cancelled]) await books.reach(id, 'in-step');
  const theirs = await openBooks(world);
  const supplier = { name: 'Fremmed ApS', vatNumber: 'DK11111111', country: 'DK' };
  for (const number of ['FREMMED-1', 'FREMMED-2']) {
    const { id } = await theirs.addBill({ number, supplier });
    await theirs.reach(id, 'in-step');
  }
  const there = () => [...theirs.system.books.invoices.all()];
  const before = structuredClone(there());

  const { url: baseUrl, clientId, clientSecret } = theirs.system;
  await books.editConnection({ settings: { baseUrl, clientId, clientSecret, arrivesWithinMs: 0 } });
  await books.edit(edited.id, { note: 'ændret' });
  await ended(books, edited.id, 'failed: deleted-in-target');
  const { client, companyId } = books;
  await client.cancelBill({ params: { companyId, billId: cancelled.id } });
  await ended(books, cancelled.id, 'removed');
  expect(there()).toEqual(before);

  const next = await books.addBill();
  await books.reach(next.id, 'in-step');
  const made = there().at(-1)!;
  expect(theirs.system.books.suppliers.get(made.supplierId)?.name).toBe(next.supplier.name);
});

test.concurrent('A supplier that was deleted there is made again when a person asks for one bill of it', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  const [made] = [...books.system.books.invoices.all()];
  books.system.books.suppliers.remove(made!.supplierId);
  const next = await books.addBill();
  await ended(books, next.id, 'failed: rejected');
  await books.resync(next.id);
  await ended(books, next.id, 'created');
});
