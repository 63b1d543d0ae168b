/** A request as a connector states it, and the bytes and address it becomes. */
import { SyncFailure } from '../core/failure.ts';
import type { Classify } from './http-session-failures.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Appended to `baseUrl`; the connector encodes ids in it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes: Uint8Array; readonly mediaType: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Can it change something there? */
  readonly write: boolean;
  /** Sent as `Idempotency-Key`. */
  readonly idempotencyKey?: string;
  /** False for the request that gets the token. */
  readonly signedIn?: boolean;
  /** What in the (JSON) answer must never be seen in the log, where its name does not give it away. */
  readonly secretsIn?: (body: unknown) => readonly string[];
  readonly classify?: Classify;
}

export function baseOf(baseUrl: string): { origin: string; path: string } {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new SyncFailure('settings-wrong', { originalMessage: 'the address is not a URL' });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new SyncFailure('settings-wrong', { originalMessage: 'the address must be http(s)' });
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}

export function queryOf(query: HttpRequest['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value != null);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

export function bodyOf(request: HttpRequest): { bytes: Uint8Array | null; mediaType: string } {
  if (request.json !== undefined)
    return { bytes: Buffer.from(JSON.stringify(request.json)), mediaType: 'application/json' };
  if (request.form)
    return {
      bytes: Buffer.from(new URLSearchParams({ ...request.form }).toString()),
      mediaType: 'application/x-www-form-urlencoded',
    };
  if (request.body) return request.body;
  return { bytes: null, mediaType: '' };
}
