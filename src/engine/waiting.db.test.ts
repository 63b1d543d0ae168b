/** Invariants 8 and 10: no secret in any table, and no transaction open while we wait for a network. */
import { expect, test } from 'vitest';
import { openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

/** Long against what a busy machine may hold up a transaction that waits for nobody. */
const DELAY_MS = 4_000;

inOneWorld();

test('While the accounting system lets us wait, no transaction of ours is open', async () => {
  const books = await openBooks(world, { settings: { concurrent: 4 } });
  const delay = { kind: 'delay', delayMs: DELAY_MS } as const;
  books.system.faults.next(
    { ...delay, on: 'token' },
    { ...delay, on: 'read', times: 2 },
    { ...delay, on: 'write', times: 4 },
  );
  const bills = await Promise.all(Array.from({ length: 5 }, () => books.addBill()));
  const open: unknown[] = [];
  let looks = 0;
  for (;;) {
    const { rows } = await world.database.pool.query(
      `select state, query, clock_timestamp() - xact_start as age
       from pg_stat_activity
       where datname = current_database() and application_name = 'spor' and state <> 'idle'
         and xact_start is not null
         and clock_timestamp() - xact_start > interval '2500 ms'`,
    );
    looks += 1;
    open.push(...rows);
    const states = await Promise.all(bills.map(({ id }) => books.invoice(id)));
    if (states.every(({ state }) => state === 'in-step')) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(open).toEqual([]);
  expect(looks).toBeGreaterThan(5);
}, 120_000);

test('Testing a connection that does not answer holds no transaction either', async () => {
  const books = await openBooks(world);
  books.system.faults.next({ kind: 'delay', on: 'token', delayMs: DELAY_MS });
  const checking = books.client.checkConnection({
    params: { companyId: books.companyId, connectionId: books.connection.id },
  });
  await new Promise((resolve) => setTimeout(resolve, 3_200));
  const { rows } = await world.database.pool.query(
    `select query from pg_stat_activity
     where datname = current_database() and application_name = 'spor' and state <> 'idle'
         and xact_start is not null
       and clock_timestamp() - xact_start > interval '2500 ms'`,
  );
  expect(rows).toEqual([]);
  await checking;
});

test('No secret is in any table, whatever the accounting system says back', async () => {
  const clientSecret = 'H3mmeligt+Kodeord/42';
  const books = await openBooks(world, { system: { clientSecret } });
  const { system } = books;
  const bill = await books.addBill();
  await books.pay(bill.id, '125.00');
  await books.reach(bill.id, 'in-step');
  // A token that is refused, a sign-in that is refused and repeats the secret, a page with all of it.
  system.tokens.expireAll();
  system.faults.next({ kind: 'error-after-commit', on: 'write' });
  await books.edit(bill.id, { note: 'x' });
  await books.reach(bill.id, 'in-step');
  system.tokens.revoked = true;
  await books.edit(bill.id, { note: 'y' });
  await world.until(
    () => books.lane(),
    ({ state }) => state === 'paused',
  );
  const grants = system.received.filter(({ path }) => path === '/token');
  const tokens = system.received
    .map(({ headers }) => headers.authorization?.slice('Bearer '.length))
    .filter((token) => token !== undefined);
  const refreshes = grants
    .map(({ body }) => new URLSearchParams(body).get('refresh_token'))
    .filter((token) => token !== null);
  const secrets = new Set([clientSecret, ...tokens, ...refreshes]);
  expect(secrets.size).toBeGreaterThan(3);

  const { rows: tables } = await world.database.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  let searched = 0;
  for (const { name } of tables) {
    const { rows } = await world.database.pool.query<{ text: string }>(
      `select to_jsonb(t)::text as text from ${name} t`,
    );
    for (const { text } of rows) {
      searched += 1;
      for (const secret of secrets) {
        const forms = [
          secret,
          encodeURIComponent(secret),
          Buffer.from(secret).toString('base64'),
          JSON.stringify(secret).slice(1, -1),
        ];
        expect(forms.filter((form) => text.includes(form))).toEqual([]);
      }
    }
  }
  expect(searched).toBeGreaterThan(20);
  // That the exchange with the sign-in is there at all, with the secret taken out.
  const attempts = await books.attempts(bill.id);
  const whole = await books.client.getAttempt({
    params: {
      companyId: books.companyId,
      attemptId: attempts.findLast(({ closedAt }) => closedAt !== null)!.id,
    },
  });
  expect(whole.exchanges.map(({ target }) => target)).toContain(`${system.url}/token`);
});
