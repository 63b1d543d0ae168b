/**
 * Who may speak to the service, until accounts exist: this machine, through a name of this machine,
 * from our own pages. Refuses other host names (DNS rebinding) and other sites' pages (cross-site
 * requests); tells browsers to run nothing but our own files.
 */
import type { MiddlewareHandler } from 'hono';
import { problemResponse, Refusal } from './refusal.ts';

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export const guard: MiddlewareHandler = async (c, next) => {
  const refusal = refusalOf(c.req.raw);
  if (refusal) c.res = problemResponse(refusal);
  else await next();
  for (const [name, value] of ANSWER_HEADERS) c.res.headers.set(name, value);
};

/** On every answer, whatever it is. */
export const ANSWER_HEADERS = [
  ['content-security-policy', CONTENT_SECURITY_POLICY],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
] as const;

function refusalOf(request: Request): Refusal | null {
  const host = request.headers.get('host') ?? '';
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!LOOPBACK_NAMES.has(name)) {
    return new Refusal(
      'host-refused',
      `Spor is served as localhost only, not as "${host.slice(0, 100)}".`,
    );
  }
  const origin = request.headers.get('origin');
  if (origin !== null && !isSameOrigin(origin, host)) {
    return new Refusal(
      'origin-refused',
      `A page of ${origin.slice(0, 100)} may not speak to Spor.`,
    );
  }
  const site = request.headers.get('sec-fetch-site');
  const isNavigation =
    request.method === 'GET' && request.headers.get('sec-fetch-mode') === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !isNavigation) {
    return new Refusal('origin-refused', 'A page of another site may not speak to Spor.');
  }
  return null;
}

function isSameOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}
