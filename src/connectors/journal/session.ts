/**
 * A connection to one company's journal: the connector's operations over the ledger's files.
 *
 * The remote id is our reference; the version is the SHA-256 of the transaction's text, so that any
 * edit makes it another version.
 */
import { join, relative } from 'node:path';
import { diffFields } from '../../core/diff.ts';
import { SyncFailure } from '../../core/failure.ts';
import { currencyDecimals } from '../../core/money.ts';
import type { PostingDocument, PostingFields } from '../../core/posting.ts';
import type {
  Call,
  ConnectionContext,
  ConnectorSession,
  RemotePosting,
} from '../../sdk/connector.ts';
import { isAccountName } from './accounts.ts';
import { confirmContent, isStored, storeAttachment, storedAttachment } from './attachment-files.ts';
import { checkFolder } from './check.ts';
import { carriedDocument, documentFields, transactionFields } from './fields.ts';
import type { Journal } from './journal-files.ts';
import { JournalFolder } from './journal-folder.ts';
import { keptEdits, NOTHING_KEPT } from './kept-edits.ts';
import type { KeptEdits } from './kept-edits.ts';
import { Ledger } from './ledger.ts';
import type { Found, NewTransaction } from './ledger.ts';
import { listedRecord } from './list-records.ts';
import { loggedWrite } from './logged-write.ts';
import { readTransaction } from './read-transaction.ts';
import type { JournalSettings } from './settings.ts';
import { accountsOf, transactionText } from './wire.ts';

export class JournalSession implements ConnectorSession {
  private readonly context: ConnectionContext<JournalSettings>;
  private readonly settings: JournalSettings;
  private readonly folder: JournalFolder;
  private readonly ledger: Ledger;

  constructor(context: ConnectionContext<JournalSettings>) {
    this.context = context;
    this.settings = context.settings;
    this.folder = new JournalFolder(context.settings, context.clock, context.timeoutMs);
    this.ledger = new Ledger(this.folder);
  }

  async check(call: Call): Promise<void> {
    await checkFolder(call, this.folder, this.context.timeoutMs);
  }

  fields(document: PostingDocument): PostingFields {
    return documentFields(document, this.settings);
  }

  async find(_call: Call, document: PostingDocument): Promise<RemotePosting | null> {
    const found = await this.ledger.find(referenceOf(document));
    return found && this.posting(found, document);
  }

  async read(
    _call: Call,
    remoteId: string,
    document: PostingDocument,
  ): Promise<RemotePosting | null> {
    const found = await this.ledger.findAgain(remoteId);
    return found && this.posting(found, document);
  }

  async list(_call: Call, { from, to }: { from: string; to: string }) {
    const all = await this.ledger.all();
    const items = all.map((found) => listedRecord(found, this.linkTo(found)));
    return { items: items.filter(({ on }) => on >= from && on <= to), next: null };
  }

  async create(call: Call, document: PostingDocument): Promise<RemotePosting> {
    const reference = referenceOf(document);
    this.refuseLocked(dateOf(document));
    const next = this.render(document, NOTHING_KEPT);
    const attachments = await this.fetchAttachments(document);
    return this.folder.locked(call, async () => {
      const { journal, found } = await this.ledger.look(call, reference);
      if (found) return this.sameOrRefuse(found, document);
      refuseWithoutInvoice(journal, document);
      await this.storeAttachments(call, attachments);
      return this.posting(await this.ledger.add(call, journal, reference, next), document);
    });
  }

  async update(
    call: Call,
    there: RemotePosting,
    document: PostingDocument,
  ): Promise<RemotePosting> {
    const attachments = await this.fetchAttachments(document);
    return this.folder.locked(call, async () => {
      const { journal, found } = await this.expect(there);
      this.refuseLocked(dateOf(document));
      const next = this.render(document, keptEdits(readTransaction(found.text)));
      if (next.text === found.text) return this.posting(found, document);
      await this.storeAttachments(call, attachments);
      const written = await this.ledger.replace(call, journal, there.remoteId, found, next);
      return this.posting(written, document);
    });
  }

  /** Attachments stay: vouchers are kept, and another posting may point at the same file. */
  async remove(call: Call, there: RemotePosting): Promise<void> {
    await this.folder.locked(call, async () => {
      const { found } = await this.expect(there);
      await this.ledger.remove(call, there.remoteId, found);
    });
  }

  async close(): Promise<void> {}

  /** The transaction as it was last seen, not in a locked period. */
  private async expect(there: RemotePosting): Promise<{ journal: Journal; found: Found }> {
    const expected = await this.ledger.expect(there.remoteId, there.version);
    const date = readTransaction(expected.found.text).date;
    if (date !== null && this.isLocked(date))
      throw new SyncFailure('posting-locked', {
        subject: date,
        originalMessage: this.lockedMessage(date),
      });
    return expected;
  }

  private sameOrRefuse(there: Found, document: PostingDocument): RemotePosting {
    const posting = this.posting(there, document);
    if (diffFields(this.fields(document), posting.fields).length === 0) return posting;
    throw new SyncFailure('duplicate-in-target', {
      subject: document.reference,
      originalMessage: `a transaction with this reference is already at ${posting.link}`,
    });
  }

  private render(document: PostingDocument, kept: KeptEdits): NewTransaction {
    refuseUnwritable(document);
    const carried = carriedDocument(document);
    const next: NewTransaction = {
      text: transactionText(carried, this.settings, kept),
      date: dateOf(document),
      accounts: accountsOf(carried, this.settings),
      currency: carried.currency,
    };
    // What would not be read back as it was meant is not written.
    const back = transactionFields(readTransaction(next.text), document.kind);
    const lost = diffFields(this.fields(document), back)[0];
    if (lost)
      throw new SyncFailure('rejected', {
        subject: lost.field,
        originalMessage: `${lost.field} would read back as ${JSON.stringify(lost.after)}`,
      });
    return next;
  }

  private posting(found: Found, document: PostingDocument): RemotePosting {
    return {
      remoteId: document.reference,
      reference: document.reference,
      version: found.version,
      link: this.linkTo(found),
      fields: transactionFields(readTransaction(found.text), document.kind),
    };
  }

  private linkTo({ file, line }: Found): string {
    return `${relative(this.folder.path, file)}:${line}`;
  }

  private refuseLocked(date: string): void {
    if (this.isLocked(date))
      throw new SyncFailure('period-locked', {
        subject: date,
        originalMessage: this.lockedMessage(date),
      });
  }

  private isLocked(date: string): boolean {
    return this.settings.lockedUntil !== null && date <= this.settings.lockedUntil;
  }

  private lockedMessage(date: string): string {
    return `${date} is in a period locked until ${this.settings.lockedUntil}`;
  }

  private async fetchAttachments(
    document: PostingDocument,
  ): Promise<{ path: string; content: Uint8Array; sha256: string }[]> {
    if (document.kind === 'supplier-payment') return [];
    const missing = [];
    for (const attachment of document.attachments) {
      const path = storedAttachment(attachment, document.issuedOn);
      if (await isStored(join(this.folder.path, path), attachment)) continue;
      const content = await this.context.attachmentContent(document.billId, attachment.id);
      confirmContent(content, attachment);
      missing.push({ path, content, sha256: attachment.sha256 });
    }
    return missing;
  }

  private async storeAttachments(
    call: Call,
    attachments: readonly { path: string; content: Uint8Array; sha256: string }[],
  ): Promise<void> {
    for (const { path, content, sha256 } of attachments) {
      const target = join(this.folder.path, path);
      await loggedWrite(
        call,
        this.context.clock,
        { method: 'WRITE', target, body: null, sha256 },
        async () => {
          await storeAttachment(this.folder.path, path, content);
          return `${target}: ${content.byteLength} bytes`;
        },
      );
    }
  }
}

function dateOf(document: PostingDocument): string {
  return document.kind === 'supplier-invoice' ? document.issuedOn : document.paidOn;
}

function referenceOf(document: PostingDocument): string {
  if (/^[\w.-]{1,100}$/.test(document.reference)) return document.reference;
  throw new SyncFailure('rejected', {
    subject: document.reference,
    originalMessage: 'not a reference a tag can hold',
  });
}

function refuseWithoutInvoice(journal: Journal, document: PostingDocument): void {
  if (document.kind !== 'supplier-payment') return;
  if (journal.occurrences(document.invoiceReference).length > 0) return;
  throw new SyncFailure('invoice-missing', {
    subject: document.number,
    originalMessage: `no transaction has the invoice's reference ${document.invoiceReference}`,
  });
}

function refuseUnwritable(document: PostingDocument): void {
  try {
    currencyDecimals(document.currency);
  } catch (cause) {
    throw new SyncFailure('currency-unknown', { subject: document.currency, cause });
  }
  const accounts =
    document.kind === 'supplier-invoice'
      ? document.lines.map((line) => line.account)
      : [document.account];
  for (const account of accounts) {
    if (account === '') throw new SyncFailure('account-missing');
    if (!isAccountName(account))
      throw new SyncFailure('account-invalid', {
        subject: account,
        originalMessage: `"${account.slice(0, 200)}" is not an account name a journal can hold`,
      });
  }
}
