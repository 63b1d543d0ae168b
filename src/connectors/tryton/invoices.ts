/**
 * Supplier invoices in Tryton: created, changed while they may be, taken as far as the settings say,
 * removed.
 *
 * Must stay true: the invoice with its lines, its VAT and our mark is one request. What follows (files,
 * validating, posting) comes after it, and a failure there is uncertain, so that the next attempt looks
 * and completes. What is posted is never changed; it is cancelled only where Spor may post, by Tryton's
 * own reversal.
 */
import { z } from 'zod';
import { diffFields } from '../../core/diff.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { PostingFields, SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call, ConnectionContext, RemotePosting, WriteOptions } from '../../sdk/connector.ts';
import { onlyOne } from '../../sdk/only-one.ts';
import { answering } from './answering.ts';
import { filesToWrite, removeFiles, writeFiles } from './attachments.ts';
import { SIMILAR_INVOICE } from './failures.ts';
import type { TrytonSettings } from './index.ts';
import { fieldsOfInvoice, normal, stateReached } from './invoice-fields.ts';
import { type InvoiceRecord, timestamps } from './invoice-record.ts';
import { createInvoiceShelf } from './invoice-shelf.ts';
import { supplierOnInvoice } from './invoice-supplier.ts';
import { invoiceValues, lineCommands } from './invoice-values.ts';
import type { Lookups } from './lookups.ts';
import { type Progress, startProgress } from './progress.ts';
import type { Rpc } from './rpc.ts';
import { bookedByHand, isOnlyOneOfItsNumber, refuseNumberBookedByHand } from './same-number.ts';
import { taxLines } from './taxes.ts';
import { day, type Json } from './values.ts';

export function createInvoices(
  rpc: Rpc,
  lookups: Lookups,
  context: ConnectionContext<TrytonSettings>,
) {
  const { settings } = context;
  const shelf = createInvoiceShelf(rpc, settings);
  const press = (
    call: Call,
    button: string,
    id: number,
    guard?: { readonly [name: string]: Json },
  ) => rpc.write(call, `account.invoice.${button}`, [[id]], z.unknown(), guard);

  /** Everything that is written, once everything it names was found. */
  async function valuesFor(
    call: Call,
    document: SupplierInvoiceDocument,
    options: WriteOptions,
    there: InvoiceRecord | null,
  ): Promise<Json> {
    const bookedOn = there?.accounting_date ?? document.issuedOn;
    const values = await invoiceValues({ rpc, lookups, settings }, call, document, bookedOn);
    if (options.supplierRemoteId === null)
      throw new SyncFailure('internal', { originalMessage: 'an invoice without its supplier' });
    const partyThere = there?.['party.'].id ?? null;
    const remembered = Number(options.supplierRemoteId);
    const supplier = await supplierOnInvoice(rpc, call, document, remembered, partyThere);
    const isSameSupplier = partyThere === supplier.partyId;
    if (!isSameSupplier || there?.reference !== values.number)
      await refuseNumberBookedByHand(rpc, call, supplier.partyId, document, values.number);
    const { companyId } = await rpc.signed(call);
    const whole = {
      ...values.header,
      ...supplier.values,
      type: 'in',
      company: companyId,
      // Which taxes apply goes by it, where a person set one.
      ...(there?.accounting_date ? { accounting_date: day(there.accounting_date) } : {}),
      lines: values.lines.map((line, index) => ({
        ...line.values,
        id: -1 - index,
        taxes: line.taxIds,
      })),
    };
    const taxes = await taxLines(rpc, call, document, whole, values.taxes);
    const hadTaxes = there?.['taxes.'].map((tax) => tax.id) ?? [];
    return {
      ...values.header,
      ...(isSameSupplier ? {} : supplier.values),
      ...(there ? {} : { type: 'in', company: companyId, journal: values.journalId }),
      lines: lineCommands(values.lines, there?.['lines.'] ?? []),
      taxes: [
        ['delete', hadTaxes],
        ['create', taxes],
      ],
    };
  }

  /** Validates or posts, as far as the settings say; then reads what came of it. */
  async function advanced(
    call: Call,
    progress: Progress,
    id: number,
    document: SupplierInvoiceDocument,
  ): Promise<RemotePosting> {
    const look = () => progress.look(() => shelf.load(call, id, document));
    const { takeTo } = settings;
    let now = await look();
    if (now && takeTo !== 'draft' && stateReached(now.record.state, takeTo) !== takeTo) {
      const button = takeTo === 'posted' ? 'post' : 'validate_invoice';
      const { record } = now;
      await progress.write(() =>
        answering(
          rpc,
          call,
          () => press(call, button, id),
          (key) => SIMILAR_INVOICE.test(key) && isOnlyOneOfItsNumber(rpc, call, record, document),
        ),
      );
      now = await look();
      // Tryton's buttons do nothing, silently, where they don't apply.
      if (now && stateReached(now.record.state, takeTo) !== takeTo)
        throw new SyncFailure('rejected', {
          originalMessage: `Tryton left the invoice ${now.record.state}.`,
          uncertain: true,
        });
    }
    if (!now) throw progress.gone();
    return now.posting;
  }

  return {
    fields: (document: SupplierInvoiceDocument) => fieldsOfInvoice(document, settings),

    find: async (call: Call, document: SupplierInvoiceDocument) =>
      (await shelf.find(call, document))?.posting ?? null,

    findMany: shelf.findMany,

    read: async (call: Call, remoteId: string, document: SupplierInvoiceDocument) =>
      (await shelf.load(call, Number(remoteId), document))?.posting ?? null,

    async findByNumber(
      call: Call,
      document: SupplierInvoiceDocument,
      supplierRemoteId: string | null,
    ): Promise<RemotePosting | null> {
      if (supplierRemoteId === null) return null;
      const { number } = normal(document);
      const one = onlyOne(
        await bookedByHand(rpc, call, Number(supplierRemoteId), document, number),
      );
      return one ? ((await shelf.load(call, one.id, document))?.posting ?? null) : null;
    },

    async create(
      call: Call,
      document: SupplierInvoiceDocument,
      options: WriteOptions,
    ): Promise<RemotePosting> {
      const progress = startProgress((id) => shelf.load(call, id, document));
      const values = await valuesFor(call, document, options, null);
      const files = await filesToWrite(document, [], context.attachmentContent);
      const id = await progress.make(() =>
        rpc.write(call, 'account.invoice.create', [[values]], z.array(z.int()).min(1)),
      );
      await writeFiles(rpc, call, progress, id, files);
      return advanced(call, progress, id, document);
    },

    async update(
      call: Call,
      seen: RemotePosting,
      document: SupplierInvoiceDocument,
      options: WriteOptions,
    ): Promise<RemotePosting> {
      const id = Number(seen.remoteId);
      const progress = startProgress(() => shelf.load(call, id, document), id);
      const there = await shelf.load(call, id, document);
      if (!there) throw new SyncFailure('deleted-in-target');
      const differing = differs(there.posting.fields, fieldsOfInvoice(document, settings));
      // First what can't be mended by reading again.
      if (differing !== null && !mayChange(there.record, settings))
        throw locked(there.record, differing);
      if (there.posting.version !== seen.version) throw new SyncFailure('version-stale');
      const files = await filesToWrite(document, there.files, context.attachmentContent);
      if (differing !== null) {
        const values = await valuesFor(call, document, options, there.record);
        let { record } = there;
        if (record.state === 'validated') {
          await progress.write(() => press(call, 'draft', id, { _timestamp: timestamps(record) }));
          const drafted = await progress.look(() => shelf.load(call, id, document));
          if (!drafted) throw progress.gone();
          ({ record } = drafted);
        }
        await progress.write(() =>
          rpc.write(call, 'account.invoice.write', [[id], values], z.unknown(), {
            _timestamp: timestamps(record),
          }),
        );
      }
      await writeFiles(rpc, call, progress, id, files);
      return advanced(call, progress, id, document);
    },

    async remove(
      call: Call,
      seen: RemotePosting,
      document: SupplierInvoiceDocument,
    ): Promise<void> {
      const id = Number(seen.remoteId);
      const progress = startProgress(() => shelf.load(call, id, document), id);
      const now = await shelf.load(call, id, document);
      // Gone already: that is what was wanted.
      if (!now) return;
      const { record, files } = now;
      if (!mayCancel(record, settings)) throw locked(record, 'state');
      if (now.posting.version !== seen.version) throw new SyncFailure('version-stale');
      // What has a number stays, cancelled: Tryton leaves no gap in its numbers.
      const button = record.state === 'draft' && record.number === '' ? 'delete' : 'cancel';
      await progress.write(() =>
        press(call, button, record.id, { _timestamp: timestamps(record) }),
      );
      if (button === 'delete')
        await removeFiles(
          rpc,
          call,
          progress,
          files.map((file) => file.rowId),
        );
    },
  };
}

/** Which field of the invoice itself differs; files, and how far it was taken, are seen to on their own. */
function differs(there: PostingFields, wanted: PostingFields): string | null {
  const found = diffFields(there, wanted).find(
    ({ field }) => field !== 'state' && !field.startsWith('attachments.'),
  );
  return found?.field ?? null;
}

/** What a person validated or posted is theirs; what Spor itself validated, it may take back to draft. */
function mayChange({ state }: InvoiceRecord, { takeTo }: TrytonSettings): boolean {
  return state === 'draft' || (state === 'validated' && takeTo !== 'draft');
}

function mayCancel(record: InvoiceRecord, settings: TrytonSettings): boolean {
  return mayChange(record, settings) || (record.state === 'posted' && settings.takeTo === 'posted');
}

/** @param differing the first field that would have to change */
function locked({ number, state }: InvoiceRecord, differing: string): SyncFailure {
  return new SyncFailure('posting-locked', {
    subject: number,
    originalMessage: `The invoice ${number} is ${state} in Tryton (${differing} would change).`,
  });
}
