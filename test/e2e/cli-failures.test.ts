/** `spor failures`: what one would mend first. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdBill, waitersOn } from '../support/held-bill.ts';
import { startWorld, type World } from '../support/world.ts';

const SPOR = fileURLToPath(new URL('../../bin/spor', import.meta.url));

let world: World;
beforeEach(async () => {
  // So that three bills are many.
  world = await startWorld({ billsAtOnce: 1 });
});
afterEach(() => world.stop());

const spor = (...args: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { ...process.env, SPOR_URL: world.service.url };
    execFile(SPOR, args, { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

test('The causes are listed with what to do, and the bills of one of them by its code', async () => {
  await world.connectJournal({ defaultAccount: null });
  const bills = [await world.addBill(), await world.addBill()];
  for (const { id } of bills) await world.settled(id);
  const { out } = await spor('failures', '--lang', 'en');
  const [titles, counts, , remedy] = out.split('\n');
  expect(titles).toMatch(/^Failing still +Postings +Attempts +Last seen +Integration +Code$/);
  expect(counts).toMatch(/^ +2 +2 +2 .* Regnskab +account-missing$/);
  expect(remedy).toMatch(/^ {4}→ ./);
  const json = JSON.parse((await spor('failures', '--days', '7', '--json')).out) as object;
  expect(json).toMatchObject({ items: [{ code: 'account-missing', failing: 2 }] });
  const listed = await spor('bills', 'list', '--failure', 'account-missing');
  for (const { number } of bills) expect(listed.out).toContain(number);
});

test('When a cause is mended, all that fails by it is synced again by its code', async () => {
  const sandbox = await world.sandbox();
  sandbox.books.setup.lockedThrough = '2026-11-30';
  await world.connectSandbox();
  const bills = [await world.addBill(), await world.addBill(), await world.addBill()];
  for (const { id } of bills) await world.settled(id);
  sandbox.books.setup.lockedThrough = null;
  const resync = (...args: readonly string[]) =>
    spor('resync', '--failure', 'period-locked', ...args);
  const { err, ...told } = await resync();
  expect(told).toEqual({ code: 0, out: 'Sandkassen: 3 postings are being synced again.\n' });
  expect(err).toMatch(/^Sandkassen: 1 of 3 bills\n/);
  for (const { id } of bills)
    await world.until(
      () => world.settled(id),
      (postings) => postings.every(({ state }) => state === 'in-step'),
    );
  expect(await resync()).toEqual({ code: 0, out: 'Nothing fails by period-locked.\n', err: '' });
  const json = await resync('--connection', 'Sandkassen', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ items: [{ bills: 0, accepted: 0, waiting: 0 }] });
});

test('What is synced again by a cause goes on without whoever asked, until somebody stops it', async () => {
  const sandbox = await world.sandbox();
  sandbox.books.setup.lockedThrough = '2026-11-30';
  const { id: connectionId } = await world.connectSandbox();
  const bills = [];
  for (let count = 0; count < 6; count += 1) bills.push(await world.addBill());
  for (const { id } of bills) await world.settled(id);
  const { pool } = world.database;
  await using held = await holdBill(pool, bills[2]!.id);
  const env = { ...process.env, SPOR_URL: world.service.url };
  const asking = spawn(SPOR, ['resync', '--failure', 'period-locked'], { env });
  let told = '';
  asking.stderr.on('data', (part: Buffer) => (told += part.toString()));
  await world.until(
    async () => told,
    (text) => text.includes('2 of 6 bills'),
  );
  asking.kill('SIGINT');
  const [code] = (await once(asking, 'exit')) as [number];
  expect(code).toBe(130);
  expect(told).toContain('Goes on in the service');
  const stopping = spor('resync', '--failure', 'period-locked', '--stop');
  // The bill that is being asked for is asked for whole, and that waits for whoever changes it.
  await world.until(
    () => waitersOn(pool, 'update resync_runs%'),
    (waiters) => waiters.length === 1,
  );
  await held.letGo();
  const { out } = await stopping;
  expect(out).toMatch(
    /^Sandkassen: stopped after [345] of 6 bills \(by .+\); the rest is as it was\.\n$/,
  );
  const params = { companyId: world.company.id };
  const query = { connectionId, failure: 'period-locked' as const };
  expect(await world.client.listResyncRuns({ params })).toMatchObject({
    items: [{ state: 'stopped' }],
  });
  expect((await world.client.countFailing({ params, query })).postings).toBe(6);
  const again = await spor('resync', '--failure', 'period-locked', '--stop');
  expect(again.out).toBe(
    'Nothing to stop: what fails by period-locked is not being synced again.\n',
  );
});
