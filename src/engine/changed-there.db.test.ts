/**
 * What people do in the accounting system behind our back (invariant 7): changes are decided by a person
 * or by the connection's rule, and what was deleted comes back only when somebody asks for that bill.
 */
import { describe, expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { verifyChain } from '../store/verify-chain.ts';

inOneWorld();

const memo = (books: Books) => [...books.system.books.invoices.all()].map((one) => one.memo);
const ended = (books: Books, billId: string, ...outcomes: string[]) =>
  world.until(
    () => books.outcomes(billId),
    (all) => all.length === outcomes.length && all.every((one, at) => one === outcomes[at]),
    20_000,
  );

/** What a rule decided, attempt by attempt. */
async function decisionsOf({ client, companyId, attempts }: Books, billId: string) {
  const all = (await attempts(billId)).map(({ id }) =>
    client.getAttempt({ params: { companyId, attemptId: id } }),
  );
  return (await Promise.all(all)).map(({ decision }) => decision);
}

/** A bill in step, whose memo somebody then changed there. */
async function changedThere(rule: 'ask' | 'bill-wins' | 'accounting-system-wins' = 'ask') {
  const books = await openBooks(world, { rules: { onConflict: rule } });
  const bill = await books.addBill({ note: 'fra bilaget' });
  const [posting] = await books.reach(bill.id, 'in-step');
  books.system.books.editByHand(posting!.id, 'rettet derovre');
  const keep = async () => {
    const { lastAttemptId } = await books.invoice(bill.id);
    return books.client.keepInTarget({
      params: { companyId: books.companyId, billId: bill.id, postingId: posting!.id },
      body: { attemptId: lastAttemptId! },
    });
  };
  return { books, bill, keep };
}

describe('changed there', () => {
  test.concurrent('Asked, a person keeps it: it stays so, also when the bill changes elsewhere', async () => {
    const { books, bill, keep } = await changedThere();
    await books.edit(bill.id, { dueOn: '2026-12-01' });
    await books.reach(bill.id, 'failed');
    const { failure } = await books.invoice(bill.id);
    expect(failure).toMatchObject({
      code: 'changed-in-target',
      conflicts: [
        { field: 'note', confirmed: 'fra bilaget', there: 'rettet derovre', wanted: 'fra bilaget' },
      ],
    });
    await keep();
    await books.reach(bill.id, 'in-step');
    const [invoice] = [...books.system.books.invoices.all()];
    expect(invoice).toMatchObject({ memo: 'rettet derovre', dueOn: '2026-12-01' });
    expect((await books.invoice(bill.id)).kept).toEqual([
      { field: 'note', there: 'rettet derovre', wanted: 'fra bilaget' },
    ]);
    const { items } = await books.client.listActivity({
      params: { companyId: books.companyId, billId: bill.id },
    });
    expect(items.find(({ kind }) => kind === 'kept-in-target')).toMatchObject({
      actor: 'Bogholderen',
      subject: 'note',
      before: 'fra bilaget',
      after: 'rettet derovre',
    });
  });

  test.concurrent('What is kept stays so when somebody syncs again, until they say that the bill wins', async () => {
    const { books, bill, keep } = await changedThere();
    await books.edit(bill.id, { dueOn: '2026-12-01' });
    await books.reach(bill.id, 'failed');
    await keep();
    await ended(books, bill.id, 'created', 'failed: changed-in-target', 'updated');
    await books.resync(bill.id);
    await ended(books, bill.id, 'created', 'failed: changed-in-target', 'updated', 'unchanged');
    expect(memo(books)).toEqual(['rettet derovre']);
    await books.client.resync({
      params: { companyId: books.companyId, billId: bill.id },
      body: { connectionId: books.connection.id, posting: 'supplier-invoice', overwrite: true },
    });
    await world.until(
      async () => memo(books),
      ([only]) => only === 'fra bilaget',
      20_000,
    );
    await books.reach(bill.id, 'in-step');
    expect((await books.invoice(bill.id)).kept).toEqual([]);
  });

  // It used to be overwritten by the next attempt, which took all it found there for its own.
  test.concurrent('Changed before we even knew that it is there: a person is asked, and keeps it', async () => {
    const books = await openBooks(world);
    const path = '/supplier-invoices';
    books.system.faults.next(
      { kind: 'drop-after-commit', on: 'write', path },
      { kind: 'edited-by-hand', on: 'read', path },
    );
    const bill = await books.addBill({ note: 'fra bilaget' });
    await books.reach(bill.id, 'failed');
    const { id: postingId, failure, lastAttemptId } = await books.invoice(bill.id);
    expect((await books.outcomes(bill.id))[0]).toBe('uncertain: answer-lost');
    expect(failure?.conflicts).toEqual([
      { field: 'note', confirmed: null, there: 'Changed by hand', wanted: 'fra bilaget' },
    ]);
    await books.client.keepInTarget({
      params: { companyId: books.companyId, billId: bill.id, postingId },
      body: { attemptId: lastAttemptId! },
    });
    await books.reach(bill.id, 'in-step');
    expect((await books.outcomes(bill.id)).at(-1)).toBe('linked');
    expect(memo(books)).toEqual(['Changed by hand']);
  });

  test.concurrent('What nobody waits for can not be decided, nor what is no longer as it was seen', async () => {
    const { books, bill, keep } = await changedThere();
    await expect(keep()).rejects.toMatchObject({ problem: { code: 'nothing-to-decide' } });
    await books.edit(bill.id, { dueOn: '2026-12-01' });
    await books.reach(bill.id, 'failed');
    const [posting] = await books.postings(bill.id);
    const [seen] = await books.attempts(bill.id);
    const earlier = books.client.keepInTarget({
      params: { companyId: books.companyId, billId: bill.id, postingId: posting!.id },
      body: { attemptId: seen!.id },
    });
    await expect(earlier).rejects.toMatchObject({ problem: { code: 'nothing-to-decide' } });
  });

  test.concurrent.each([
    ['bill-wins', 'fra bilaget', 0],
    ['accounting-system-wins', 'rettet derovre', 1],
  ] as const)('By the rule %s nobody is asked', async (rule, stands, kept) => {
    const { books, bill } = await changedThere(rule);
    await books.edit(bill.id, { dueOn: '2026-12-01' });
    await ended(books, bill.id, 'created', 'updated');
    await books.reach(bill.id, 'in-step');
    const [invoice] = [...books.system.books.invoices.all()];
    expect(invoice).toMatchObject({ memo: stands, dueOn: '2026-12-01' });
    expect((await books.invoice(bill.id)).kept).toHaveLength(kept);
    const decisions = await decisionsOf(books, bill.id);
    expect(decisions).toEqual([
      null,
      {
        rule,
        conflicts: [
          {
            field: 'note',
            confirmed: 'fra bilaget',
            there: 'rettet derovre',
            wanted: 'fra bilaget',
          },
        ],
      },
    ]);
    expect(await verifyChain(world.database.pool, books.companyId)).toBeNull();
  });

  test.concurrent('A new rule decides what waited for a person', async () => {
    const { books, bill } = await changedThere();
    await books.edit(bill.id, { dueOn: '2026-12-01' });
    await books.reach(bill.id, 'failed');
    await books.editConnection({ rules: { onConflict: 'bill-wins' } });
    await books.reach(bill.id, 'in-step');
    expect(memo(books)).toEqual(['fra bilaget']);
  });
});

describe('deleted there', () => {
  const deletedThere = async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    const [posting] = await books.reach(bill.id, 'in-step');
    books.system.books.deleteByHand(posting!.id);
    return { books, bill };
  };
  const bulk = (
    books: Books,
    of: { by: 'state'; state: 'failed' } | { by: 'bills'; billIds: string[] },
    recreate = false,
  ) =>
    books.client.startResyncRun({ params: { companyId: books.companyId }, body: { of, recreate } });

  test.concurrent('No change, no rule and no sync of many bills makes it again; Create again does', async () => {
    const { books, bill } = await deletedThere();
    await books.edit(bill.id, { note: 'ændret' });
    await ended(books, bill.id, 'created', 'failed: deleted-in-target');
    await books.editConnection({ rules: { onConflict: 'bill-wins' } });
    await ended(
      books,
      bill.id,
      'created',
      'failed: deleted-in-target',
      'failed: deleted-in-target',
    );
    expect(await bulk(books, { by: 'state', state: 'failed' })).toMatchObject({
      accepted: 0,
      deleted: 1,
      skipped: [{ billId: bill.id, code: 'deleted-in-target' }],
    });
    expect(books.system.books.counts().invoices).toBe(0);
    await books.resync(bill.id);
    await books.reach(bill.id, 'in-step');
    expect(books.system.books.counts().invoices).toBe(1);
  });

  test.concurrent('Many bills at once do not bring back what nobody knew was deleted', async () => {
    const { books, bill } = await deletedThere();
    const other = await books.addBill();
    await books.reach(other.id, 'in-step');
    const asked = await bulk(books, { by: 'bills', billIds: [bill.id, other.id] });
    expect(asked).toMatchObject({ accepted: 2, deleted: 0 });
    await ended(books, bill.id, 'created', 'failed: deleted-in-target');
    await ended(books, other.id, 'created', 'unchanged');
    expect(books.system.books.counts().invoices).toBe(1);
  });

  test.concurrent('Unless just that is asked for: then all are made again, and what was changed there is not overwritten', async () => {
    const { books, bill } = await deletedThere();
    await books.edit(bill.id, { note: 'ændret' });
    await ended(books, bill.id, 'created', 'failed: deleted-in-target');
    const unknown = await books.addBill();
    const [posting] = await books.reach(unknown.id, 'in-step');
    books.system.books.deleteByHand(posting!.id);
    const changed = await books.addBill();
    const [kept] = await books.reach(changed.id, 'in-step');
    books.system.books.editByHand(kept!.id);
    await books.edit(changed.id, { note: 'ændret' });
    await ended(books, changed.id, 'created', 'failed: changed-in-target');

    const billIds = [bill.id, unknown.id, changed.id];
    const run = await bulk(books, { by: 'bills', billIds }, true);
    expect(run).toMatchObject({ recreate: true, accepted: 3, deleted: 0, skipped: [] });
    await ended(books, bill.id, 'created', 'failed: deleted-in-target', 'created');
    await ended(books, unknown.id, 'created', 'created');
    const twice = 'failed: changed-in-target';
    await ended(books, changed.id, 'created', twice, twice);
    expect(books.system.books.counts().invoices).toBe(3);
    const params = { companyId: books.companyId, billId: bill.id };
    const { items } = await books.client.listActivity({ params });
    expect(items[0]).toMatchObject({ kind: 'sync-requested', subject: 'bulk-recreate' });
  });

  test.concurrent('Nor do the tries after one of many, whose first try failed', async () => {
    const { books, bill } = await deletedThere();
    books.system.faults.next({ kind: 'error-before-commit', on: 'read' });
    await bulk(books, { by: 'bills', billIds: [bill.id] });
    await ended(books, bill.id, 'created', 'failed: target-error', 'failed: deleted-in-target');
  });
});
