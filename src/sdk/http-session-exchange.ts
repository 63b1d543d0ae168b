/**
 * One request and its whole answer over undici, told apart by what the caller must know: did an
 * answer come, and if not, can the request have left?
 *
 * Must stay true: `sent: false` only when not one byte was handed to the socket (undici calls
 * `onRequestStart` right before it writes, and a cancelled request is stopped there, as is one whose
 * sender may no longer send: it may have been stopped while the connection was made); the whole
 * exchange, a trickling body included, ends within `timeoutMs`; an answer is never held beyond
 * `bytesAtMost`. Nothing is sent a second time here.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

export interface RawRequest {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export type FaultKind = 'unreachable' | 'dropped' | 'timeout' | 'too-large' | 'cancelled';

/** No answer, or not a whole one. */
export class TransportFault extends Error {
  override readonly name = 'TransportFault';
  readonly kind: FaultKind;
  /** False: certainly nothing left. */
  readonly sent: boolean;
  /** What an answer that broke off had as its status. */
  readonly status: number | null;

  constructor(kind: FaultKind, reason: string, sent: boolean, status: number | null) {
    super(reason);
    this.kind = kind;
    this.sent = sent;
    this.status = status;
  }
}

export interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly bytesAtMost: number;
  readonly signal: AbortSignal;
  /** Throws when nothing may leave any more: asked right before the bytes do, and between a long body's pieces. */
  readonly assertMaySend?: () => void;
}

/** What is handed to the socket at once; a longer body goes in pieces, so that it can be stopped. */
const PIECE_BYTES = 64 * 1024;

export function exchange(
  dispatcher: Dispatcher,
  request: RawRequest,
  limits: ExchangeLimits,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  let controller: Dispatcher.DispatchController | null = null;
  let settled = false;
  let status: number | null = null;
  let headers: Record<string, string> = {};
  const chunks: Buffer[] = [];
  let byteLength = 0;

  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    clearTimeout(timer);
    limits.signal.removeEventListener('abort', onAbort);
    return true;
  };
  const fail = (kind: FaultKind, reason: string) => {
    if (!settle()) return;
    reject(new TransportFault(kind, reason, controller !== null, status));
    controller?.abort(new Error(reason));
  };
  const maySend = (): boolean => {
    try {
      limits.assertMaySend?.();
      return true;
    } catch {
      return false;
    }
  };
  const onAbort = () => fail('cancelled', 'cancelled');
  const timer = setTimeout(
    () => fail('timeout', `no whole answer within ${limits.timeoutMs} ms`),
    limits.timeoutMs,
  );
  limits.signal.addEventListener('abort', onAbort);
  if (limits.signal.aborted) onAbort();

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // Cancelled, or too late, while it waited for a connection: stop it before it leaves.
      if (!settled && !maySend()) fail('cancelled', 'too late to be sent');
      if (settled) started.abort(new Error('cancelled'));
      else controller = started;
    },
    onResponseStart(_, statusCode, answerHeaders) {
      status = statusCode;
      headers = flat(answerHeaders);
      if (Number(headers['content-length'] ?? 0) > limits.bytesAtMost) tooLarge();
    },
    onResponseData(_, chunk) {
      byteLength += chunk.length;
      if (byteLength > limits.bytesAtMost) tooLarge();
      else chunks.push(chunk);
    },
    onResponseEnd() {
      if (!settle()) return;
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, byteLength);
      resolve({ status: status ?? 0, headers, bytes });
    },
    onResponseError(_, error) {
      const { kind, reason } = reasonOf(error, controller !== null);
      fail(kind, reason);
    },
  };
  const tooLarge = () => fail('too-large', `answer larger than ${limits.bytesAtMost} bytes`);

  if (!settled) {
    try {
      dispatcher.dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: request.method,
          ...sendable(request, limits),
        },
        handler,
      );
    } catch (error) {
      fail('unreachable', error instanceof Error ? error.message : String(error));
    }
  }
  return promise;
}

/**
 * A body that fits into the socket leaves with its headers. Of a longer one the rest waits in this
 * process, and is not sent when that was stopped meanwhile: a request that breaks off is not carried out.
 */
function sendable({ headers, body }: RawRequest, { assertMaySend }: ExchangeLimits) {
  if (!body || !assertMaySend || body.byteLength <= PIECE_BYTES) return { headers, body };
  return {
    headers: { ...headers, 'content-length': String(body.byteLength) },
    body: Readable.from(pieces(body, assertMaySend), { objectMode: false, highWaterMark: 1 }),
  };
}

function* pieces(bytes: Uint8Array, assertMaySend: () => void): Generator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES) {
    assertMaySend();
    yield bytes.subarray(from, from + PIECE_BYTES);
  }
}

function reasonOf(error: Error, started: boolean): { kind: FaultKind; reason: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const reason = code.startsWith('UND_ERR') ? `${code}: ${error.message}` : code;
  return { kind: started ? 'dropped' : 'unreachable', reason };
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
