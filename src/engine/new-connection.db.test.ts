/** A connection comes while a bill is being changed: neither misses the other (invariant 4). */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { editDetails } from '../core/bill-edits.ts';
import { systemClock, timeOrderedIds } from '../core/clock.ts';
import { startSandboxSystem } from '../sdk/testing/sandbox-system.ts';
import { type Queryable, transaction } from '../store/pool.ts';
import { changeBill } from './record-change.ts';

inOneWorld();
const ids = timeOrderedIds(systemClock, (length) => randomBytes(length));
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('what changes while it is made is in what it is sent', async () => {
  const books = await openBooks(world);
  const { companyId, client } = books;
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  const system = await startSandboxSystem();
  const { url: baseUrl, clientId, clientSecret } = system;
  const connect = () =>
    client.createConnection({
      params: { companyId },
      body: {
        connector: 'sandbox',
        name: 'Nr. 2',
        settings: { baseUrl, clientId, clientSecret, arrivesWithinMs: 0 },
        rules: { defaultAccount: '5010', quietMs: 0, quietAtMostMs: 0 },
      },
    });
  const memos = () => [...system.books.invoices.all()].map(({ memo }) => memo);

  let connecting: ReturnType<typeof connect> | null = null;
  /** Stands still once it knows the connections, before it holds the bill. */
  const standingStill = (db: Queryable) =>
    ({
      async query(asked: string | { text: string }, ...others: unknown[]) {
        const text = typeof asked === 'string' ? asked : asked.text;
        if (!connecting && /from bills/.test(text)) {
          connecting = connect();
          const inStep = world.until(
            async () => memos(),
            (all) => all.length > 0,
          );
          await Promise.race([inStep.catch(() => {}), rest(1_500)]);
        }
        return (db.query as (...all: unknown[]) => unknown)(asked, ...others);
      },
    }) as unknown as Queryable;
  await transaction(world.database.pool, async (db) => {
    const recording = { db: standingStill(db), clock: systemClock, ids, actor: 'Bogholderen' };
    await changeBill(recording, companyId, bill.id, (now) => editDetails(now, { note: 'sidst' }));
  });
  await connecting!;
  await world.until(
    async () => memos(),
    (all) => all.join() === 'sidst',
  );
  expect(memos()).toEqual(['sidst']);
  await system.close();
});
