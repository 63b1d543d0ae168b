/**
 * Invariant 1, log before send: seen from the accounting system's side. When a write arrives, the log
 * already has it, committed, with the hash of exactly the bytes that came.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';

import { type Books, openBooks } from '../../test/support/books.ts';
import { inOneWorld, world } from '../../test/support/one-world.ts';

inOneWorld();

interface Arrival {
  readonly method: string;
  readonly sha256: string | null;
  /** Rows of `attempt_writes` that were committed when the request came. */
  readonly logged: number;
  /** Rows of the same attempts that were opened by then. */
  readonly opened: number;
}

/** A doorkeeper before the accounting system: looks into the log before it lets a write pass. */
async function startDoorkeeper(books: Books) {
  const arrivals: Arrival[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await buffer(incoming);
      if (incoming.method !== 'GET' && incoming.url !== '/token') {
        arrivals.push(await lookIntoLog(books.companyId, incoming, body));
      }
      const { port } = new URL(books.system.url);
      const onward = forward(
        { port, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        },
      );
      onward.end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    arrivals,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function lookIntoLog(
  companyId: string,
  incoming: IncomingMessage,
  body: Buffer,
): Promise<Arrival> {
  const sha256 = body.length > 0 ? createHash('sha256').update(body).digest('hex') : null;
  const { rows } = await world.database.pool.query<{ logged: number; opened: number }>(
    `select count(*) as logged, count(a.attempt_id) as opened
     from attempt_writes w
     left join attempts a on a.company_id = w.company_id and a.attempt_id = w.attempt_id
     where w.company_id = $1 and w.method = $2 and w.sha256 is not distinct from $3
       and w.target like '%' || $4`,
    [companyId, incoming.method, sha256, incoming.url],
  );
  return { method: incoming.method ?? '', sha256, ...rows[0]! };
}

test('When a write reaches the accounting system, the log has its hash already', async () => {
  const books = await openBooks(world);
  const doorkeeper = await startDoorkeeper(books);
  const { clientId, clientSecret } = books.system;
  await books.editConnection({
    settings: { baseUrl: doorkeeper.url, clientId, clientSecret },
  });
  const bills = await Promise.all(Array.from({ length: 12 }, () => books.addBill()));
  for (const { id } of bills) await books.reach(id, 'in-step');
  const [first] = bills;
  await books.edit(first!.id, { dueOn: '2026-12-24' });
  await books.pay(first!.id, '125.00');
  await books.reach(first!.id, 'in-step');
  await books.client.cancelBill({ params: { companyId: books.companyId, billId: first!.id } });
  await books.reach(first!.id, 'removed');
  doorkeeper.close();

  // Twelve invoices and their supplier, a change, a payment, and both taken back.
  expect(doorkeeper.arrivals.map(({ method }) => method).sort()).toEqual([
    'DELETE',
    'DELETE',
    ...Array.from({ length: 14 }, () => 'POST'),
    'PUT',
  ]);
  expect(doorkeeper.arrivals.filter(({ logged, opened }) => logged < 1 || opened < 1)).toEqual([]);
  const sent = doorkeeper.arrivals.filter(({ sha256 }) => sha256 !== null);
  expect(new Set(sent.map(({ sha256 }) => sha256)).size).toBe(15);
});

test('An attempt that is overtaken before it was opened leaves no write in the log', async () => {
  const books = await openBooks(world);
  const bill = await books.addBill();
  await books.reach(bill.id, 'in-step');
  // Editing again and again while attempts begin: some are overtaken between look and write.
  for (let round = 0; round < 30; round++) {
    await books.edit(bill.id, { note: `Runde ${round}` });
  }
  await books.reach(bill.id, 'in-step');
  const { rows } = await world.database.pool.query(
    `select w.attempt_id
     from attempt_writes w
     left join attempts a on a.company_id = w.company_id and a.attempt_id = w.attempt_id
     where w.company_id = $1 and a.attempt_id is null`,
    [books.companyId],
  );
  expect(rows).toEqual([]);
  expect(books.system.books.counts()).toMatchObject({ invoices: 1, duplicates: [] });
});
