/**
 * What an answer says: the validated body, a confirmed "not there", or a failure. Anything that is not
 * what was expected is a failure, never an empty success.
 */
import type { z } from 'zod';
import { SyncFailure } from '../core/failure.ts';
import type { RawAnswer } from './http-session-exchange.ts';
import { type Classify, retryAfterMs, statusFailure } from './http-session-failures.ts';
import type { HttpRequest } from './http-session-request.ts';
import type { Redactor } from './redact.ts';

export interface HttpAnswer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Validated by `answer`; undefined when none was asked for. */
  readonly body: T;
  readonly bytes: Uint8Array;
}

/** True when this (JSON) answer confirms that what was asked for does not exist. */
export type SaysAbsent = (status: number, body: unknown) => boolean;

export type AnyRequest = HttpRequest & {
  readonly answer?: z.ZodType | undefined;
  readonly absent?: SaysAbsent | undefined;
};

export function understood(
  request: AnyRequest,
  answer: RawAnswer,
  classify: Classify | undefined,
  now: Date,
): HttpAnswer<unknown> | null {
  const { status, headers, bytes } = answer;
  if (status < 200 || status >= 300) {
    const text = new TextDecoder().decode(bytes.subarray(0, 1024 * 1024));
    const body = parsed(text) ?? null;
    if (body !== null && request.absent?.(status, body)) return null;
    const context = {
      headers,
      text,
      write: request.write,
      retryAfterMs: retryAfterMs(headers, now),
    };
    throw (
      request.classify?.(status, body, context) ??
      classify?.(status, body, context) ??
      statusFailure(status, body, context)
    );
  }
  if (!request.answer) {
    // Any other success may be some proxy's or sign-in form's: nothing says that the system did it.
    if (status !== 204)
      throw unreadable(request, `HTTP ${status} where 204 (done, nothing to tell) was expected`);
    return { status, headers, bytes, body: undefined };
  }
  const body = parsed(new TextDecoder().decode(bytes));
  if (body === undefined) throw unreadable(request, `HTTP ${status}: ${describeBytes(answer)}`);
  if (request.absent?.(status, body)) return null;
  const result = request.answer.safeParse(body);
  if (!result.success) throw unreadable(request, `HTTP ${status}: ${whatDiffers(result.error)}`);
  return { status, headers, bytes, body: result.data };
}

function unreadable(request: HttpRequest, originalMessage: string): SyncFailure {
  return new SyncFailure('answer-unreadable', { originalMessage, uncertain: request.write });
}

function whatDiffers(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || '(whole answer)'}: ${issue.message}`)
    .join('; ');
}

function describeBytes({ bytes, headers }: RawAnswer): string {
  if (bytes.length === 0) return 'empty where JSON was expected';
  return `${headers['content-type'] ?? 'something'} where JSON was expected`;
}

/** Undefined when it is not JSON. */
function parsed(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whatever a sign-in's answer calls a token is a secret before it is recorded; so is what the connector says. */
export function learnSecrets(redactor: Redactor, answer: RawAnswer, request: HttpRequest): void {
  if (request.signedIn !== false && !request.secretsIn) return;
  const body = parsed(new TextDecoder().decode(answer.bytes));
  for (const secret of request.secretsIn?.(body) ?? []) redactor.learn(secret);
  if (request.signedIn !== false || typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === 'string' && /token$/i.test(name)) redactor.learn(value);
  }
}
