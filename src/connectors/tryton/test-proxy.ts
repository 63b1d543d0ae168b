/**
 * Stands between the connector and a real Tryton and lets requests fail, as networks and proxies do:
 * before Tryton saw them or after it carried them out. Tests and the campaign only.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type {
  FaultOptions,
  ReceivedWrite,
  TargetFault,
} from '../../sdk/testing/conformance/harness.ts';

export interface Proxy {
  readonly url: string;
  /** Every write that came, in the order they came. */
  readonly received: readonly ProxiedWrite[];
  readonly signIns: () => number;
  close(): Promise<void>;
}

export interface ProxiedWrite extends ReceivedWrite {
  readonly path: string;
}

/** One request: what happens to it is up to whoever is handed it. */
export interface Passing {
  readonly rpc: string;
  readonly isWrite: boolean;
  /** Has Tryton carry it out, or throws when Tryton is not there. */
  forward(authorization?: string): Promise<Answer>;
  respond(status: number, type: string, body?: Buffer | string, headers?: Headers): void;
  /** Begins an answer and sends it in pieces; false when nobody listens any more. */
  trickle(piece: Buffer | string): boolean;
  end(): void;
  drop(): void;
  /** Resolves when nobody waits for the answer any more. */
  readonly gone: Promise<unknown>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
}
type Headers = Readonly<Record<string, string>>;

export interface FaultyProxy extends Proxy {
  fault(kind: TargetFault, options: FaultOptions): void;
  /** No fault is waiting for its request any more. */
  isSpent(): boolean;
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

/**
 * @param pathThere of the path that came, as Tryton knows it
 * @param pass settles what becomes of a request; when it throws, the connection breaks
 */
export async function startProxy(
  target: string,
  pathThere: (path: string) => string,
  pass: (passing: Passing) => Promise<void>,
): Promise<Proxy> {
  const received: ProxiedWrite[] = [];
  const sockets = new Set<Socket>();
  let signIns = 0;

  async function forward(request: IncomingMessage, body: Buffer, authorization?: string) {
    const answer = await fetch(target + pathThere(request.url ?? ''), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: new Uint8Array(body),
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    return { status: answer.status, type, bytes: Buffer.from(await answer.arrayBuffer()) };
  }

  const server = createServer((request, response) => {
    const come = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const { method: rpc } = JSON.parse(body.toString('utf8')) as { method: string };
      const isWrite = WRITES.test(rpc);
      if (rpc === 'common.db.login') signIns += 1;
      if (isWrite) {
        const sha256 = createHash('sha256').update(body).digest('hex');
        received.push({ method: 'POST', path: request.url ?? '', sha256 });
      }
      await pass({
        rpc,
        isWrite,
        forward: (authorization = request.headers.authorization) =>
          forward(request, body, authorization),
        respond: (status, type, text = '', headers = {}) =>
          void response.writeHead(status, { 'content-type': type, ...headers }).end(text),
        trickle(piece) {
          if (!response.headersSent)
            response.writeHead(200, { 'content-type': 'application/json' });
          if (!response.destroyed) response.write(piece);
          return !response.destroyed;
        },
        end: () => void response.end(),
        drop: () => void request.socket.destroy(),
        gone: new Promise((resolve) => response.once('close', resolve)),
      });
    };
    come().catch(() => request.socket.destroy());
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
    close: () =>
      (closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      })),
  };
}

/** Faults on order, one at a time. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  let pending: Fault | null = null;

  function faultFor({ rpc, isWrite }: Passing): Fault | null {
    const kind = isWrite ? 'write' : 'read';
    if (!pending || pending.on !== kind || rpc === 'common.db.login') return null;
    if (pending.skip > 0) {
      pending.skip -= 1;
      return null;
    }
    const fault = pending;
    pending = null;
    return fault;
  }

  const asItCame = (path: string) => path;
  const proxy = await startProxy(target, asItCame, async (passing) => {
    const fault = faultFor(passing);
    if (fault?.kind === 'drop-before-commit') return passing.drop();
    if (fault?.kind === 'error-before-commit') return passing.respond(500, 'text/plain', 'error');
    if (fault?.kind === 'busy' || fault?.kind === 'rate-limited') {
      const { kind, retryAfterSeconds } = fault;
      const headers: Headers =
        retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) };
      return passing.respond(kind === 'busy' ? 503 : 429, 'text/plain', 'later', headers);
    }
    const { status, type, bytes } = await passing.forward();
    switch (fault?.kind) {
      case undefined:
        return passing.respond(status, type, bytes);
      case 'drop-after-commit':
        return passing.drop();
      case 'error-after-commit':
        return passing.respond(500, 'text/plain', 'error');
      case 'html-page':
        return passing.respond(200, 'text/html', '<html><p>Hi</html>');
      case 'empty-body':
        return passing.respond(200, 'application/json');
      case 'malformed-json':
        return passing.respond(200, 'application/json', '{"id":1,"resu');
      case 'slow-trickle': {
        // Without an end.
        const timer = setInterval(() => passing.trickle(' '), 50);
        passing.trickle(' ');
        await passing.gone;
        return clearInterval(timer);
      }
    }
  });
  return {
    ...proxy,
    fault: (kind, { on, skip = 0, retryAfterSeconds = null }) => {
      pending = { kind, on, skip, retryAfterSeconds };
    },
    isSpent: () => pending === null,
  };
}
