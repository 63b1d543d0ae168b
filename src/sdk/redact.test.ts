import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SyncFailure } from '../core/failure.ts';
import { BODY_BYTES_AT_MOST, Redactor } from './redact.ts';

/** Odd on purpose: quotes, slashes, percent signs, pluses, colons, letters beyond ASCII, the mask itself. */
const secrets = fc.oneof(
  fc.string({ minLength: 4, maxLength: 60, unit: 'binary' }),
  fc.string({ minLength: 4, maxLength: 60, unit: 'grapheme-ascii' }),
  fc.base64String({ minLength: 8, maxLength: 60 }),
  fc.uuid(),
  fc.string({
    minLength: 4,
    maxLength: 12,
    unit: fc.constantFrom('"', '\\', '/', '+', '%', '&', ' ', 'æ', '😀', "'", '<', ':', '=', '~'),
  }),
  fc.constantFrom('[redacted]', 'redacted]', 'x[red', '•••x', ']abc', 'tted'),
);
const usable = secrets.filter((secret) => secret.trim() !== '');
const around = fc.string({ maxLength: 30, unit: 'binary' });

/** Ways in which a secret gets into a text. */
const writings: Record<string, (secret: string, id: string) => string> = {
  raw: (secret) => secret,
  json: (secret) => JSON.stringify({ error: secret }),
  'json in json': (secret) => JSON.stringify({ error: JSON.stringify({ inner: secret }) }),
  'json, ASCII only': (secret) =>
    JSON.stringify(secret).replaceAll(
      /[\u007f-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  'json, PHP': (secret) => JSON.stringify(secret).replaceAll('/', '\\/'),
  'url component': (secret) => `https://x.example/?q=${encodeURIComponent(secret)}&y=1`,
  'url component, lower hex': (secret) =>
    encodeURIComponent(secret).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  form: (secret) => new URLSearchParams({ secret, other: 'x' }).toString(),
  url: (secret) => encodeURI(secret),
  'HTTP Basic': (secret, id) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  'HTTP Basic, encoded first': (secret, id) =>
    Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64'),
  'base64url with more after it': (secret, id) =>
    Buffer.from(`${id}${secret}${id}`).toString('base64url'),
  html: (secret) =>
    `<p>${secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')}</p>`,
};

describe('no known secret survives', () => {
  for (const [name, write] of Object.entries(writings)) {
    test(`written as ${name}`, () => {
      fc.assert(
        fc.property(
          usable,
          fc.string({ maxLength: 12, unit: 'grapheme-ascii' }),
          around,
          around,
          (secret, id, before, after) => {
            const redactor = new Redactor([secret]);
            const written = write(secret, id);
            for (const safe of [
              redactor.text(before + written + after),
              redactor.target(before + written + after),
              redactor.body(Buffer.from(before + written + after), 'application/json'),
              redactor.body(
                Buffer.from(before + written + after),
                'application/x-www-form-urlencoded',
              ),
              redactor.headers({ 'x-echo': before + written + after })['x-echo']!,
            ]) {
              expect(safe).not.toContain(secret);
              // The written form as a whole is gone too, unless the text around repeats it by chance.
              expect(safe).not.toContain(written);
            }
          },
        ),
        { numRuns: 300 },
      );
    });
  }

  test('wherever the 64 KiB cut falls', () => {
    const secret = 'correct horse battery';
    const redactor = new Redactor([secret]);
    for (let offset = -40; offset <= 10; offset++) {
      const filler = 'x'.repeat(BODY_BYTES_AT_MOST + offset);
      const text = redactor.body(Buffer.from(`${filler}${secret} and more`), 'text/plain');
      expect(text).not.toContain('correct');
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(BODY_BYTES_AT_MOST);
    }
    const many = redactor.body(Buffer.from(secret.repeat(10_000)), 'text/plain');
    expect(many).not.toContain('correct');
  });

  test('in a failure, its message and its stack', () => {
    const redactor = new Redactor(['tops3cret']);
    const failure = redactor.failure(
      new SyncFailure('rejected', {
        originalMessage: 'no such client: tops3cret',
        subject: 'tops3cret',
        uncertain: true,
        cause: new Error('tops3cret'),
      }),
    );
    expect(JSON.stringify([failure.details, failure.message, failure.stack])).not.toContain(
      'tops3cret',
    );
    expect(failure.cause).toBeUndefined();
    expect(failure.uncertain).toBe(true);
  });

  test('when it is a token learned on the way', () => {
    const redactor = new Redactor([]);
    redactor.learn('eyJhbGciOi.token');
    expect(redactor.text('Bearer eyJhbGciOi.token')).toBe('Bearer [redacted]');
  });
});

describe('what stands under the name of a secret is taken out unknown', () => {
  const redactor = new Redactor([]);

  test('in JSON, leaving the rest as it was sent', () => {
    expect(
      redactor.body(
        Buffer.from('{"a": 1, "client_secret" : "x\\"y", "token":{"v":[1,"}"]}, "pin":3}'),
        'application/json',
      ),
    ).toBe('{"a": 1, "client_secret" : "[redacted]", "token":"[redacted]", "pin":3}');
    expect(redactor.text('{"refreshToken": 12345, "token_type": "bearer"}')).toBe(
      '{"refreshToken": "[redacted]", "token_type": "bearer"}',
    );
    expect(redactor.text('{"access_token":"cut off in the mid')).toBe(
      '{"access_token":"[redacted]"',
    );
  });

  test('in forms, queries and headers', () => {
    expect(
      redactor.body(
        Buffer.from('grant_type=refresh_token&refresh_token=abc&client_id=me'),
        'application/x-www-form-urlencoded',
      ),
    ).toBe('grant_type=refresh_token&refresh_token=[redacted]&client_id=me');
    expect(redactor.target('https://x.example/a?api_key=1&page=2')).toBe(
      'https://x.example/a?api_key=[redacted]&page=2',
    );
    expect(
      redactor.headers({
        authorization: 'Bearer x',
        'set-cookie': 'a=b',
        'X-AppSecretToken': 'demo',
        'Idempotency-Key': 'keep me',
      }),
    ).toEqual({
      authorization: '[redacted]',
      'set-cookie': '[redacted]',
      'X-AppSecretToken': '[redacted]',
      'Idempotency-Key': 'keep me',
    });
  });

  test("but QuickBooks' SyncToken, a version, stays", () => {
    expect(redactor.text('{"SyncToken":"3"}')).toBe('{"SyncToken":"3"}');
  });
});

test('bytes that are no text are shown as their size and hash', () => {
  expect(new Redactor([]).body(Uint8Array.of(0, 159, 146, 150), 'application/pdf')).toMatch(
    /^\[binary, 4 bytes, sha256 [0-9a-f]{64}\]$/,
  );
});

test('a text without secrets is kept to the letter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const json = JSON.stringify({ description: text });
      expect(new Redactor(['a-secret-of-ours']).text(json)).toBe(json);
    }),
  );
});
