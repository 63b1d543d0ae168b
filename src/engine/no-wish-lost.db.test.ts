/** Invariant 4, no wish is lost: it commits with its change, and whatever is forgotten is found. */
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { approve } from '../core/bill-edits.ts';
import { transaction } from '../store/pool.ts';
import { changeBill } from './record-change.ts';
import { sweep } from './sweep.ts';

// No sweep of its own: what these tests forget by hand, only they find.
inOneWorld({ sweepMs: 3_600_000 });

const sweepNow = (deep = false) => {
  const { context } = world.service;
  return sweep({ ...context, logger: pino({ level: 'silent' }) }, { deep });
};

/** No worker holds the lane any more, to find by itself what comes without a notice. */
const atRest = ({ companyId }: Books) =>
  world.until(
    async () => {
      const { rows } = await world.database.pool.query<{ owner: string | null }>(
        'select lease_owner as owner from lanes where company_id = $1',
        [companyId],
      );
      return rows[0]!.owner;
    },
    (owner) => owner === null,
  );

describe('a wish and its change', () => {
  test('Are one transaction: a change that is rolled back leaves no wish, no activity, no attempt', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    const { clock, ids } = world.service.context;
    const failing = transaction(world.database.pool, async (db) => {
      await changeBill({ db, clock, ids, actor: 'x' }, books.companyId, bill.id, approve);
      throw new Error('the power went');
    });
    await expect(failing).rejects.toThrow('the power went');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { rows } = await world.database.pool.query(
      `select b.revision, p.wanted_revision, p.state, p.due_at
       from bills b join postings p on p.company_id = b.company_id and p.bill_id = b.bill_id
       where b.company_id = $1`,
      [books.companyId],
    );
    expect(rows).toEqual([{ revision: 1, wanted_revision: 1, state: 'in-step', due_at: null }]);
    expect(await books.outcomes(bill.id)).toEqual(['created']);
    const activity = await books.client.listActivity({
      params: { companyId: books.companyId, billId: bill.id },
    });
    expect(activity.items.map(({ kind }) => kind)).toEqual(['added']);
  });

  test('Are seen together: a bill that can be read has its posting', async () => {
    const books = await openBooks(world);
    const adding = Promise.all(Array.from({ length: 20 }, () => books.addBill()));
    for (let look = 0; look < 20; look++) {
      const { rows } = await world.database.pool.query(
        `select b.bill_id
         from bills b left join postings p on p.company_id = b.company_id and p.bill_id = b.bill_id
         where b.company_id = $1 and p.posting_id is null`,
        [books.companyId],
      );
      expect(rows).toEqual([]);
    }
    await adding;
  });
});

describe('what nobody was told', () => {
  test('A wish whose notice was lost is found by looking', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    await atRest(books);
    const { clock, ids } = world.service.context;
    // All that a change does, but with notices that never ring.
    await transaction(world.database.pool, async (db) => {
      const deaf = {
        query: (text: string, values: unknown[]) =>
          text.includes('pg_notify') ? Promise.resolve({ rows: [] }) : db.query(text, values),
      } as unknown as typeof db;
      const edit = (before: Parameters<typeof approve>[0]) => ({
        bill: { ...before, note: 'stille' },
        changes: [{ kind: 'note-changed', subject: null, before: '', after: 'stille' } as const],
      });
      await changeBill({ db: deaf, clock, ids, actor: 'x' }, books.companyId, bill.id, edit);
    });
    await world.until(
      () => books.outcomes(bill.id),
      (outcomes) => outcomes.at(-1) === 'updated',
    );
  });

  test('A lane that sleeps over due work is woken by the sweep', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    await atRest(books);
    await world.database.pool.query(
      `update postings set due_at = now(), wish_number = wish_number + 1, state = 'waiting'
       where company_id = $1`,
      [books.companyId],
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await books.outcomes(bill.id)).toEqual(['created']);
    expect((await sweepNow()).lanes).toBe(1);
    await books.reach(bill.id, 'in-step');
    expect(await books.outcomes(bill.id)).toEqual(['created', 'unchanged']);
    expect(await sweepNow()).toEqual({ aside: 0, lanes: 0, bills: 0 });
  });

  test('A payment left waiting for an invoice that is there is woken by the sweep', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.pay(bill.id, '125.00');
    await books.reach(bill.id, 'in-step');
    await atRest(books);
    await world.database.pool.query(
      `update postings set waiting_for = 'invoice', state = 'waiting'
       where company_id = $1 and kind = 'supplier-payment'`,
      [books.companyId],
    );
    expect((await sweepNow()).aside).toBe(1);
    await books.reach(bill.id, 'in-step');
  });

  test('A bill a connection has no posting for is planned by the deep sweep', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    await world.database.pool.query(`delete from postings where company_id = $1`, [
      books.companyId,
    ]);
    expect((await sweepNow(true)).bills).toBe(1);
    await books.reach(bill.id, 'in-step');
  });

  test('A bill that was cancelled before it had a posting is not taken for forgotten', async () => {
    const books = await openBooks(world);
    const bill = await books.addBill();
    await books.reach(bill.id, 'in-step');
    const params = { companyId: books.companyId, billId: bill.id };
    await books.client.cancelBill({ params });
    await books.reach(bill.id, 'removed');
    await world.database.pool.query(`delete from postings where company_id = $1`, [
      books.companyId,
    ]);
    expect((await sweepNow(true)).bills).toBe(0);
  });
});

describe('changes and attempts', () => {
  test('A change while an attempt is under way leads to another, with the bill as it is then', async () => {
    const books = await openBooks(world);
    books.system.faults.next({
      kind: 'delay',
      on: 'write',
      path: '/supplier-invoices',
      delayMs: 1_000,
    });
    const bill = await books.addBill();
    await world.until(
      () => books.postings(bill.id),
      ([posting]) => posting?.state === 'syncing',
    );
    await books.edit(bill.id, { note: 'kom undervejs' });
    await world.until(
      () => books.outcomes(bill.id),
      (outcomes) => outcomes.length === 2 && outcomes.at(-1) !== null,
    );
    expect(await books.outcomes(bill.id)).toEqual(['created', 'updated']);
    expect([...books.system.books.invoices.all()][0]).toMatchObject({ memo: 'kom undervejs' });
  });

  test('A burst of changes waits for quiet, and is one attempt that names them all', async () => {
    const books = await openBooks(world, { rules: { quietMs: 5_000, quietAtMostMs: 60_000 } });
    const bill = await books.addBill();
    await books.edit(bill.id, { dueOn: '2026-12-01' });
    await books.edit(bill.id, { note: 'et' });
    await books.edit(bill.id, { note: 'to' });
    await books.reach(bill.id, 'in-step');
    const attempts = await books.attempts(bill.id);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['created']);
    expect(new Set(attempts[0]!.changes)).toEqual(
      new Set(['added', 'due-date-changed', 'note-changed']),
    );
    expect([...books.system.books.invoices.all()][0]).toMatchObject({ memo: 'to' });
  });

  test('But a burst that never ends does not wait for ever', async () => {
    const books = await openBooks(world, { rules: { quietMs: 1_000, quietAtMostMs: 1_500 } });
    const began = performance.now();
    const bill = await books.addBill();
    let first = 0;
    for (let edit = 0; performance.now() - began < 30_000; edit++) {
      await books.edit(bill.id, { note: `nr. ${edit}` });
      if (first === 0 && (await books.attempts(bill.id)).length > 0) {
        first = performance.now() - began;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(first).toBeGreaterThan(1_000);
  });

  test('What a person asks for does not wait for quiet', async () => {
    const books = await openBooks(world, { rules: { quietMs: 60_000, quietAtMostMs: 600_000 } });
    const bill = await books.addBill();
    await books.resync(bill.id);
    await books.reach(bill.id, 'in-step');
    expect((await books.attempts(bill.id)).map(({ trigger }) => trigger)).toEqual(['manual']);
  });
});
