/** `spor failures`: what one would mend first. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';

const SPOR = fileURLToPath(new URL('../../bin/spor', import.meta.url));

let world: World;
beforeEach(async () => {
  world = await startWorld();
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
  expect(await resync()).toEqual({
    code: 0,
    out: 'Sandkassen: 3 postings are being synced again.\n',
    err: '',
  });
  for (const { id } of bills)
    await world.until(
      () => world.settled(id),
      (postings) => postings.every(({ state }) => state === 'in-step'),
    );
  expect(await resync()).toEqual({ code: 0, out: 'Nothing fails by period-locked.\n', err: '' });
  const json = await resync('--connection', 'Sandkassen', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ items: [{ bills: 0, accepted: 0, waiting: 0 }] });
});
