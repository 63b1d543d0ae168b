/**
 * The HTTP client every HTTP connector uses: one per connection, with kept-alive sockets.
 *
 * Must stay true:
 * - a request marked `write` first goes through `call.write`, with the hash of the exact bytes, and
 *   leaves only when that resolved (invariants 1 and 2) and `call.assertMayWrite` still says so when the
 *   connection is there; it is marked by the connector, because only the connector knows that a POST is
 *   a search;
 * - every exchange is recorded, answered or not, redacted (invariant 8);
 * - whatever goes wrong comes out as a `SyncFailure`, `uncertain` when a write may have arrived
 *   (`http-session-failures.ts`); nothing is sent twice but a request refused with 401, once, with a
 *   new token;
 * - redirects are not followed: a write must not end up somewhere else.
 */
import { hash } from 'node:crypto';
import { Agent } from 'undici';
import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { SyncFailure } from '../core/failure.ts';
import type { Call } from './connector.ts';
import {
  exchange,
  type RawAnswer,
  type RawRequest,
  TransportFault,
} from './http-session-exchange.ts';
import {
  type AnyRequest,
  type HttpAnswer,
  learnSecrets,
  type SaysAbsent,
  understood,
} from './http-session-answer.ts';
import { type Classify, transportFailure } from './http-session-failures.ts';
import { baseOf, bodyOf, type HttpRequest, queryOf } from './http-session-request.ts';
import { type AccessToken, TokenKeeper } from './http-session-token.ts';
import type { Pace } from './pace.ts';
import { Redactor } from './redact.ts';

export type { HttpAnswer, SaysAbsent } from './http-session-answer.ts';
export { type AnswerContext, type Classify, halfDone } from './http-session-failures.ts';
export type { HttpRequest } from './http-session-request.ts';
export type { AccessToken } from './http-session-token.ts';

export interface HttpSessionOptions {
  /** Requests' paths are appended to it. */
  readonly baseUrl: string;
  /** Sent with every request, e.g. a fixed `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For systems whose access tokens run out; sent as `Bearer` unless `tokenHeaders` says otherwise. */
  readonly obtainToken?: (
    session: HttpSession,
    call: Call,
    previous: AccessToken | null,
  ) => Promise<AccessToken>;
  readonly tokenHeaders?: (token: string) => Readonly<Record<string, string>>;
  /** For one whole exchange, from its first byte to the answer's last. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** From the connection's context; without it requests leave as they come. */
  readonly pace: Pace;
  /** Never to be seen in the log, however written. */
  readonly secrets: readonly string[];
  /** Sockets at most; one more than the connector's `concurrent` leaves room for a token. */
  readonly connections?: number;
  readonly answerBytesAtMost?: number;
  readonly classify?: Classify;
}

/** What the answer must be; without it the system must say 204, which has no body to look at. */
interface Answered<T> {
  readonly answer: z.ZodType<T>;
}

export interface HttpSession {
  request<T>(call: Call, request: HttpRequest & Answered<T>): Promise<HttpAnswer<T>>;
  request(call: Call, request: HttpRequest): Promise<HttpAnswer<undefined>>;
  /** As `request`, but null when the system confirmed that it is not there (invariant 7). */
  lookUp<T>(
    call: Call,
    request: HttpRequest & Answered<T> & { readonly absent: SaysAbsent },
  ): Promise<HttpAnswer<T> | null>;
  lookUp(
    call: Call,
    request: HttpRequest & { readonly absent: SaysAbsent },
  ): Promise<HttpAnswer<undefined> | null>;
  /** Keeps a secret that came up on the way out of the log. */
  learnSecret(secret: string): void;
  /** Takes secrets out of a text that ends up in a failure of the connector's own making. */
  redact(text: string): string;
  close(): Promise<void>;
}

export function createHttpSession(options: HttpSessionOptions): HttpSession {
  const base = baseOf(options.baseUrl);
  const redactor = new Redactor(options.secrets);
  const agent = new Agent({
    connections: options.connections ?? 5,
    pipelining: 1,
    allowH2: false,
    connectTimeout: Math.min(options.timeoutMs, 10_000),
    // The whole exchange has one deadline, in `exchange`.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const bytesAtMost = options.answerBytesAtMost ?? 8 * 1024 * 1024;
  const tokenHeaders =
    options.tokenHeaders ?? ((token: string) => ({ authorization: `Bearer ${token}` }));

  const { obtainToken, pace } = options;
  const tokens = obtainToken
    ? new TokenKeeper(async (call, previous) => {
        const token = await obtainToken(session, call, previous);
        redactor.learn(token.value);
        if (token.refresh) redactor.learn(token.refresh);
        return token;
      }, options.clock)
    : null;

  /** Waits for its turn. */
  async function send(call: Call, request: AnyRequest, token: AccessToken | null) {
    const giveBack = await pace.turn(call.signal).catch(() => {
      throw transportFailure(new TransportFault('cancelled', 'cancelled', false, null), false);
    });
    try {
      return await sendNow(call, request, token);
    } finally {
      giveBack();
    }
  }

  /** Announces a write, sends, and records what came of it. */
  async function sendNow(call: Call, request: AnyRequest, token: AccessToken | null) {
    const { bytes, mediaType } = bodyOf(request);
    const path = base.path + request.path + queryOf(request.query);
    const target = redactor.target(base.origin + path);
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...options.headers,
      ...(token ? tokenHeaders(token.value) : {}),
      ...(bytes ? { 'content-type': mediaType } : {}),
      ...(request.idempotencyKey ? { 'idempotency-key': request.idempotencyKey } : {}),
      ...request.headers,
    };
    const sent = {
      method: request.method,
      target,
      body: bytes ? redactor.body(bytes, mediaType) : null,
      sha256: bytes ? hash('sha256', bytes) : null,
    };
    if (request.write) await call.write(sent);
    const raw: RawRequest = {
      origin: base.origin,
      path,
      method: request.method,
      headers,
      body: bytes,
    };
    const startedAt = options.clock.now();
    const record = (answer: RawAnswer | null, fault: TransportFault | null) =>
      call.record({
        kind: 'http',
        method: sent.method,
        target,
        requestHeaders: redactor.headers(headers),
        requestBody: sent.body,
        requestSha256: sent.sha256,
        startedAt: startedAt.toISOString(),
        durationMs: options.clock.now().getTime() - startedAt.getTime(),
        status: answer?.status ?? fault?.status ?? null,
        answerHeaders: answer ? redactor.headers(answer.headers) : {},
        answerBody: answer
          ? redactor.body(answer.bytes, answer.headers['content-type'] ?? '')
          : null,
        error: fault ? redactor.text(fault.message) : null,
      });
    try {
      const answer = await exchange(agent, raw, {
        timeoutMs: options.timeoutMs,
        bytesAtMost,
        signal: call.signal,
        ...(request.write && { assertMaySend: () => call.assertMayWrite() }),
      });
      learnSecrets(redactor, answer, request);
      record(answer, null);
      return answer;
    } catch (error) {
      if (!(error instanceof TransportFault)) throw error;
      record(null, error);
      throw transportFailure(error, request.write);
    }
  }

  async function run(call: Call, request: AnyRequest): Promise<HttpAnswer<unknown> | null> {
    let token: AccessToken | null = null;
    if (tokens && request.signedIn !== false) token = await tokens.current(call);
    let answer = await send(call, request, token);
    if (answer.status === 401 && tokens && token) {
      token = await tokens.replace(call, token);
      answer = await send(call, request, token);
    }
    return understood(request, answer, options.classify, options.clock.now());
  }

  /** Every failure leaves through here, without secrets. */
  async function redacted<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof SyncFailure ? redactor.failure(error) : error;
    }
  }

  const session = {
    request: (call: Call, request: AnyRequest) => redacted(() => run(call, request)),
    lookUp: (call: Call, request: AnyRequest) => redacted(() => run(call, request)),
    learnSecret: (secret: string) => redactor.learn(secret),
    redact: (text: string) => redactor.text(text),
    close: () => agent.destroy(),
  } as HttpSession;
  return session;
}
