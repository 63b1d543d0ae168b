/**
 * Stands between the connector and a real Tryton and lets requests fail on order, as networks and
 * proxies do: before Tryton saw them or after it carried them out. Tests only.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type {
  FaultOptions,
  ReceivedWrite,
  TargetFault,
} from '../../sdk/testing/conformance/harness.ts';

export interface FaultyProxy {
  readonly url: string;
  readonly received: readonly ReceivedWrite[];
  readonly signIns: () => number;
  fault(kind: TargetFault, options: FaultOptions): void;
  /** No fault is waiting for its request any more. */
  isSpent(): boolean;
  close(): Promise<void>;
}

interface Fault {
  readonly kind: TargetFault;
  readonly on: 'write' | 'read';
  skip: number;
  readonly retryAfterSeconds: number | null;
}

/** What can change the books; opening and closing a wizard is a form on the screen. */
const WRITES =
  /^(?:model\..*\.(?:create|write|delete|copy|post|draft|cancel|validate_invoice)|wizard\..*\.execute)$/;

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const received: ReceivedWrite[] = [];
  const sockets = new Set<Socket>();
  let pending: Fault | null = null;
  let signIns = 0;

  function faultFor(method: string): Fault | null {
    const kind = WRITES.test(method) ? 'write' : 'read';
    if (!pending || pending.on !== kind || method === 'common.db.login') return null;
    if (pending.skip > 0) {
      pending.skip -= 1;
      return null;
    }
    const fault = pending;
    pending = null;
    return fault;
  }

  async function forward(request: IncomingMessage, body: Buffer) {
    const { authorization } = request.headers;
    const answer = await fetch(target + (request.url ?? ''), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: new Uint8Array(body),
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    return { status: answer.status, type, bytes: Buffer.from(await answer.arrayBuffer()) };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method } = JSON.parse(body.toString('utf8')) as { method: string };
    if (method === 'common.db.login') signIns += 1;
    if (WRITES.test(method))
      received.push({ method: 'POST', sha256: createHash('sha256').update(body).digest('hex') });
    const fault = faultFor(method);
    const respond = (status: number, type: string, text: Buffer | string = '') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    if (fault?.kind === 'drop-before-commit') return void request.socket.destroy();
    if (fault?.kind === 'error-before-commit') return void respond(500, 'text/plain', 'error');
    if (fault?.kind === 'busy' || fault?.kind === 'rate-limited') {
      const { retryAfterSeconds } = fault;
      if (retryAfterSeconds !== null) response.setHeader('retry-after', String(retryAfterSeconds));
      return void respond(fault.kind === 'busy' ? 503 : 429, 'text/plain', 'later');
    }
    const { status, type, bytes } = await forward(request, body);
    if (!fault) return void respond(status, type, bytes);
    if (fault.kind === 'drop-after-commit') return void request.socket.destroy();
    if (fault.kind === 'error-after-commit') return void respond(500, 'text/plain', 'error');
    if (fault.kind === 'html-page') return void respond(200, 'text/html', '<html><p>Hi</html>');
    if (fault.kind === 'empty-body') return void respond(200, 'application/json');
    if (fault.kind === 'malformed-json')
      return void respond(200, 'application/json', '{"id":1,"resu');
    // A trickle without an end.
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let closed: Promise<void> | null = null;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    signIns: () => signIns,
    fault: (kind, { on, skip = 0, retryAfterSeconds = null }) => {
      pending = { kind, on, skip, retryAfterSeconds };
    },
    isSpent: () => pending === null,
    close: () =>
      (closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      })),
  };
}
