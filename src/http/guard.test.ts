/** Who may speak to the service: this machine by its own name, our own pages, nobody else's. */
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { guard } from './guard.ts';
import { problemIn } from './test-caller.ts';

const app = new Hono();
app.use(guard);
app.all('*', (c) => c.text('in'));

const ask = (headers: Record<string, string>, method = 'GET') =>
  app.request('http://localhost/v1/companies', { method, headers });
const refusalOf = async (headers: Record<string, string>, method?: string) => {
  const response = await ask(headers, method);
  return problemIn(response, await response.json()).code;
};

describe('The host name', () => {
  test.each(['localhost', 'localhost:4780', '127.0.0.1:4780', '[::1]:4780', 'LocalHost:80'])(
    '%s is this machine',
    async (host) => {
      expect((await ask({ host })).status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:4780',
    'localhost:4780.evil.example',
    'localhost@evil.example',
    '127.0.0.2',
    '0.0.0.0:4780',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '',
  ])('%j is refused: a name that points here by rebinding DNS opens nothing', async (host) => {
    expect(await refusalOf({ host })).toBe('host-refused');
    expect(await refusalOf({ host }, 'POST')).toBe('host-refused');
  });
});

describe('The page that speaks', () => {
  const host = 'localhost:4780';

  test.each(['http://localhost:4780', 'https://localhost:4780'])('%s is ours', async (origin) => {
    expect((await ask({ host, origin }, 'POST')).status).toBe(200);
  });

  test.each([
    'http://evil.example',
    'http://localhost:3000',
    'http://127.0.0.1:4780',
    'http://localhost:4780.evil.example',
    'null',
    '',
  ])('%j is refused', async (origin) => {
    expect(await refusalOf({ host, origin }, 'POST')).toBe('origin-refused');
    expect(await refusalOf({ host, origin })).toBe('origin-refused');
  });

  test('A request that a browser calls cross-site is refused, but for following a link here', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { host, 'sec-fetch-site': site };
      expect(await refusalOf(headers)).toBe('origin-refused');
      expect(await refusalOf(headers, 'POST')).toBe('origin-refused');
      const form = { ...headers, 'sec-fetch-mode': 'navigate' };
      expect(await refusalOf(form, 'POST')).toBe('origin-refused');
      expect((await ask(form)).status).toBe(200);
    }
    for (const site of ['same-origin', 'none'])
      expect((await ask({ host, 'sec-fetch-site': site }, 'POST')).status).toBe(200);
  });
});

test('Whatever is answered, a browser is told to run and frame nothing but our own files', async () => {
  for (const host of ['localhost', 'evil.example']) {
    const { headers } = await ask({ host });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});
