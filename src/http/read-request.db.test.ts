/** How much a request may ask of us: what is too large or endless is refused without being held. */
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';
import { type Caller, openCaller } from './test-caller.ts';

let world: World;
let caller: Caller;
let params: { companyId: string };

beforeAll(async () => {
  world = await startWorld();
  caller = openCaller(world.service.url);
  params = { companyId: world.company.id };
});
afterAll(() => world.stop());

const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Of bodies and other bytes, by everybody in this process, the service too. */
const heldBytes = () => {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
};

/** Sends without end until the line is cut; tells what was answered and how much went out. */
const endless = async (path: string, type: string) => {
  const sending = request(world.service.url + path, {
    method: 'POST',
    headers: { 'content-type': type },
  });
  let status: number | undefined;
  sending.on('response', (response) => {
    status = response.statusCode;
    response.resume();
  });
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const spaces = function* () {
    for (;;) yield chunk;
  };
  // Ends with an error when the line is cut, or by our own patience.
  const ended = await pipeline(Readable.from(spaces()), sending, {
    signal: AbortSignal.timeout(10_000),
  }).catch((error: NodeJS.ErrnoException) => error.name);
  return { status, cut: ended !== 'AbortError', sent: sending.socket?.bytesWritten ?? 0 };
};

describe('A body without end', () => {
  test.each([
    ['bills', 'application/json', 2],
    ['bills/import', 'application/xml', 20],
  ])('is refused at %s as soon as it is too large, and the line is cut', async (at, type, mib) => {
    const before = heldBytes();
    const path = `/v1/companies/${params.companyId}/${at}`;
    const { status, cut, sent } = await endless(path, type);
    expect(status).toBe(413);
    expect(cut).toBe(true);
    expect(sent).toBeGreaterThan(mib * MIB);
    // What is still on its way is thrown away for a moment, so that the answer arrives.
    expect(sent).toBeLessThan((mib + 80) * MIB);
    await expect.poll(() => heldBytes() - before, { timeout: 10_000 }).toBeLessThan(5 * MIB);
  });

  test('is not read at all where none is expected', async () => {
    const { bill } = await caller.done('addBill', {
      params,
      body: {
        number: 'L-1',
        supplier: { name: 'Demo A/S' },
        issuedOn: '2026-11-02',
        currency: 'DKK',
        lines: [{ net: '1' }],
      },
    });
    const path = `/v1/companies/${params.companyId}/bills/${bill.id}/approve`;
    const { status, cut } = await endless(path, 'application/json');
    expect({ status, cut }).toEqual({ status: 200, cut: true });
  });
});

test('A body that says it is too large is refused before it is sent', async () => {
  const sending = request(`${world.service.url}/v1/companies`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': String(3 * MIB) },
  });
  sending.on('error', () => {});
  sending.flushHeaders();
  const [response] = (await once(sending, 'response')) as [{ statusCode: number }];
  expect(response.statusCode).toBe(413);
  sending.destroy();
});

test('What is not JSON in UTF-8 is refused; a byte order mark is not', async () => {
  for (const body of [
    '',
    '{',
    '{"name":',
    'null',
    '[]',
    '"x"',
    '1',
    Buffer.from([0x7b, 0xff, 0x7d]),
  ])
    await caller.refused('invalid-request', 'createCompany', { body });
  const utf16 = Buffer.from(JSON.stringify({ name: 'x' }), 'utf16le');
  await caller.refused('invalid-request', 'createCompany', { body: utf16 });
  const marked = `\u{feff}${JSON.stringify({ name: 'Mærket ApS' })}`;
  expect(await caller.done('createCompany', { body: marked })).toMatchObject({
    name: 'Mærket ApS',
  });
});

test('JSON nested a hundred thousand deep is refused like any other mistake', async () => {
  const depth = 100_000;
  const deep = '['.repeat(depth) + ']'.repeat(depth);
  const deepObject = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
  for (const value of [deep, deepObject]) {
    await caller.refused('invalid-request', 'createCompany', { body: value });
    await caller.refused('invalid-request', 'createCompany', { body: `{"name":${value}}` });
    await caller.refused('invalid-request', 'createConnection', {
      params,
      body: `{"connector":"journal","name":"x","settings":{"folder":${value}}}`,
    });
  }
});

test('Keys that would change every object of a program change nothing', async () => {
  const body = `{"name":"Ren ApS","__proto__":{"baseCurrency":"EUR","polluted":true}}`;
  const { status, body: said } = await caller.call('createCompany', { body });
  // Refused as unknown, or left out: never taken.
  if (status === 201) expect(said).toMatchObject({ baseCurrency: 'DKK' });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  await caller.refused('invalid-request', 'createCompany', {
    body: '{"name":"x","constructor":{"prototype":{"polluted":true}}}',
  });
});
