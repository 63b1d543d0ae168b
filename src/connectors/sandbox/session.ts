/**
 * One signed-in conversation with the sandbox system.
 *
 * Must stay true: an invoice and its attachments are several writes; once the first went through,
 * whatever fails afterwards is uncertain, so that the next attempt looks first and completes it.
 */
import { z } from 'zod';
import type { Supplier } from '../../core/bill.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { PostingDocument, SupplierInvoiceDocument } from '../../core/posting.ts';
import type {
  Call,
  ConnectionContext,
  ConnectorSession,
  RemotePosting,
  WriteOptions,
} from '../../sdk/connector.ts';
import { createHttpSession, halfDone, type HttpSession } from '../../sdk/http-session.ts';
import { onlyOne } from '../../sdk/only-one.ts';
import { findMany } from './find-many.ts';
import { classify, saysAbsent } from './failures.ts';
import type { SandboxSettings } from './index.ts';
import { listRecords } from './list-records.ts';
import { signIn } from './sign-in.ts';
import {
  fieldsOf,
  type InvoiceAnswer,
  invoiceAnswer,
  invoiceFields,
  type PaymentAnswer,
  paymentAnswer,
  paymentFields,
  PATHS,
  type RecordAnswer,
  supplierAnswer,
  toInvoice,
  toPayment,
} from './wire.ts';

export function openSandbox(context: ConnectionContext<SandboxSettings>): ConnectorSession {
  const { settings, clock } = context;
  const baseUrl = settings.baseUrl.replace(/\/+$/, '');
  const http: HttpSession = createHttpSession({
    baseUrl,
    timeoutMs: settings.timeoutMs ?? context.timeoutMs,
    clock,
    pace: context.pace,
    secrets: [settings.clientSecret],
    connections: settings.concurrent + 1,
    obtainToken: signIn(settings, clock),
    classify,
  });

  const remote = (document: PostingDocument, record: RecordAnswer): RemotePosting => ({
    remoteId: record.id,
    reference: record.externalReference || null,
    version: String(record.version),
    link: `${baseUrl}${PATHS[document.kind]}/${record.id}`,
    fields:
      document.kind === 'supplier-invoice'
        ? invoiceFields(record as InvoiceAnswer)
        : paymentFields(record as PaymentAnswer, document),
  });
  const answerFor = (document: PostingDocument): z.ZodType<RecordAnswer> =>
    document.kind === 'supplier-invoice' ? invoiceAnswer : paymentAnswer;

  /** The body of a POST or PUT; refuses what would only be refused there. */
  function bodyFor(document: PostingDocument, options: WriteOptions) {
    if (document.kind === 'supplier-payment') {
      if (document.invoiceRemoteId === null)
        throw new SyncFailure('invoice-missing', { subject: document.number });
      return toPayment(document, document.invoiceRemoteId);
    }
    if (options.supplierRemoteId === null)
      throw new SyncFailure('internal', { originalMessage: 'an invoice without its supplier' });
    return toInvoice(document, options.supplierRemoteId);
  }

  /** The files the record lacks; one that was renamed is sent again. */
  function contentsOf(document: PostingDocument, have: InvoiceAnswer['attachments']) {
    if (document.kind === 'supplier-payment') return Promise.resolve([]);
    const wanted = fieldsOf(document);
    const missing = document.attachments.filter(
      ({ id, sha256 }) =>
        !have.some(
          (there) =>
            there.reference === id &&
            there.sha256 === sha256 &&
            there.name === wanted[`attachments.${id}`],
        ),
    );
    return Promise.all(
      missing.map(async (attachment) => ({
        attachment,
        bytes: await context.attachmentContent(document.billId, attachment.id),
      })),
    );
  }

  /** The second half of a write: attachments that are missing come, others go. */
  async function completed(
    call: Call,
    document: PostingDocument,
    record: RecordAnswer,
    contents: Awaited<ReturnType<typeof contentsOf>>,
    idempotencyKey: string,
  ): Promise<RemotePosting> {
    if (document.kind === 'supplier-payment' || !('attachments' in record))
      return remote(document, record);
    let latest = record;
    const path = `${PATHS['supplier-invoice']}/${encodeURIComponent(record.id)}/attachments`;
    try {
      for (const { attachment, bytes } of contents) {
        const answer = await http.request(call, {
          method: 'POST',
          path,
          query: { reference: attachment.id, name: attachment.name },
          body: { bytes, mediaType: attachment.mediaType },
          write: true,
          idempotencyKey: `${idempotencyKey}:${encodeURIComponent(attachment.id)}`,
          answer: invoiceAnswer,
        });
        latest = answer.body;
      }
      for (const reference of unwanted(document, record)) {
        const answer = await http.request(call, {
          method: 'DELETE',
          path: `${path}/${encodeURIComponent(reference)}`,
          write: true,
          answer: invoiceAnswer,
        });
        latest = answer.body;
      }
    } catch (error) {
      throw halfDone(error, record.id);
    }
    return remote(document, latest);
  }

  return {
    async check(call) {
      const answer = z.object({ name: z.string() });
      await http.request(call, { method: 'GET', path: '/company', write: false, answer });
    },

    fields: fieldsOf,

    async ensureSupplier(call, supplier, supplierKey) {
      const search = async (query: Record<string, string>) => {
        const answer = z.object({ items: z.array(supplierAnswer) });
        const request = { method: 'GET', path: '/suppliers', write: false, answer, query } as const;
        return (await http.request(call, request)).body.items[0]?.id;
      };
      const found =
        (await search({ reference: supplierKey })) ??
        (supplier.vatNumber ? await search({ vatNumber: supplier.vatNumber }) : undefined);
      if (found !== undefined) return found;
      const made = await http.request(call, {
        method: 'POST',
        path: '/suppliers',
        json: supplierBody(supplier, supplierKey),
        write: true,
        answer: supplierAnswer,
      });
      return made.body.id;
    },

    async find(call, document) {
      const answer = z.object({ items: z.array(answerFor(document)) });
      const query = { externalReference: document.reference };
      const path = PATHS[document.kind];
      const { body } = await http.request(call, {
        method: 'GET',
        path,
        query,
        write: false,
        answer,
      });
      const found = onlyOne(body.items);
      return found && remote(document, found);
    },

    ...(settings.findsMany && { findMany: findMany(http, answerFor, remote) }),

    async read(call, remoteId, document) {
      const found = await http.lookUp(call, {
        method: 'GET',
        path: `${PATHS[document.kind]}/${encodeURIComponent(remoteId)}`,
        write: false,
        answer: answerFor(document),
        absent: saysAbsent,
      });
      return found && remote(document, found.body);
    },

    list: listRecords(http, baseUrl),

    async findByNumber(call, document, supplierId) {
      if (supplierId === null) return null;
      const { number, type } = toInvoice(document, supplierId);
      const { body } = await http.request(call, {
        method: 'GET',
        path: PATHS['supplier-invoice'],
        query: { supplierId, number },
        write: false,
        answer: z.object({ items: z.array(invoiceAnswer) }),
      });
      const found = onlyOne(
        body.items.filter((item) => item.externalReference === '' && item.type === type),
      );
      return found && remote(document, found);
    },

    async create(call, document, options) {
      const json = bodyFor(document, options);
      const contents = await contentsOf(document, []);
      const { body } = await http.request(call, {
        method: 'POST',
        path: PATHS[document.kind],
        json,
        write: true,
        idempotencyKey: options.idempotencyKey,
        answer: answerFor(document),
      });
      return completed(call, document, body, contents, options.idempotencyKey);
    },

    async update(call, there, document, options) {
      const json = { ...bodyFor(document, options), version: Number(there.version) };
      const { body } = await http.request(call, {
        method: 'PUT',
        path: `${PATHS[document.kind]}/${encodeURIComponent(there.remoteId)}`,
        json,
        write: true,
        idempotencyKey: options.idempotencyKey,
        answer: answerFor(document),
      });
      const have = 'attachments' in body ? body.attachments : [];
      const contents = await contentsOf(document, have).catch((error: unknown) => {
        throw halfDone(error);
      });
      return completed(call, document, body, contents, options.idempotencyKey);
    },

    async remove(call, there, document, options) {
      await http.lookUp(call, {
        method: 'DELETE',
        path: `${PATHS[document.kind]}/${encodeURIComponent(there.remoteId)}`,
        query: { version: there.version, credit: settings.credits ? 'yes' : null },
        write: true,
        idempotencyKey: options.idempotencyKey,
        // Gone already: that is what was wanted.
        absent: saysAbsent,
      });
    },

    close: () => http.close(),
  };
}

function unwanted(document: SupplierInvoiceDocument, record: InvoiceAnswer): string[] {
  const wanted = new Set(document.attachments.map((attachment) => attachment.id));
  return record.attachments.map((there) => there.reference).filter((id) => !wanted.has(id));
}

function supplierBody(supplier: Supplier, supplierKey: string) {
  return {
    reference: supplierKey,
    name: supplier.name,
    vatNumber: supplier.vatNumber ?? null,
    companyNumber: supplier.companyNumber ?? null,
    gln: supplier.gln ?? null,
    country: supplier.country ?? null,
  };
}
