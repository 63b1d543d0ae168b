/** The sandbox system is held to what tests, demo and benchmarks count on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { SandboxFaults, type SandboxFaultInput } from './sandbox-faults.ts';
import type { InvoiceInput } from './sandbox-records.ts';
import { startSandboxSystem, type SandboxSystemOptions } from './sandbox-system.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly url: string;
}

async function start(options: SandboxSystemOptions = {}) {
  const system = await startSandboxSystem(options);
  cleanups.push(() => system.close());
  return { system, ...(await signedIn(system)) };
}

async function signedIn(client: Client) {
  const token = (form: Record<string, string>) =>
    fetch(`${client.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: client.clientId,
        client_secret: client.clientSecret,
        ...form,
      }),
    });
  const granted = (await (await token({ grant_type: 'client_credentials' })).json()) as {
    access_token: string;
    refresh_token: string;
  };
  const send = async (method: string, at: string, body?: unknown, headers = {}) => {
    const answer = await fetch(client.url + at, {
      method,
      headers: { authorization: `Bearer ${granted.access_token}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type') === 'application/json';
    return { answer, body: (isJson ? JSON.parse(text) : text) as Record<string, never> };
  };
  return { granted, token, send };
}

const supplier = {
  reference: 'vat:DK10150817',
  name: 'Nordlys Kontor A/S',
  vatNumber: 'DK10150817',
  companyNumber: null,
  gln: null,
  country: 'DK',
};

const invoice = (change: Partial<InvoiceInput> = {}): InvoiceInput => ({
  externalReference: 'ours-1',
  supplierId: 'supplier-1',
  type: 'INVOICE',
  number: '1001',
  issuedOn: '2026-03-02',
  dueOn: null,
  currency: 'DKK',
  lines: [
    {
      reference: '1',
      description: 'Chairs',
      account: '5010',
      net: '100.00',
      vat: '25.00',
      vatCode: 'I25',
      department: null,
      project: null,
    },
  ],
  rounding: '0.00',
  total: '125.00',
  memo: '',
  correctsNumber: null,
  ...change,
});

describe('what is sent twice', () => {
  test('is there twice, and counted as a duplicate', async () => {
    const { system, send } = await start();
    await send('POST', '/suppliers', supplier);
    await send('POST', '/supplier-invoices', invoice());
    expect(system.books.counts().duplicates).toEqual([]);
    await send('POST', '/supplier-invoices', invoice(), { 'idempotency-key': 'same' });
    await send('POST', '/supplier-invoices', invoice(), { 'idempotency-key': 'same' });
    expect(system.books.count('ours-1')).toBe(3);
    expect(system.books.counts().duplicates).toEqual(['ours-1']);
  });

  test('is there once when idempotency keys are kept', async () => {
    const { system, send } = await start({ idempotency: true });
    await send('POST', '/suppliers', supplier);
    const key = { 'idempotency-key': 'same' };
    const first = await send('POST', '/supplier-invoices', invoice(), key);
    const second = await send('POST', '/supplier-invoices', invoice(), key);
    expect(second.body).toEqual(first.body);
    expect(system.books.count('ours-1')).toBe(1);
  });
});

test.each([
  ['an account that is not there', { lines: [{ ...invoice().lines[0]!, account: '1' }] }, 422],
  ['a total that is not the sum', { total: '125.01' }, 422],
  ['more decimals than the currency has', { total: '125.001' }, 422],
  ['a credit note that is positive', { type: 'CREDIT_NOTE' as const }, 422],
  ['a day that does not exist', { issuedOn: '2026-02-29' }, 422],
  ['a supplier that is not there', { supplierId: 'supplier-9' }, 422],
  ['a field it does not know', { surprise: 1 }, 400],
  ['a closed period', { issuedOn: '2025-12-31' }, 423],
])('it refuses %s', async (_, change, status) => {
  const { system, send } = await start();
  system.books.setup.lockedThrough = '2025-12-31';
  await send('POST', '/suppliers', supplier);
  const { answer, body } = await send('POST', '/supplier-invoices', { ...invoice(), ...change });
  expect(answer.status).toBe(status);
  expect(body).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  expect(system.books.invoices.size).toBe(0);
});

describe('limits', () => {
  test('of requests a minute say how long to wait, and end', async () => {
    let now = 0;
    const { send } = await start({ perMinute: 3, now: () => now });
    for (let n = 0; n < 3; n++) expect((await send('GET', '/company')).answer.status).toBe(200);
    const { answer } = await send('GET', '/company');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('60');
    now += 60_000;
    expect((await send('GET', '/company')).answer.status).toBe(200);
  });

  test('of requests at once hold, and can keep silent about the time', async () => {
    const { system, send } = await start({ concurrent: 2, sendsRetryAfter: false });
    system.faults.next({ kind: 'delay', delayMs: 2_000, times: 2 });
    const answers = await Promise.all([1, 2, 3, 4].map(() => send('GET', '/company')));
    const statuses = answers.map(({ answer }) => answer.status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 429, 429]);
    expect(system.limits.mostAtOnce).toBe(2);
    expect(answers.some(({ answer }) => answer.headers.has('retry-after'))).toBe(false);
  });
});

describe('sign-in', () => {
  test('ends when the token has lasted its time, and a refresh token works once', async () => {
    let now = 0;
    const { send, token, granted } = await start({ tokenLastsMs: 3_600_000, now: () => now });
    expect((await send('GET', '/company')).answer.status).toBe(200);
    now += 3_600_000;
    expect((await send('GET', '/company')).answer.status).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token: granted.refresh_token };
    expect((await token(refresh)).status).toBe(200);
    expect((await token(refresh)).status).toBe(400);
    expect((await token({ grant_type: 'client_credentials', client_secret: 'no' })).status).toBe(
      401,
    );
  });
});

describe('faults', () => {
  test('at random come in the same order from the same seed', () => {
    const faults: SandboxFaultInput[] = [{ kind: 'delay' }, { kind: 'busy' }];
    const run = (seed: number) => {
      const made = new SandboxFaults();
      made.atRandom({ seed, probability: 0.3, faults: faults.map((fault) => ({ ...fault })) });
      return Array.from({ length: 200 }, () => made.take({ method: 'GET', path: '/x' })?.kind);
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    const hits = run(7).filter((kind) => kind !== undefined).length;
    expect(hits).toBeGreaterThan(30);
    expect(hits).toBeLessThan(90);
  });

  test('can be ordered over HTTP, and so can what people do', async () => {
    const { system, send } = await start();
    const control = async (command: unknown) => (await send('POST', '/_control', command)).body;
    await send('POST', '/suppliers', supplier);
    await send('POST', '/supplier-invoices', invoice());
    await control({
      do: 'fail-next',
      fault: { kind: 'error-before-commit', on: 'write', skip: 1 },
    });
    expect((await send('PUT', '/nowhere', {})).answer.status).toBe(404);
    expect((await send('POST', '/supplier-invoices', invoice())).answer.status).toBe(500);
    expect(await control({ do: 'count', reference: 'ours-1' })).toMatchObject({ count: 1 });
    await control({ do: 'edit', reference: 'ours-1', memo: 'by hand' });
    expect(system.books.invoices.find('ours-1')).toMatchObject([{ memo: 'by hand', version: 2 }]);
    await control({ do: 'delete', reference: 'ours-1' });
    expect(await control({ do: 'state' })).toMatchObject({
      invoices: 0,
      pendingFaults: 0,
      doneFaults: { 'error-before-commit': 1 },
    });
    expect(await control({ do: 'surprise' })).toMatchObject({ error: { code: 'validation' } });
  });

  test('by people happen to the record that is asked about', async () => {
    const { system, send } = await start();
    await send('POST', '/suppliers', supplier);
    const { body } = await send('POST', '/supplier-invoices', invoice());
    const at = `/supplier-invoices/${(body as unknown as { id: string }).id}`;
    system.faults.next({ kind: 'edited-by-hand' });
    expect((await send('GET', at)).body).toMatchObject({ memo: 'Changed by hand', version: 2 });
    system.faults.next({ kind: 'stale-version' });
    expect((await send('PUT', at, { ...invoice(), version: 2 })).answer.status).toBe(409);
    system.faults.next({ kind: 'deleted-by-hand' });
    expect((await send('GET', at)).answer.status).toBe(404);
  });
});

test('the journal holds what arrived, to its bound', async () => {
  const { system, send } = await start({ journal: 3 });
  for (let n = 0; n < 8; n++) await send('GET', `/company?n=${n}`);
  expect(system.received.length).toBeLessThanOrEqual(6);
  expect(system.received.at(-1)).toMatchObject({ method: 'GET', query: 'n=7', status: 200 });
  expect(system.requests).toBe(9);
});

test('its books survive being killed', { timeout: 20_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const serve = async () => {
    const script = fileURLToPath(new URL('sandbox-serve.ts', import.meta.url));
    const child = spawn(process.execPath, [script, '--log', path.join(folder, 'books.jsonl')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const kill = async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
    return { kill, ...(await signedIn(JSON.parse(line.toString()) as Client)) };
  };
  const first = await serve();
  await first.send('POST', '/suppliers', supplier);
  const made = await first.send('POST', '/supplier-invoices', invoice());
  await first.send('POST', '/supplier-invoices', invoice({ externalReference: 'ours-2' }));
  await first.send('DELETE', '/supplier-invoices/invoice-2?version=1');
  await first.kill();
  const second = await serve();
  cleanups.push(second.kill);
  const found = await second.send('GET', '/supplier-invoices');
  expect(found.body).toEqual({ items: [made.body] });
  const next = await second.send('POST', '/supplier-invoices', invoice());
  expect(next.body).toMatchObject({ id: 'invoice-3' });
});
