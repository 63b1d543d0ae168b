/** The sandbox system's API: from method, path and body to an answer. Knows nothing of sockets or faults. */
import { z } from 'zod';
import type { SandboxBooks } from './sandbox-books.ts';
import { invoiceInput, paymentInput, supplierInput } from './sandbox-records.ts';
import { SandboxRefusal } from './sandbox-rules.ts';

export interface SandboxRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

export interface SandboxAnswer {
  readonly status: number;
  readonly body: unknown;
}

const version = z.int().min(1);
const invoiceUpdate = invoiceInput.extend({ version });
const paymentUpdate = paymentInput.extend({ version });

/** Never throws: a refusal is an answer, too. */
export function answerOf(books: SandboxBooks, request: SandboxRequest): SandboxAnswer {
  try {
    return route(books, request);
  } catch (error) {
    if (error instanceof SandboxRefusal)
      return refusal(error.status, error.code, error.message, error.subject);
    if (error instanceof z.ZodError) {
      const issue = error.issues[0]!;
      return refusal(400, 'validation', issue.message, issue.path.map(String).join('.'));
    }
    if (error instanceof SyntaxError) return refusal(400, 'validation', 'The body is not JSON');
    throw error;
  }
}

export function refusal(
  status: number,
  code: string,
  message: string,
  subject: string | null = null,
): SandboxAnswer {
  return { status, body: { error: { code, message, subject } } };
}

function route(books: SandboxBooks, request: SandboxRequest): SandboxAnswer {
  const [, shelf = '', id = '', part = '', partId = ''] = request.path.split('/');
  const at = `${request.method} ${shelf}${id && '/:id'}${part && `/${part}`}${partId && '/:part'}`;
  switch (at) {
    case 'GET company':
      return found({ name: 'Sandbox company', currency: 'DKK' });
    case 'GET accounts':
      return found({ items: [...books.setup.accounts.values()] });
    case 'GET vat-codes':
      return found({ items: [...books.setup.vatCodes].map((code) => ({ code })) });
    case 'GET suppliers': {
      const query = new URLSearchParams(request.query);
      const by = { reference: query.get('reference'), vatNumber: query.get('vatNumber') };
      return found({ items: books.findSuppliers(by) });
    }
    case 'GET suppliers/:id':
      return one(books.suppliers.get(id));
    case 'POST suppliers':
      return made(books.createSupplier(supplierInput.parse(json(request))));
    case 'GET supplier-invoices':
      return found({ items: searchInvoices(books, request.query).map((i) => inFull(books, i)) });
    case 'GET supplier-invoices/:id':
      return one(books.invoices.get(id), (invoice) => inFull(books, invoice));
    case 'POST supplier-invoices':
      return made(inFull(books, books.createInvoice(invoiceInput.parse(json(request)))));
    case 'PUT supplier-invoices/:id': {
      const { version, ...input } = invoiceUpdate.parse(json(request));
      return found(inFull(books, books.updateInvoice(id, version, input)));
    }
    case 'DELETE supplier-invoices/:id':
      books.deleteInvoice(id, versionIn(request.query), isCredit(request.query));
      return { status: 204, body: undefined };
    case 'POST supplier-invoices/:id/attachments': {
      const query = new URLSearchParams(request.query);
      const reference = query.get('reference') ?? '';
      const name = query.get('name') ?? '';
      const { mediaType, body: content } = request;
      return made(inFull(books, books.attach(id, { reference, name, mediaType, content })));
    }
    case 'DELETE supplier-invoices/:id/attachments/:part':
      return found(inFull(books, books.detach(id, decodeURIComponent(partId))));
    case 'GET supplier-payments':
      return found({ items: search(books.payments, request.query) });
    case 'GET supplier-payments/:id':
      return one(books.payments.get(id));
    case 'POST supplier-payments':
      return made(books.createPayment(paymentInput.parse(json(request))));
    case 'PUT supplier-payments/:id': {
      const { version, ...input } = paymentUpdate.parse(json(request));
      return found(books.updatePayment(id, version, input));
    }
    case 'DELETE supplier-payments/:id':
      books.deletePayment(id, versionIn(request.query));
      return { status: 204, body: undefined };
    default:
      return refusal(404, 'no_such_address', `There is nothing at ${request.path}`);
  }
}

function json(request: SandboxRequest): unknown {
  return JSON.parse(request.body.toString('utf8')) as unknown;
}

function found(body: unknown): SandboxAnswer {
  return { status: 200, body };
}

function made(body: unknown): SandboxAnswer {
  return { status: 201, body };
}

function one<Item>(item: Item | undefined, shown: (item: Item) => unknown = (i) => i) {
  return item ? found(shown(item)) : refusal(404, 'not_found', 'There is no such record');
}

/** An invoice as it is shown: with its supplier. */
function inFull(books: SandboxBooks, invoice: { readonly supplierId: string }): unknown {
  return { ...invoice, supplier: books.suppliers.get(invoice.supplierId) ?? null };
}

interface Searchable<Item> {
  find(reference: string): Item[];
  all(): IterableIterator<Item>;
}

/** By our reference, by many of them, or a page of all in the order of making. */
function search<Item>(shelf: Searchable<Item>, query: string): Item[] {
  const parameters = new URLSearchParams(query);
  const reference = parameters.get('externalReference');
  if (reference !== null) return shelf.find(reference);
  const many = parameters.get('externalReferences');
  if (many !== null) return many.split(',').flatMap((one) => shelf.find(one));
  const offset = Number(parameters.get('offset') ?? 0);
  return [...shelf.all()].slice(offset, offset + 100);
}

/** Also those of a supplier that have a number. */
function searchInvoices(books: SandboxBooks, query: string) {
  const parameters = new URLSearchParams(query);
  const [supplierId, number] = [parameters.get('supplierId'), parameters.get('number')];
  return supplierId !== null && number !== null
    ? books.numbered(supplierId, number)
    : search(books.invoices, query);
}

function isCredit(query: string): boolean {
  return new URLSearchParams(query).get('credit') === 'yes';
}

function versionIn(query: string): number {
  return version.parse(Number(new URLSearchParams(query).get('version')));
}
