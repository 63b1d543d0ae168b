/**
 * A fake accounting system that speaks HTTP, deliberately difficult: for tests, the demo and
 * benchmarks of everything that must hold whatever an accounting system does. A real server on a real
 * socket with rules, versions, limits and faults of its own; it is no mock, and it knows nothing of Spor.
 */
import { hash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SandboxBooks } from './sandbox-books.ts';
import { obey } from './sandbox-control.ts';
import { deliver, deliverHtml, deliverSpoilt, deliverWait } from './sandbox-delivery.ts';
import { SandboxFaults } from './sandbox-faults.ts';
import { SandboxLimits } from './sandbox-limits.ts';
import { pageAt } from './sandbox-pages.ts';
import { answerOf, refusal, type SandboxAnswer, type SandboxRequest } from './sandbox-routes.ts';
import { spoilBefore } from './sandbox-spoil.ts';
import { SandboxTokens } from './sandbox-tokens.ts';

export interface SandboxSystemOptions {
  /** 0: any free one. */
  readonly port?: number;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tokenLastsMs?: number;
  readonly perMinute?: number | null;
  readonly concurrent?: number | null;
  /** How long the "minute" of `perMinute` lasts. */
  readonly windowMs?: number;
  /** Says how long to wait when a limit is reached. */
  readonly sendsRetryAfter?: boolean;
  /** Answers a repeated `Idempotency-Key` with the first answer. */
  readonly idempotency?: boolean;
  readonly uniqueNumbers?: boolean;
  /** Keeps the books across restarts. */
  readonly logFile?: string | null;
  /** Requests kept in `received`, the last ones; 0 for benchmarks. */
  readonly journal?: number;
  /** Milliseconds from any fixed moment, for limits and tokens. */
  readonly now?: () => number;
  /** Serves `POST /_control`. */
  readonly control?: boolean;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Of the body's bytes, hex. */
  readonly sha256: string;
  fault: string | null;
  status: number | null;
}

export interface SandboxSystem {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly books: SandboxBooks;
  readonly faults: SandboxFaults;
  readonly tokens: SandboxTokens;
  readonly limits: SandboxLimits;
  readonly received: readonly ReceivedRequest[];
  /** All requests so far, journal or not. */
  readonly requests: number;
  /** Ends it at once, as a crash does: connections drop. */
  close(): Promise<void>;
}

export async function startSandboxSystem(
  options: SandboxSystemOptions = {},
): Promise<SandboxSystem> {
  const clientId = options.clientId ?? 'sandbox-client';
  const clientSecret = options.clientSecret ?? 'sandbox-secret-4711';
  const now = options.now ?? (() => performance.now());
  const books = new SandboxBooks({
    logFile: options.logFile ?? null,
    uniqueNumbers: options.uniqueNumbers ?? false,
  });
  const faults = new SandboxFaults();
  const tokens = new SandboxTokens(
    { clientId, clientSecret },
    options.tokenLastsMs ?? 3_600_000,
    now,
    () => randomBytes(18).toString('base64url'),
  );
  const limits = new SandboxLimits(
    {
      perMinute: options.perMinute ?? null,
      concurrent: options.concurrent ?? null,
      windowMs: options.windowMs ?? 60_000,
    },
    now,
  );
  const journal = options.journal ?? 10_000;
  const received: ReceivedRequest[] = [];
  const answered = options.idempotency ? new Map<string, SandboxAnswer>() : null;
  let requests = 0;

  /** Carries the request out, once per idempotency key where that is kept. */
  function carryOut(request: SandboxRequest, headers: IncomingMessage['headers']): SandboxAnswer {
    const key = headers['idempotency-key'];
    if (!answered || typeof key !== 'string' || request.method === 'GET')
      return answerOf(books, request);
    const before = answered.get(key);
    if (before) return before;
    const answer = answerOf(books, request);
    if (answer.status < 400) answered.set(key, answer);
    return answer;
  }

  async function serve(
    request: SandboxRequest,
    incoming: IncomingMessage,
    response: ServerResponse,
  ) {
    requests++;
    const { path, method } = request;
    if (path === '/_control' && method === 'POST' && options.control !== false) {
      deliver(response, controlled(request));
      return;
    }
    if (method === 'GET' && incoming.headers.accept?.includes('text/html')) {
      const page = pageAt(books, path);
      if (page) {
        deliverHtml(response, page.status, page.html);
        return;
      }
    }
    const entry = journal > 0 ? enter(request, incoming) : null;
    if (entry)
      response.on(
        'close',
        () => (entry.status = response.headersSent ? response.statusCode : null),
      );
    const fault = faults.take(request);
    if (entry) entry.fault = fault?.kind ?? null;
    if (path === '/token') {
      if (fault && (await spoilBefore({ books, tokens }, fault, request, response))) return;
      const answer = tokens.grant(new URLSearchParams(request.body.toString('utf8')));
      if (fault) deliverSpoilt(response, answer, fault);
      else deliver(response, answer);
      return;
    }
    const waitSeconds = limits.enter();
    if (waitSeconds !== null) {
      const retryAfter = options.sendsRetryAfter === false ? null : waitSeconds;
      deliverWait(response, 429, 'rate_limited', retryAfter);
      return;
    }
    try {
      if (fault && (await spoilBefore({ books, tokens }, fault, request, response))) return;
      const isSignedIn = tokens.isValid(incoming.headers.authorization);
      const answer = isSignedIn
        ? carryOut(request, incoming.headers)
        : refusal(401, 'token_expired', 'The access token is unknown or has expired');
      if (fault) deliverSpoilt(response, answer, fault);
      else deliver(response, answer);
    } finally {
      limits.leave();
    }
  }

  function enter(request: SandboxRequest, incoming: IncomingMessage): ReceivedRequest {
    const entry: ReceivedRequest = {
      method: request.method,
      path: request.path,
      query: request.query,
      headers: incoming.headers,
      body: request.body.toString('utf8'),
      sha256: hash('sha256', request.body),
      fault: null,
      status: null,
    };
    received.push(entry);
    if (received.length > journal * 2) received.splice(0, received.length - journal);
    return entry;
  }

  function controlled(request: SandboxRequest): SandboxAnswer {
    try {
      const command = JSON.parse(request.body.toString('utf8')) as unknown;
      return { status: 200, body: obey({ books, faults, tokens }, command) };
    } catch (error) {
      return refusal(400, 'validation', error instanceof Error ? error.message : String(error));
    }
  }

  const server = createServer((incoming, response) => {
    const url = incoming.url ?? '/';
    const queryAt = url.indexOf('?');
    const request = (body: Buffer): SandboxRequest => ({
      method: incoming.method ?? 'GET',
      path: queryAt === -1 ? url : url.slice(0, queryAt),
      query: queryAt === -1 ? '' : url.slice(queryAt + 1),
      mediaType: incoming.headers['content-type'] ?? '',
      body,
    });
    if (incoming.method === 'GET') {
      void serve(request(EMPTY), incoming, response);
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      void serve(request(body), incoming, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId,
    clientSecret,
    books,
    faults,
    tokens,
    limits,
    received,
    get requests() {
      return requests;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      books.close();
    },
  };
}

const EMPTY = Buffer.alloc(0);
