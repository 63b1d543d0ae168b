/** Supplier invoices looked up in Tryton: by its own id, and by our mark. Cancelled ones count as gone. */
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call, RemotePosting } from '../../sdk/connector.ts';
import { onlyOne } from '../../sdk/only-one.ts';
import { filesOf, filesOfMany, type KeptFile } from './attachments.ts';
import type { TrytonSettings } from './index.ts';
import { fieldsOfInvoice, fieldsOfRecord } from './invoice-fields.ts';
import {
  DIMENSION_FIELDS,
  INVOICE_FIELDS,
  type InvoiceRecord,
  invoiceRecord,
  timestamps,
  versionOf,
} from './invoice-record.ts';
import { linkTo } from './link.ts';
import { like, readComment } from './marks.ts';
import type { Rpc } from './rpc.ts';
import type { Json } from './values.ts';

export interface KeptInvoice {
  readonly record: InvoiceRecord;
  readonly files: readonly KeptFile[];
  readonly posting: RemotePosting;
}

export interface InvoiceShelf {
  /** Null: Tryton says that it has none that is in force. */
  load(call: Call, id: number, document: SupplierInvoiceDocument): Promise<KeptInvoice | null>;
  find(call: Call, document: SupplierInvoiceDocument): Promise<KeptInvoice | null>;
  /** By reference, those there is one of. */
  findMany(
    call: Call,
    documents: readonly SupplierInvoiceDocument[],
  ): Promise<Map<string, RemotePosting>>;
}

export function createInvoiceShelf(rpc: Rpc, settings: TrytonSettings): InvoiceShelf {
  const hasDimensions = settings.departmentRoot !== undefined || settings.projectRoot !== undefined;
  const fieldNames = hasDimensions ? [...INVOICE_FIELDS, ...DIMENSION_FIELDS] : INVOICE_FIELDS;

  async function search(call: Call, domain: readonly Json[]): Promise<InvoiceRecord[]> {
    const { companyId } = await rpc.signed(call);
    const inBooks = [
      ['type', '=', 'in'],
      ['company', '=', companyId],
      ['state', '!=', 'cancelled'],
      ...domain,
    ];
    return rpc.search(call, 'account.invoice', inBooks, fieldNames, invoiceRecord);
  }

  function complete(
    record: InvoiceRecord,
    files: readonly KeptFile[],
    document: SupplierInvoiceDocument,
  ): KeptInvoice {
    const fields = fieldsOfRecord(record, files, document, settings);
    return {
      record,
      files,
      posting: {
        remoteId: String(record.id),
        reference: readComment(record.comment).reference,
        version: versionOf([record.state, timestamps(record), fields]),
        link: linkTo(settings, 'account.invoice', record.id),
        fields,
      },
    };
  }

  async function load(
    call: Call,
    id: number,
    document: SupplierInvoiceDocument,
  ): Promise<KeptInvoice | null> {
    const [record] = await search(call, [['id', '=', id]]);
    return record ? complete(record, await filesOf(rpc, call, record.id), document) : null;
  }

  /** Of these records, those that are this document's. */
  function inNameOf(
    records: readonly InvoiceRecord[],
    document: SupplierInvoiceDocument,
  ): InvoiceRecord[] {
    const { billKind } = fieldsOfInvoice(document, settings);
    return records.filter(
      (record) =>
        readComment(record.comment).reference === document.reference &&
        // The credit note a bookkeeper makes of an invoice in Tryton takes its comment with it.
        fieldsOfRecord(record, [], document, settings)['billKind'] === billKind,
    );
  }

  async function find(call: Call, document: SupplierInvoiceDocument): Promise<KeptInvoice | null> {
    const marked = await search(call, [['comment', 'like', like(document.reference)]]);
    const one = onlyOne(inNameOf(marked, document));
    return one && complete(one, await filesOf(rpc, call, one.id), document);
  }

  async function findMany(
    call: Call,
    documents: readonly SupplierInvoiceDocument[],
  ): Promise<Map<string, RemotePosting>> {
    const marks = documents.map(({ reference }): Json => ['comment', 'like', like(reference)]);
    const marked = await search(call, [['OR', ...marks]]);
    const files = await filesOfMany(
      rpc,
      call,
      marked.map(({ id }) => id),
    );
    const found = new Map<string, RemotePosting>();
    for (const document of documents) {
      const [one, another] = inNameOf(marked, document);
      if (!one || another) continue;
      const { posting } = complete(one, files.get(one.id) ?? [], document);
      found.set(document.reference, posting);
    }
    return found;
  }

  return { load, find, findMany };
}
