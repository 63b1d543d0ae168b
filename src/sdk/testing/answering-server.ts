/** Real sockets for tests of the HTTP session: a node:http server that answers as each test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from '../../core/clock.ts';
import { SyncFailure } from '../../core/failure.ts';
import { UNPACED } from '../pace.ts';
import { createHttpSession, type HttpSession, type HttpSessionOptions } from '../http-session.ts';

export type Handler = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

const cleanups: (() => Promise<unknown>)[] = [];
export interface AnsweringServer {
  session: HttpSession;
  seen: { method: string; url: string; body: Buffer; headers: IncomingMessage['headers'] }[];
  baseUrl: string;
  stop: () => Promise<void>;
}

/** Ends whatever a test started; call it after each. */
export async function endAnsweringServers(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

/** A server and a session that talks to it. */
export async function serve(
  handler: Handler,
  { onBytes, ...options }: Partial<HttpSessionOptions> & { onBytes?: (count: number) => void } = {},
): Promise<AnsweringServer> {
  const seen: AnsweringServer['seen'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      onBytes?.(chunk.length);
    });
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, body, headers });
      handler(request, body, response);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const session = createHttpSession({
    baseUrl: `${baseUrl}/api/`,
    timeoutMs: 10_000,
    clock: systemClock,
    pace: UNPACED,
    secrets: ['tops3cret'],
    ...options,
  });
  cleanups.push(stop, () => session.close());
  return { session, seen, baseUrl, stop };
}

export const json = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

/** The failure a piece of work must end with. */
export async function failureOf(work: Promise<unknown>): Promise<SyncFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SyncFailure) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

const html = '<html><head><title>Bad gateway</title></head><body>Oh <b>no</b></body></html>';
/** An HTML page, as proxies send them. */
export const page = (status: number) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(html);
};
