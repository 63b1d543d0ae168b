/**
 * What an answer, or the lack of one, means: the mapping every HTTP connector shares. A connector's own
 * `classify` is asked first; this is what remains true of any HTTP server.
 *
 * Must stay true (invariant 3): after a write, anything that leaves room for "it arrived after all" is
 * `uncertain` — a lost answer, a 5xx (a 500 may come after the commit), a 2xx or a redirect that can't
 * be read. A refusal (4xx) is certain.
 */
import { type FailureCode, SyncFailure } from '../core/failure.ts';
import { RETRY_AFTER_MS_AT_MOST } from '../core/retry.ts';
import type { TransportFault } from './http-session-exchange.ts';

/** An answer that is no success, as `classify` sees it besides status and body. */
export interface AnswerContext {
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
  readonly write: boolean;
  /** The body as text, whatever it is. */
  readonly text: string;
}

/** A vendor's own reading of a refused request; null leaves it to the general mapping. `body` is parsed JSON, or null. */
export type Classify = (
  status: number,
  body: unknown,
  context: AnswerContext,
) => SyncFailure | null;

/**
 * A gateway's word that it has no answer: the server behind it may have the request all the same, and
 * carry it out later (RFC 9110 §15.6.3, §15.6.5; 520 to 527 are Cloudflare's, an assumption).
 */
const GATEWAY: ReadonlySet<number> = new Set([502, 504, 520, 521, 522, 523, 524, 525, 526, 527]);

export function statusFailure(
  status: number,
  body: unknown,
  { headers, retryAfterMs, write, text }: AnswerContext,
): SyncFailure {
  const fail = (
    code: FailureCode,
    uncertain = false,
    originalMessage = words(status, body, text),
  ) => new SyncFailure(code, { originalMessage, retryAfterMs, uncertain });
  if (status < 400)
    return fail('settings-wrong', write, `HTTP ${status}: moved to ${headers['location'] ?? '?'}`);
  if (GATEWAY.has(status)) return fail('answer-lost', write);
  if (status >= 500)
    return fail(
      status === 503 && retryAfterMs !== undefined ? 'target-busy' : 'target-error',
      write,
    );
  switch (status) {
    case 401:
      return fail('signed-out');
    case 403:
      return fail('access-denied');
    case 408:
      return fail('answer-lost', write);
    case 412:
      return fail('version-stale');
    case 429:
      return fail('rate-limited');
    default:
      // A proxy's page is not the accounting system's word on this bill.
      return fail(body === null ? 'answer-unreadable' : 'rejected');
  }
}

export function transportFailure(fault: TransportFault, write: boolean): SyncFailure {
  const uncertain = write && fault.sent;
  const originalMessage = fault.message;
  if (fault.kind === 'cancelled')
    return new SyncFailure('interrupted', { originalMessage, uncertain });
  if (fault.kind === 'too-large')
    return new SyncFailure('answer-unreadable', {
      originalMessage,
      uncertain: uncertain && !isRefusal(fault.status),
    });
  return new SyncFailure(fault.sent ? 'answer-lost' : 'target-unreachable', {
    originalMessage,
    uncertain,
  });
}

/**
 * The same failure, but uncertain: for an operation whose earlier request did change something. Unless what
 * it made is told to be gone since: then somebody deleted it, and nothing of it is left to be completed.
 *
 * @param madeId the record that the earlier request made, where it is known
 */
export function halfDone(error: unknown, madeId?: string): unknown {
  if (!(error instanceof SyncFailure) || error.uncertain) return error;
  const { code, originalMessage, subject, retryAfterMs } = error.details;
  const isGone = code === 'deleted-in-target' && madeId !== undefined;
  return new SyncFailure(code, {
    originalMessage: originalMessage ?? undefined,
    subject: subject ?? undefined,
    retryAfterMs: retryAfterMs ?? undefined,
    ...(isGone ? { remoteId: madeId } : { uncertain: true }),
  });
}

function isRefusal(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500;
}

/**
 * `Retry-After` (RFC 9110 §10.2.3): seconds or an HTTP date, the latter measured against the server's
 * own `Date` where it gives one, so that clocks that differ do no harm.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  now: Date,
): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value))
    return Math.min(Math.ceil(Number(value) * 1000), RETRY_AFTER_MS_AT_MOST);
  const at = Date.parse(value);
  if (Number.isNaN(at)) return undefined;
  const serverNow = Date.parse(headers['date'] ?? '');
  const wait = at - (Number.isNaN(serverNow) ? now.getTime() : serverNow);
  return Math.min(Math.max(wait, 0), RETRY_AFTER_MS_AT_MOST);
}

/** The server's own words: the usual places in JSON, else what a page says. */
function words(status: number, body: unknown, text: string): string {
  const found = wordsIn(body, 0) ?? (body === null ? pageText(text) : JSON.stringify(body));
  return found ? `HTTP ${status}: ${found}`.slice(0, 2000) : `HTTP ${status}`;
}

function wordsIn(body: unknown, depth: number): string | null {
  if (typeof body === 'string') return body.trim() === '' ? null : body;
  if (typeof body !== 'object' || body === null || depth > 3) return null;
  for (const name of ['message', 'error_description', 'detail', 'title', 'error', 'errors']) {
    const found = wordsIn(Object.entries(body).find(([key]) => same(key, name))?.[1], depth + 1);
    if (found) return found;
  }
  return Array.isArray(body) ? wordsIn(body[0], depth + 1) : null;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b;
}

function pageText(text: string): string {
  return text
    .slice(0, 20_000)
    .replaceAll(/<(style|script)\b[^]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]{0,500}>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}
