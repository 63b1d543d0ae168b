/**
 * The sandbox system's books: records, versions, and what people do in them behind our back. No HTTP.
 *
 * Must stay true: every change makes the version grow; a change with another version than the
 * record's is refused; a reference may be on many records (a blind retry really makes a duplicate).
 */
import { hash } from 'node:crypto';
import type {
  InvoiceInput,
  PaymentInput,
  SandboxAccount,
  SandboxInvoice,
  SandboxPayment,
  SandboxSupplier,
  SupplierInput,
} from './sandbox-records.ts';
import {
  SANDBOX_ACCOUNTS,
  SANDBOX_CURRENCIES,
  SANDBOX_DEPARTMENTS,
  SANDBOX_PROJECTS,
  SANDBOX_VAT_CODES,
} from './sandbox-records.ts';
import { openSandboxLog, readSandboxLog, type SandboxLogWriter } from './sandbox-log.ts';
import {
  checkInvoice,
  checkPayment,
  checkPeriod,
  keptText,
  refuse,
  SandboxRefusal,
} from './sandbox-rules.ts';
import { SandboxShelf, type Shelved } from './sandbox-shelf.ts';

export interface SandboxBooksOptions {
  /** Where changes are kept for the next start; null forgets. */
  readonly logFile?: string | null;
  /** Refuses a second invoice of one supplier with one number. */
  readonly uniqueNumbers?: boolean;
}

export class SandboxBooks {
  readonly suppliers = this.shelf<SandboxSupplier>('supplier', (item) => item.reference);
  readonly invoices = this.shelf<SandboxInvoice>(
    'invoice',
    (item) => item.externalReference || null,
  );
  readonly payments = this.shelf<SandboxPayment>('payment', (item) => item.externalReference);
  readonly setup = {
    accounts: new Map<string, SandboxAccount>(SANDBOX_ACCOUNTS.map((item) => [item.number, item])),
    vatCodes: new Set(SANDBOX_VAT_CODES),
    currencies: new Set(SANDBOX_CURRENCIES),
    departments: new Set(SANDBOX_DEPARTMENTS),
    projects: new Set(SANDBOX_PROJECTS),
    lockedThrough: null as string | null,
  };
  private readonly uniqueNumbers: boolean;
  private log: SandboxLogWriter | null = null;

  constructor(options: SandboxBooksOptions = {}) {
    this.uniqueNumbers = options.uniqueNumbers ?? false;
    if (options.logFile) {
      for (const { shelf, id, item } of readSandboxLog(options.logFile))
        this.shelfNamed(shelf).restore(id, item as never);
      this.log = openSandboxLog(options.logFile);
    }
  }

  close(): void {
    this.log?.close();
    this.log = null;
  }

  // What the API offers.

  createSupplier(input: SupplierInput): SandboxSupplier {
    const name = keptText(input.name);
    if (name === '') refuse('field_required', 'A supplier needs a name', 'name');
    const id = this.suppliers.nextId();
    return this.suppliers.put({ ...input, name, id, version: 1, blocked: false });
  }

  findSuppliers(by: { reference?: string | null; vatNumber?: string | null }): SandboxSupplier[] {
    if (by.reference != null) return this.suppliers.find(by.reference);
    return [...this.suppliers.all()].filter((item) => item.vatNumber === by.vatNumber);
  }

  createInvoice(input: InvoiceInput): SandboxInvoice {
    const kept = this.checkedInvoice(input, null);
    const id = this.invoices.nextId();
    return this.invoices.put({ ...kept, id, version: 1, attachments: [], closed: false });
  }

  numbered(supplierId: string, number: string): SandboxInvoice[] {
    return [...this.invoices.all()].filter(
      (item) => item.supplierId === supplierId && item.number === keptText(number),
    );
  }

  updateInvoice(id: string, version: number, input: InvoiceInput): SandboxInvoice {
    const before = this.openInvoice(id, version);
    checkPeriod(before.issuedOn, this.setup);
    const kept = this.checkedInvoice(input, id);
    return this.invoices.put({ ...before, ...kept, version: before.version + 1 });
  }

  /** @param credits so that it may be closed: it stands for one that is booked, and is credited */
  deleteInvoice(id: string, version: number, credits = false): void {
    const item = this.invoices.get(id);
    const before = open(item && credits ? { ...item, closed: false } : item, version);
    checkPeriod(before.issuedOn, this.setup);
    for (const payment of this.payments.all()) {
      if (payment.invoiceId === id)
        throw new SandboxRefusal(409, 'has_payments', 'A paid invoice can not be deleted', id);
    }
    this.invoices.remove(id);
  }

  attach(
    id: string,
    attachment: { reference: string; name: string; mediaType: string; content: Uint8Array },
  ): SandboxInvoice {
    const before = this.openInvoice(id, null);
    const { reference, mediaType, content } = attachment;
    if (content.length === 0) refuse('attachment_refused', 'The file is empty', reference);
    const rest = before.attachments.filter((other) => other.reference !== reference);
    const kept = {
      reference,
      mediaType,
      name: keptText(attachment.name),
      byteLength: content.length,
      sha256: hash('sha256', content),
    };
    const version = before.version + 1;
    return this.invoices.put({ ...before, version, attachments: [...rest, kept] });
  }

  detach(id: string, reference: string): SandboxInvoice {
    const before = this.openInvoice(id, null);
    const rest = before.attachments.filter((other) => other.reference !== reference);
    return this.invoices.put({ ...before, version: before.version + 1, attachments: rest });
  }

  createPayment(input: PaymentInput): SandboxPayment {
    this.checkedPayment(input);
    const id = this.payments.nextId();
    return this.payments.put({ ...input, id, version: 1, closed: false });
  }

  updatePayment(id: string, version: number, input: PaymentInput): SandboxPayment {
    const before = open(this.payments.get(id), version);
    checkPeriod(before.paidOn, this.setup);
    this.checkedPayment(input);
    return this.payments.put({ ...before, ...input, version: before.version + 1 });
  }

  deletePayment(id: string, version: number): void {
    const before = open(this.payments.get(id), version);
    checkPeriod(before.paidOn, this.setup);
    this.payments.remove(id);
  }

  // What people do there.

  /** Live records that carry the reference. */
  count(reference: string): number {
    return this.invoices.find(reference).length + this.payments.find(reference).length;
  }

  /** A person changes the records: the memo of an invoice, the account of a payment. */
  editByHand(reference: string, memo = 'Changed by hand'): void {
    for (const item of this.invoices.find(reference))
      this.invoices.put({ ...item, memo, version: item.version + 1 });
    for (const item of this.payments.find(reference)) {
      const account = item.account === '5810' ? '5820' : '5810';
      this.payments.put({ ...item, account, version: item.version + 1 });
    }
  }

  /** A person books another invoice like the one that carries the reference, which nobody's reference is on. */
  bookByHand(reference: string, given: Partial<InvoiceInput> = {}): SandboxInvoice {
    const [like] = this.invoices.find(reference);
    if (!like) throw new Error(`No invoice carries ${reference}.`);
    const id = this.invoices.nextId();
    return this.invoices.put({ ...like, externalReference: '', ...given, id, version: 1 });
  }

  /** Saved by hand without any change: only the version grows. */
  touch(reference: string): void {
    for (const item of this.invoices.find(reference))
      this.invoices.put({ ...item, version: item.version + 1 });
    for (const item of this.payments.find(reference))
      this.payments.put({ ...item, version: item.version + 1 });
  }

  deleteByHand(reference: string): void {
    for (const item of this.invoices.find(reference)) this.invoices.remove(item.id);
    for (const item of this.payments.find(reference)) this.payments.remove(item.id);
  }

  closeByHand(reference: string, closed = true): void {
    for (const item of this.invoices.find(reference)) this.invoices.put({ ...item, closed });
    for (const item of this.payments.find(reference)) this.payments.put({ ...item, closed });
  }

  archiveAccount(number: string, archived = true): void {
    const account = this.setup.accounts.get(number) ?? { number, name: '', archived };
    this.setup.accounts.set(number, { ...account, archived });
  }

  blockSupplier(id: string, blocked = true): void {
    const supplier = this.suppliers.get(id);
    if (supplier) this.suppliers.put({ ...supplier, blocked, version: supplier.version + 1 });
  }

  counts() {
    return {
      suppliers: this.suppliers.size,
      invoices: this.invoices.size,
      payments: this.payments.size,
      duplicates: [
        ...this.invoices.duplicates(),
        ...this.payments.duplicates(),
        ...this.suppliers.duplicates(),
      ],
    };
  }

  private checkedInvoice(input: InvoiceInput, id: string | null): InvoiceInput {
    checkInvoice(input, this.setup);
    const supplier = this.suppliers.get(input.supplierId);
    if (!supplier)
      return refuse(
        'supplier_unknown',
        `There is no supplier ${input.supplierId}`,
        input.supplierId,
      );
    if (supplier.blocked)
      refuse('supplier_blocked', `Supplier ${supplier.name} is blocked`, supplier.name);
    if (this.uniqueNumbers) this.checkNumber(input, id);
    return {
      ...input,
      number: keptText(input.number),
      memo: keptText(input.memo),
      correctsNumber: input.correctsNumber === null ? null : keptText(input.correctsNumber),
      lines: input.lines.map((line) => ({ ...line, description: keptText(line.description) })),
    };
  }

  private checkNumber(input: InvoiceInput, id: string | null): void {
    for (const other of this.invoices.all()) {
      if (
        other.id !== id &&
        other.supplierId === input.supplierId &&
        other.type === input.type &&
        other.number === keptText(input.number)
      )
        refuse('number_taken', `Number ${input.number} is in use`, input.number);
    }
  }

  private checkedPayment(input: PaymentInput): void {
    checkPayment(input, this.setup);
    const invoice = this.invoices.get(input.invoiceId);
    if (!invoice)
      refuse('invoice_unknown', `There is no invoice ${input.invoiceId}`, input.invoiceId);
    if (invoice.currency !== input.currency)
      refuse('currency_differs', `The invoice is in ${invoice.currency}`, input.currency);
  }

  private openInvoice(id: string, version: number | null): SandboxInvoice {
    return open(this.invoices.get(id), version);
  }

  private shelfNamed(name: string): SandboxShelf<never> {
    const shelves: Record<string, unknown> = {
      supplier: this.suppliers,
      invoice: this.invoices,
      payment: this.payments,
    };
    return shelves[name] as SandboxShelf<never>;
  }

  private shelf<Item extends Shelved>(
    name: string,
    referenceOf: (item: Item) => string | null,
  ): SandboxShelf<Item> {
    return new SandboxShelf<Item>(name, referenceOf, (id, item) =>
      this.log?.append({ shelf: name, id, item }),
    );
  }
}

function open<Item extends Shelved & { readonly closed: boolean }>(
  item: Item | undefined,
  version: number | null,
): Item {
  if (!item) throw new SandboxRefusal(404, 'not_found', 'There is no such record');
  if (item.closed) throw new SandboxRefusal(423, 'record_closed', 'The record is closed', item.id);
  if (version !== null && version !== item.version)
    throw new SandboxRefusal(
      409,
      'stale_version',
      `The record has version ${item.version}, not ${version}`,
      item.id,
    );
  return item;
}
