/** Resync runs as a program asks for them, in one world for the file. Tests only. */
import { beforeAll } from 'vitest';
import { type Books, openBooks } from '../../test/support/books.ts';
import { holdBill, waitersOn } from '../../test/support/held-bill.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { type Caller, openCaller } from './test-caller.ts';

export const LOCKED = { failure: 'period-locked' as const };
export const BY_LOCKED = { by: 'failure' as const, ...LOCKED };

export let caller: Caller;

/** Said by a file that wants it. Two bills make a page. */
export function inWorldOfRuns(): void {
  inOneWorld({ billsAtOnce: 2 });
  beforeAll(() => {
    caller = openCaller(world.service.url);
  });
}

/** Books closed by mistake, and so many bills that fail by it. */
export async function lockedBooks(bills: number): Promise<{ books: Books; billIds: string[] }> {
  const books = await openBooks(world);
  books.system.books.setup.lockedThrough = '2026-11-30';
  const billIds: string[] = [];
  for (let count = 0; count < bills; count += 1) billIds.push((await books.addBill()).id);
  for (const billId of billIds) await books.reach(billId, 'failed');
  return { books, billIds };
}
export const unlock = ({ system }: Books) => {
  system.books.setup.lockedThrough = null;
};
export const causeIn = ({ companyId, connection }: Books) => ({
  params: { companyId },
  body: { connectionId: connection.id, of: BY_LOCKED },
});
export const start = (books: Books) => caller.done('startResyncRun', causeIn(books));
export const look = ({ companyId }: Books, runId: string) =>
  caller.done('getResyncRun', { params: { companyId, runId } });
export const over = (books: Books, runId: string) =>
  world.until(
    () => look(books, runId),
    ({ finishedAt }) => finishedAt !== null,
  );
export const failing = (books: Books) => {
  const { companyId, connection } = books;
  const query = { connectionId: connection.id, ...LOCKED };
  return caller.done('countFailing', { params: { companyId }, query });
};
export const triggers = async (books: Books, billId: string) =>
  (await books.attempts(billId)).map(({ trigger }) => trigger);

/** How often each bill was asked for, by its activity. */
export const timesAsked = async ({ companyId }: Books, billIds: readonly string[]) => {
  const { rows } = await world.database.pool.query<{ bill_id: string; times: number }>(
    `select bill_id, count(*) as times
     from activity
     where company_id = $1 and kind = 'sync-requested'
     group by bill_id`,
    [companyId],
  );
  const times = new Map(rows.map((row) => [row.bill_id, row.times]));
  return billIds.map((billId) => times.get(billId) ?? 0);
};

/** Keeps a bill to itself; `waiter` is the connection that came to want it. */
export async function holding(billId: string) {
  const { pool } = world.database;
  const held = await holdBill(pool, billId);
  const waiters = () => waitersOn(pool, '%bills%');
  const waiter = async () => (await world.until(waiters, (pids) => pids.length > 0))[0]!;
  return { ...held, waiter };
}
