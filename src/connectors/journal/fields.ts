/**
 * The two sides of the comparison: a document as the journal can carry it, and a transaction as it
 * stands there. For a transaction nobody touched they are equal.
 *
 * Beyond the names of `postingFields` a journal has `payablesAccount`, `roundingAccount` and
 * `lines.N.vatAccount` (a person may have moved those too), and `text` for whatever else was edited
 * so that it no longer reads as we wrote it. What a person may add freely (comments, own tags, status
 * marks) is no field.
 */
import { fromMinor, sumMinor } from '../../core/money.ts';
import { postingFields } from '../../core/posting-fields.ts';
import type { PostingDocument, PostingFields } from '../../core/posting.ts';
import { attachmentName, attachmentNameIn } from './attachment-files.ts';
import { attachmentsIn } from './read-transaction.ts';
import type { ReadPosting, ReadTransaction } from './read-transaction.ts';
import { carry, SHORT_TEXT_BYTES } from './text.ts';
import { INVOICE_WORDS, PAYMENT_WORDS, signOf } from './wire.ts';
import type { Accounts } from './wire.ts';

export function documentFields(document: PostingDocument, accounts: Accounts): PostingFields {
  const carried = carriedDocument(document);
  const fields: Record<string, string> = { ...postingFields(carried) };
  fields['payablesAccount'] = accounts.payablesAccount;
  if (carried.kind === 'supplier-payment') return fields;
  for (const line of carried.lines)
    if (line.vatMinor !== 0) fields[`lines.${line.id}.vatAccount`] = accounts.inputVatAccount;
  if (carried.roundingMinor !== 0) fields['roundingAccount'] = accounts.roundingAccount;
  return fields;
}

/** The document with every text in the journal's normal form. */
export function carriedDocument(document: PostingDocument): PostingDocument {
  const short = (text: string) => carry(text, SHORT_TEXT_BYTES);
  const orNull = (text: string | null) => (text === null ? null : short(text));
  const shared = {
    supplierKey: short(document.supplierKey),
    supplier: {
      ...document.supplier,
      name: short(document.supplier.name),
      vatNumber: short(document.supplier.vatNumber ?? ''),
    },
    number: short(document.number),
  };
  if (document.kind === 'supplier-payment')
    return { ...document, ...shared, account: carry(document.account) };
  return {
    ...document,
    ...shared,
    note: carry(document.note),
    correctsNumber: orNull(document.correctsNumber),
    lines: document.lines.map((line) => ({
      ...line,
      id: short(line.id),
      description: carry(line.description),
      account: carry(line.account),
      vatPercent: short(line.vatPercent),
      vatCode: orNull(line.vatCode),
      department: orNull(line.department),
      project: orNull(line.project),
    })),
    attachments: document.attachments.map((attachment) => ({
      ...attachment,
      id: short(attachment.id),
      name: attachmentName(attachment.name),
    })),
  };
}

/** What a transaction in the journal says. */
export function transactionFields(
  transaction: ReadTransaction,
  kind: PostingDocument['kind'],
): PostingFields {
  const reading = new Reading(
    transaction,
    kind === 'supplier-invoice' ? INVOICE_WORDS : PAYMENT_WORDS,
  );
  if (kind === 'supplier-invoice') readInvoice(reading);
  else readPayment(reading);
  return reading.finish();
}

function readInvoice(reading: Reading): void {
  const { transaction } = reading;
  reading.put('issuedOn', transaction.date);
  reading.put('dueOn', transaction.tags.get('forfald'));
  for (const cost of reading.takeAll('linje ')) {
    const id = cost.role.slice('linje '.length);
    const at = `lines.${id}`;
    const vat = reading.take(`moms ${id}`);
    reading.put(`${at}.description`, cost.trailing);
    reading.put(`${at}.account`, cost.account);
    reading.put(`${at}.net`, reading.amount(cost, reading.sign));
    reading.put(`${at}.vat`, vat ? reading.amount(vat, reading.sign) : reading.zero());
    reading.put(`${at}.vatAccount`, vat?.account);
    reading.put(`${at}.vatCode`, cost.tags.get('momskode'));
    reading.put(`${at}.department`, cost.tags.get('afdeling'));
    reading.put(`${at}.project`, cost.tags.get('projekt'));
  }
  const rounding = reading.take('afrunding');
  if (rounding) reading.put('rounding', reading.amount(rounding, reading.sign));
  reading.put('roundingAccount', rounding?.account);
  const debt = reading.take('gæld');
  if (debt) reading.put('total', reading.amount(debt, -reading.sign));
  reading.put('payablesAccount', debt?.account);
  reading.put('note', transaction.tags.get('note'));
  reading.put('correctsNumber', transaction.tags.get('retter'));
  for (const { id, path } of attachmentsIn(transaction))
    reading.put(`attachments.${id}`, attachmentNameIn(path));
}

function readPayment(reading: Reading): void {
  reading.put('paidOn', reading.transaction.date);
  const debt = reading.take('gæld');
  reading.put('payablesAccount', debt?.account);
  const paidFrom = reading.take('konto');
  if (paidFrom) reading.put('amount', reading.amount(paidFrom, -reading.sign));
  reading.put('account', paidFrom?.account);
}

/** One transaction being read: takes its postings by what they are, and remembers what was left over. */
class Reading {
  readonly transaction: ReadTransaction;
  readonly sign: number;
  private readonly fields: Record<string, string> = {};
  private readonly odd: string[] = [];
  private readonly left: Set<ReadPosting>;
  private readonly currency: string | null;
  private readonly inferredMinor: number | null;

  constructor(transaction: ReadTransaction, words: Readonly<Record<string, string>>) {
    this.transaction = transaction;
    this.left = new Set(transaction.postings);
    const kind = Object.entries(words).find(([, word]) => word === transaction.words)?.[0];
    this.sign = signOf(kind);
    const amounts = transaction.postings.map((posting) => posting.amount);
    this.currency =
      transaction.postings.find((posting) => posting.role === 'gæld')?.amount?.currency ??
      amounts.find((amount) => amount !== null)?.currency ??
      null;
    this.inferredMinor = this.infer();
    if (transaction.date === null) this.odd.push(transaction.firstLine);
    this.put('supplier', transaction.payee);
    this.put('number', transaction.code);
    this.put('billKind', kind ?? transaction.words);
    this.put('currency', this.currency);
  }

  put(name: string, value: string | null | undefined): void {
    if (value !== null && value !== undefined && value !== '') this.fields[name] = value;
  }

  take(role: string): ReadPosting | undefined {
    const found = [...this.left].find((posting) => posting.role === role);
    if (found) this.left.delete(found);
    return found;
  }

  takeAll(prefix: string): ReadPosting[] {
    const seen = new Set<string>();
    const found = [...this.left].filter((posting) => {
      if (!posting.role.startsWith(prefix) || seen.has(posting.role)) return false;
      seen.add(posting.role);
      return true;
    });
    for (const posting of found) this.left.delete(posting);
    return found;
  }

  /** In our currency as a plain number; anything else as it is written. */
  amount(posting: ReadPosting, sign: number): string {
    if (this.currency !== null) {
      if (posting.amount?.currency === this.currency)
        return fromMinor(sign * posting.amount.minor, this.currency);
      if (posting.amountText === '' && this.inferredMinor !== null)
        return fromMinor(sign * this.inferredMinor, this.currency);
    }
    return carry(posting.amountText) || '?';
  }

  zero(): string | null {
    return this.currency === null ? null : fromMinor(0, this.currency);
  }

  finish(): PostingFields {
    for (const posting of this.left) this.odd.push(posting.line);
    if (this.odd.length > 0) this.put('text', carry(this.odd.join(' / ')));
    return this.fields;
  }

  /** hledger fills in one amount left out. With none left out, the sum must be nothing. */
  private infer(): number | null {
    const empty = this.transaction.postings.filter((posting) => posting.amountText === '');
    const known = this.transaction.postings.flatMap((posting) => posting.amount ?? []);
    if (known.some((amount) => amount.currency !== this.currency)) return null;
    if (known.length + empty.length < this.transaction.postings.length) return null;
    try {
      const sum = sumMinor(known.map((amount) => amount.minor));
      if (empty.length === 1) return 0 - sum;
      if (sum !== 0 || empty.length > 1)
        this.odd.push(`± ${fromMinor(sum, this.currency ?? 'XXX')}`);
    } catch {
      // Sums past what an amount can be: the amounts themselves show it.
    }
    return null;
  }
}
