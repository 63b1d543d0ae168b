/**
 * What Node itself refuses before any handler sees it: a request that is not HTTP, or whose address
 * and headers are too long. Answered as every other refusal, on the bare socket.
 */
import type { Socket } from 'node:net';
import { ANSWER_HEADERS } from './guard.ts';
import { problemOf, Refusal } from './refusal.ts';

/** For a server's `clientError`. */
export function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Refusal('too-large', 'The address and headers of the request are too long.')
      : new Refusal('invalid-request', 'The request is not HTTP as it should be.'),
  );
  const body = JSON.stringify(problem);
  const headers = [
    ['content-type', 'application/problem+json'],
    ['content-length', String(Buffer.byteLength(body))],
    ['connection', 'close'],
    ...ANSWER_HEADERS,
  ].map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${problem.status} Refused\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
}
