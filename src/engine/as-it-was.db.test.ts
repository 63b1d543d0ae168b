/** Invariants 6 and 7: what an attempt keeps and sends, and what is made of what happened over there. */
import { describe, expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

const detail = ({ client, companyId }: Books, attemptId: string) =>
  client.getAttempt({ params: { companyId, attemptId } });
async function inStep(books: Books) {
  const bill = await books.addBill();
  const [posting] = await books.reach(bill.id, 'in-step');
  return { bill, posting: posting! };
}

describe.concurrent('as it was at sync time', () => {
  test('The attempt keeps the bill as it was when it was synced, whatever became of it', async () => {
    const books = await openBooks(world);
    const { bill } = await inStep(books);
    await books.edit(bill.id, {
      note: 'nyt',
      dueOn: '2027-01-15',
      lines: [{ id: '1', net: '200.00' }],
    });
    await books.reach(bill.id, 'in-step');
    const [first, second] = await books.attempts(bill.id);
    const [before, now] = [await detail(books, first!.id), await detail(books, second!.id)];
    expect(before.bill).toMatchObject({ revision: 1, note: '', dueOn: '2026-11-30' });
    expect(before.document).toMatchObject({ amount: '125.00', dueOn: '2026-11-30' });
    expect(now.bill).toMatchObject({ revision: 2, note: 'nyt', dueOn: '2027-01-15' });
    expect(now.differences.map(({ field, before: a, after }) => [field, a, after])).toEqual(
      expect.arrayContaining([
        ['dueOn', '2026-11-30', '2027-01-15'],
        ['total', '125.00', '225.00'],
      ]),
    );
  });

  test('A late attempt sends the bill as it is then, not as it was when it was asked for', async () => {
    const books = await openBooks(world, { system: { perMinute: 1_000 } });
    books.system.tokens.revoked = true;
    const bill = await books.addBill();
    await world.until(
      () => books.lane(),
      ({ state }) => state === 'paused',
    );
    await books.edit(bill.id, { note: 'rettet imens' });
    books.system.tokens.revoked = false;
    await books.client.resumeConnection({
      params: { companyId: books.companyId, connectionId: books.connection.id },
    });
    await books.reach(bill.id, 'in-step');
    expect([...books.system.books.invoices.all()]).toMatchObject([{ memo: 'rettet imens' }]);
  });
});

describe.concurrent('deleted over there', () => {
  test('Is recognised at the next sync, told, and not made again by itself', async () => {
    const books = await openBooks(world);
    const { bill, posting } = await inStep(books);
    books.system.books.deleteByHand(posting.id);
    await books.edit(bill.id, { note: 'x' });
    await books.reach(bill.id, 'failed');
    await books.edit(bill.id, { note: 'y' });
    await world.until(
      () => books.outcomes(bill.id),
      (outcomes) => outcomes.length === 3 && outcomes.at(-1) !== null,
    );
    expect(await books.outcomes(bill.id)).toEqual([
      'created',
      'failed: deleted-in-target',
      'failed: deleted-in-target',
    ]);
    expect(books.system.books.counts().invoices).toBe(0);
  });

  test('Is made again when a person asks, and kept in step from then on', async () => {
    const books = await openBooks(world);
    const { bill, posting } = await inStep(books);
    books.system.books.deleteByHand(posting.id);
    await books.resync(bill.id);
    const [again] = await books.reach(bill.id, 'in-step');
    expect(again!.remoteId).not.toBe(posting.remoteId);
    await books.edit(bill.id, { note: 'x' });
    await world.until(
      () => books.outcomes(bill.id),
      (outcomes) => outcomes.at(-1) === 'updated',
    );
    expect(await books.outcomes(bill.id)).toEqual(['created', 'created', 'updated']);
    expect(books.system.books.count(posting.id)).toBe(1);
  });

  test.each([
    ['A 500', { kind: 'error-before-commit' }],
    ['A page in its place', { kind: 'html-page', status: 404 }],
    ['A 404 that says nothing', { kind: 'empty-body', status: 404 }],
    ['A dropped connection', { kind: 'drop-before-commit' }],
    ['A busy system', { kind: 'busy', retryAfter: 1 }],
  ] as const)('%s does not count as deleted', async (_, fault) => {
    const books = await openBooks(world);
    const { bill } = await inStep(books);
    books.system.faults.next({ ...fault, on: 'read', path: '/supplier-invoices' });
    await books.edit(bill.id, { note: 'x' });
    await world.until(
      () => books.outcomes(bill.id),
      (outcomes) => outcomes.length > 1 && outcomes.at(-1) !== null,
    );
    // A page in place of the API may be a matter of the settings: let the lane try again at once.
    await books.client.resumeConnection({
      params: { companyId: books.companyId, connectionId: books.connection.id },
    });
    await books.reach(bill.id, 'in-step');
    const outcomes = await books.outcomes(bill.id);
    expect(outcomes.at(-1)).toBe('updated');
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes).not.toContain('failed: deleted-in-target');
  });
});

describe.concurrent('changed over there', () => {
  test('Is not overwritten: the three values are told, and a person decides', async () => {
    const books = await openBooks(world);
    const { bill, posting } = await inStep(books);
    books.system.books.editByHand(posting.id, 'rettet i regnskabet');
    await books.edit(bill.id, { note: 'rettet på bilaget' });
    await books.reach(bill.id, 'failed');
    const failed = (await books.attempts(bill.id)).at(-1)!;
    expect(failed.failure).toMatchObject({
      code: 'changed-in-target',
      conflicts: [
        {
          field: 'note',
          confirmed: null,
          there: 'rettet i regnskabet',
          wanted: 'rettet på bilaget',
        },
      ],
    });
    expect([...books.system.books.invoices.all()]).toMatchObject([{ memo: 'rettet i regnskabet' }]);

    await books.resync(bill.id);
    await books.reach(bill.id, 'in-step');
    expect([...books.system.books.invoices.all()]).toMatchObject([{ memo: 'rettet på bilaget' }]);
  });

  test('A field that was changed there to what the bill says by now is no conflict', async () => {
    const books = await openBooks(world);
    const { bill, posting } = await inStep(books);
    books.system.books.editByHand(posting.id, 'ens');
    await books.edit(bill.id, { note: 'ens' });
    await world.until(
      () => books.outcomes(bill.id),
      (outcomes) => outcomes.length === 2 && outcomes.at(-1) !== null,
    );
    expect(await books.outcomes(bill.id)).toEqual(['created', 'unchanged']);
  });
});
