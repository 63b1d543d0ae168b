/** What Node refuses before any handler sees it is told like every other refusal. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem } from '../contract/problems.ts';
import { startWorld, type World } from '../../test/support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** Sends bytes as they are; what came back, as text. */
const said = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(world.service.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });

test.each([
  [
    'An address that is too long',
    `GET /v1/${'x'.repeat(40_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    'too-large',
  ],
  ['What is not HTTP', 'HELLO\r\n\r\n', 'invalid-request'],
])('%s', async (_what, bytes, code) => {
  const [head = '', body = ''] = (await said(bytes)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(head).toContain('x-content-type-options: nosniff');
  expect(problem.parse(JSON.parse(body))).toMatchObject({ code });
});
