/** What goes wrong in the sandbox system before, or while, a request is carried out. */
import type { ServerResponse } from 'node:http';
import type { SandboxBooks } from './sandbox-books.ts';
import { deliver, deliverSpoilt, deliverWait } from './sandbox-delivery.ts';
import type { SandboxFault } from './sandbox-faults.ts';
import { refusal, type SandboxRequest } from './sandbox-routes.ts';
import type { SandboxTokens } from './sandbox-tokens.ts';

/** True when that was the answer and nothing else is to be done. */
export async function spoilBefore(
  { books, tokens }: { readonly books: SandboxBooks; readonly tokens: SandboxTokens },
  fault: SandboxFault,
  request: SandboxRequest,
  response: ServerResponse,
): Promise<boolean> {
  const reference = addressed(books, request);
  switch (fault.kind) {
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      return false;
    case 'error-before-commit':
      deliver(response, refusal(500, 'internal', 'An unexpected error occurred'));
      return true;
    case 'busy':
      deliverWait(response, 503, 'busy', fault.retryAfter);
      return true;
    case 'rate-limited':
      deliverWait(response, 429, 'rate_limited', fault.retryAfter);
      return true;
    case 'drop-before-commit':
      response.socket?.destroy();
      return true;
    case 'drop-then-commit':
      // As when a gateway gives up before the server behind it does.
      response.socket?.destroy();
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      return false;
    case 'token-expired':
      tokens.expireAll();
      return false;
    case 'period-locked':
      deliver(response, refusal(423, 'period_locked', 'The period is closed'));
      return true;
    case 'account-archived':
      deliver(response, refusal(422, 'account_archived', 'The account is archived', '5010'));
      return true;
    case 'stale-version':
      if (reference !== null) books.touch(reference);
      return false;
    case 'edited-by-hand':
      if (reference !== null) books.editByHand(reference);
      return false;
    case 'deleted-by-hand':
      if (reference !== null) books.deleteByHand(reference);
      return false;
    case 'html-page':
    case 'empty-body':
    case 'malformed-json':
    case 'slow-trickle':
      if (!fault.committed) deliverSpoilt(response, { status: fault.status, body: {} }, fault);
      return !fault.committed;
    case 'error-after-commit':
    case 'drop-after-commit':
      return false;
  }
  return false;
}

/** The reference of the record a request is about. */
function addressed(books: SandboxBooks, request: SandboxRequest): string | null {
  const [, shelf, id] = request.path.split('/');
  if (id) {
    const record = shelf === 'supplier-payments' ? books.payments.get(id) : books.invoices.get(id);
    return record?.externalReference ?? null;
  }
  return new URLSearchParams(request.query).get('externalReference');
}
