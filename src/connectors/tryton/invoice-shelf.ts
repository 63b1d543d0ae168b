/** Supplier invoices looked up in Tryton: by its own id, and by our mark. Cancelled ones count as gone. */
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call, RemotePosting } from '../../sdk/connector.ts';
import { filesOf, type KeptFile } from './attachments.ts';
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
}

export function createInvoiceShelf(rpc: Rpc, settings: TrytonSettings): InvoiceShelf {
  const hasDimensions = settings.departmentRoot !== undefined || settings.projectRoot !== undefined;
  const fieldNames = hasDimensions ? [...INVOICE_FIELDS, ...DIMENSION_FIELDS] : INVOICE_FIELDS;

  async function search(call: Call, domain: readonly Json[]): Promise<InvoiceRecord[]> {
    const { companyId } = await rpc.signed(call);
    const inBooks: Json = [
      ['type', '=', 'in'],
      ['company', '=', companyId],
      ['state', '!=', 'cancelled'],
      ...domain,
    ];
    const params = [inBooks, 0, null, [['id', 'ASC']], fieldNames];
    return rpc.read(call, 'account.invoice.search_read', params, z.array(invoiceRecord));
  }

  async function complete(
    call: Call,
    record: InvoiceRecord,
    document: SupplierInvoiceDocument,
  ): Promise<KeptInvoice> {
    const files = await filesOf(rpc, call, record.id);
    const fields = fieldsOfRecord(record, files, document, settings);
    return {
      record,
      files,
      posting: {
        remoteId: String(record.id),
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
    return record ? complete(call, record, document) : null;
  }

  async function find(call: Call, document: SupplierInvoiceDocument): Promise<KeptInvoice | null> {
    const marked = await search(call, [['comment', 'like', like(document.reference)]]);
    const ours = marked.filter(
      (record) => readComment(record.comment).reference === document.reference,
    );
    const found = await Promise.all(ours.map((record) => complete(call, record, document)));
    // The credit note a bookkeeper makes of an invoice in Tryton takes its comment with it.
    const same = found.filter(
      ({ posting }) =>
        posting.fields['billKind'] === fieldsOfInvoice(document, settings)['billKind'],
    );
    if (same.length > 1)
      throw new SyncFailure('duplicate-in-target', {
        subject: same.map(({ posting }) => posting.remoteId).join(', '),
      });
    return same[0] ?? null;
  }

  return { load, find };
}
