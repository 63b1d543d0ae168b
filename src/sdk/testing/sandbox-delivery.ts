/** How an answer leaves the sandbox system: as it should, or broken in one of many ways. */
import type { ServerResponse } from 'node:http';
import type { SandboxFault } from './sandbox-faults.ts';
import { refusal, type SandboxAnswer } from './sandbox-routes.ts';

export const SANDBOX_HTML_ERROR =
  '<!doctype html><html><head><title>Something went wrong</title></head>' +
  '<body><h1>Something went wrong</h1><p>Please try again later.</p></body></html>';

export function deliver(response: ServerResponse, answer: SandboxAnswer): void {
  if (answer.body === undefined) {
    response.writeHead(answer.status);
    response.end();
    return;
  }
  const text = Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': text.length,
  });
  response.end(text);
}

/** 429 or 503, with or without a time. */
export function deliverWait(
  response: ServerResponse,
  status: 429 | 503,
  code: string,
  retryAfter: number | string | null,
): void {
  if (retryAfter !== null) response.setHeader('retry-after', String(retryAfter));
  deliver(response, refusal(status, code, 'Please come back later'));
}

export function deliverHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(html);
}

/** The answer to a request that was carried out, spoilt on its way. */
export function deliverSpoilt(
  response: ServerResponse,
  answer: SandboxAnswer,
  fault: SandboxFault,
): void {
  const { kind } = fault;
  if (kind === 'error-after-commit')
    deliver(response, refusal(500, 'internal', 'An unexpected error occurred'));
  else if (kind === 'drop-after-commit') response.socket?.destroy();
  else if (kind === 'html-page') deliverHtml(response, fault.status, SANDBOX_HTML_ERROR);
  else if (kind === 'empty-body') {
    response.writeHead(fault.status, { 'content-length': 0 });
    response.end();
  } else if (kind === 'malformed-json') {
    const text = JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(text.slice(0, Math.max(1, Math.floor(text.length / 2))));
  } else if (kind === 'slow-trickle') trickle(response, answer, fault.delayMs);
  else deliver(response, answer);
}

function trickle(response: ServerResponse, answer: SandboxAnswer, delayMs: number): void {
  const text = Buffer.from(JSON.stringify(answer.body ?? {}));
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': text.length,
  });
  let at = 0;
  const timer = setInterval(() => {
    response.write(text.subarray(at, at + 1));
    if (++at >= text.length) {
      clearInterval(timer);
      response.end();
    }
  }, delayMs);
  response.on('close', () => clearInterval(timer));
}
