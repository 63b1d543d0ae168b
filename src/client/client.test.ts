/** The client against real servers: what it sends, and what it makes of every kind of answer. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiProblem, createClient, Unreachable } from './client.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

type Heard = IncomingMessage & { readonly text: string };
const serve = async (answer: (request: Heard, response: ServerResponse) => void) => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      answer(Object.assign(request, { text: String(Buffer.concat(chunks)) }), response),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const json = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

const COMPANY = '01932d2a-0000-7000-8000-000000000001';
const company = {
  id: COMPANY,
  name: 'Prøve ApS',
  baseCurrency: 'DKK',
  createdAt: '2026-11-24T08:00:00.000Z',
};
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('It was answered.'),
    (error: unknown) => error,
  );

describe('What is sent', () => {
  test('has the address filled in, the person and the language, and the key of the request', async () => {
    let heard: Heard | undefined;
    const baseUrl = await serve((request, response) => {
      heard = request;
      json(response, 201, company);
    });
    const client = createClient({
      baseUrl,
      person: () => 'Bogholderen på Ærø',
      language: () => 'da',
    });
    const body = { name: 'Prøve ApS' };
    expect(await client.createCompany({ body, idempotencyKey: 'k-1' })).toEqual(company);
    expect(heard).toMatchObject({
      method: 'POST',
      url: '/v1/companies',
      text: '{"name":"Prøve ApS"}',
    });
    expect(heard?.headers).toMatchObject({
      'content-type': 'application/json',
      'spor-person': encodeURIComponent('Bogholderen på Ærø'),
      'accept-language': 'da',
      'idempotency-key': 'k-1',
    });
  });

  test('escapes what would change the address, and leaves out what was not said', async () => {
    let url: string | undefined;
    const baseUrl = await serve((request, response) => {
      url = request.url;
      json(response, 200, { items: [], next: null });
    });
    await createClient({ baseUrl }).listBills({
      params: { companyId: '../x?y#z' },
      query: { search: 'a&b=c', sync: undefined, limit: 5 },
    });
    expect(url).toBe('/v1/companies/..%2Fx%3Fy%23z/bills?search=a%26b%3Dc&limit=5');
  });
});

describe('What is answered', () => {
  const asked = async (answer: Parameters<typeof serve>[0]) => {
    const baseUrl = await serve(answer);
    return createClient({ baseUrl }).getCompany({ params: { companyId: COMPANY } });
  };

  test('as a problem is thrown as that problem', async () => {
    const problem = {
      type: 'https://spor.dev/problems/not-found',
      code: 'not-found',
      title: 'There is nothing here',
      status: 404,
      detail: 'There is no such company.',
    };
    const error = await failureOf(asked((_, response) => json(response, 404, problem)));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ message: 'There is no such company.', problem });
  });

  test.each([
    ['a page of another program', 200, '<!doctype html><title>x</title>'],
    ['an error page of a proxy', 502, '<html>Bad gateway</html>'],
    ['nothing', 200, ''],
    ['JSON of something else', 200, '{"hello":"world"}'],
    ['a newer shape', 200, JSON.stringify({ ...company, colour: 'red' })],
    ['a problem of something else', 500, '{"error":"x"}'],
  ])('as %s is an unexpected answer, told in a sentence', async (_, status, body) => {
    const error = await failureOf(asked((_, response) => response.writeHead(status).end(body)));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ problem: { code: 'unknown', status } });
    expect((error as Error).message).toMatch(/^[A-Z][^\n]{20,}[.?]$/);
  });

  test('by nobody, or cut off, is unreachable', async () => {
    const nobody = createClient({ baseUrl: 'http://127.0.0.1:1' }).health();
    expect(await failureOf(nobody)).toBeInstanceOf(Unreachable);
    const cut = asked((request) => request.socket.destroy());
    expect(await failureOf(cut)).toBeInstanceOf(Unreachable);
    const half = asked((request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"id":', () => request.socket.destroy());
    });
    expect(await failureOf(half)).toBeInstanceOf(Unreachable);
  });

  test('to one who no longer listens is neither', async () => {
    const baseUrl = await serve(() => {});
    const leaving = new AbortController();
    const asking = createClient({ baseUrl }).health({ signal: leaving.signal });
    leaving.abort();
    expect(await failureOf(asking)).toMatchObject({ name: 'AbortError' });
  });

  test('to a repeated request is told as that', async () => {
    let repeated = 0;
    const baseUrl = await serve((request, response) =>
      json(
        response,
        201,
        company,
        request.headers['idempotency-key'] === 'old' ? { 'idempotency-replayed': 'true' } : {},
      ),
    );
    const client = createClient({ baseUrl });
    const onRepeated = () => (repeated += 1);
    const body = { name: 'x' };
    await client.createCompany({ body, idempotencyKey: 'new', onRepeated });
    expect(repeated).toBe(0);
    await client.createCompany({ body, idempotencyKey: 'old', onRepeated });
    expect(repeated).toBe(1);
  });
});
