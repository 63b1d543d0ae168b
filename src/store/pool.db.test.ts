import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { isDatabaseTrouble } from './database-trouble.ts';
import { openPool, transaction } from './pool.ts';
import { StartError } from './start-error.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  await database.pool.query('create table notes (text text)');
});
afterAll(() => database.drop());

const one = async (expression: string): Promise<unknown> =>
  (await database.pool.query<{ value: unknown }>(`select ${expression} as value`)).rows[0]?.value;

test('Whole numbers arrive as numbers, and one too large to hold exactly is refused', async () => {
  expect(await one('9007199254740991::bigint')).toBe(9007199254740991);
  expect(await one('array[1, null]::bigint[]')).toEqual([1, null]);
  await expect(one('9007199254740993::bigint')).rejects.toThrow('9007199254740993');
});

test('A day arrives as its text and an instant as an instant, in UTC', async () => {
  expect(await one(`date '2026-02-28'`)).toBe('2026-02-28');
  expect(await one(`array[date '2026-02-28']`)).toEqual(['2026-02-28']);
  expect(await one(`timestamptz '2026-03-01 00:30+02'`)).toEqual(new Date('2026-02-28T22:30:00Z'));
  expect(await one(`(timestamptz '2026-03-01 00:30+02')::date`)).toBe('2026-02-28');
});

test('Documents arrive parsed and decimals as text, so that nothing is rounded', async () => {
  expect(await one(`'{"net": [1, 2]}'::jsonb`)).toEqual({ net: [1, 2] });
  expect(await one('12.50::numeric')).toBe('12.50');
});

test('A process that stops in the middle of a transaction does not keep what it locked', async () => {
  const stuck = await database.pool.connect();
  const ended = Promise.withResolvers<unknown>();
  stuck.on('error', ended.resolve);
  await stuck.query('begin');
  await stuck.query('lock table notes in access exclusive mode');
  // Nothing more comes of it; who needs the rows waits, and gets them.
  expect((await database.pool.query('select * from notes')).rows).toEqual([]);
  stuck.release(true);
  // Whoever goes on after all is told of an outage, not of a fault in what it did.
  const told = await ended.promise;
  expect(told).toMatchObject({ code: '25P03' });
  expect(isDatabaseTrouble(told)).toBe(true);
});

test('What a transaction did is there when it returns and gone when it throws', async () => {
  const returned = await transaction(database.pool, async (client) => {
    await client.query(`insert into notes values ('kept')`);
    return 'result';
  });
  expect(returned).toBe('result');
  await expect(
    transaction(database.pool, async (client) => {
      await client.query(`insert into notes values ('undone')`);
      throw new Error('changed our mind');
    }),
  ).rejects.toThrow('changed our mind');
  const { rows } = await database.pool.query('select text from notes');
  expect(rows).toEqual([{ text: 'kept' }]);
});

test('A connection lost in the middle of a transaction is not lent out again', async () => {
  await expect(
    transaction(database.pool, (client) =>
      client.query('select pg_terminate_backend(pg_backend_pid())'),
    ),
  ).rejects.toThrow();
  expect(await one('1')).toBe(1);
});

const failure = async (url: string): Promise<string> => {
  const error: unknown = await openPool(url, { applicationName: 'spor tests', max: 1 }).then(
    (pool) => pool.end(),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StartError);
  const { message } = error as StartError;
  expect(message).not.toMatch(/\n|hemmelig/);
  return message;
};

const altered = (change: (address: URL) => void): string => {
  const address = new URL(inject('testServer').url);
  change(address);
  return address.href;
};

test('A wrong DATABASE_URL is told in one sentence that never holds the password', async () => {
  expect(await failure('mysql://me:hemmelig@localhost/x')).toMatch(/is not a PostgreSQL address/);
  expect(await failure('hemmelig')).toMatch(/is not a PostgreSQL address/);
  expect(await failure('postgres://me:hemmelig@127.0.0.1:1/x')).toMatch(
    /^Nothing answers at 127\.0\.0\.1:1:/,
  );
  expect(await failure('postgres://me:hemmelig@no-such-host.invalid/x')).toMatch(
    /^The host of no-such-host\.invalid:5432 is not known:/,
  );
  expect(await failure(altered((address) => (address.pathname = '/no_such')))).toMatch(
    /has no database "no_such"/,
  );
  expect(await failure(altered((address) => (address.password = 'hemmelig')))).toMatch(
    /refused the password of user/,
  );
});

test('A database that cannot hold every name is refused', async () => {
  await database.pool.query(
    `create database ${inject('testServer').prefix}_ascii
      encoding 'SQL_ASCII' locale 'C' template template0`,
  );
  expect(
    await failure(
      altered((address) => (address.pathname = `/${inject('testServer').prefix}_ascii`)),
    ),
  ).toMatch(/^The database keeps text as SQL_ASCII/);
});

test('Something else than PostgreSQL at the address is told as that', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  try {
    expect(await failure(`postgres://me:hemmelig@127.0.0.1:${port}/x`)).toContain(
      `127.0.0.1:${port}`,
    );
  } finally {
    server.close();
  }
});
