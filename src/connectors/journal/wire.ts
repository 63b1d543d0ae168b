/**
 * A posting as one journal transaction: what we write.
 *
 *     2026-11-03 (F-1001) Kontorforsyning A/S | Faktura
 *         ; spor: 0193…                      our reference, by which it is found again
 *         6510                      100.00 DKK  ; Kaffe
 *         ; post: linje 1                    which part of the bill this posting is
 *         Passiver:Moms:Købsmoms     25.00 DKK
 *         ; post: moms 1
 *         Passiver:Leverandørgæld  -125.00 DKK
 *         ; post: gæld
 *
 * Every posting says what it is (`post:`), so that a person may reorder them and an edited amount or
 * account is seen for what it is. One tag a line: ledger reads only the first.
 */
import type { BillKind } from '../../core/bill.ts';
import type {
  PostingDocument,
  SupplierInvoiceDocument,
  SupplierPaymentDocument,
} from '../../core/posting.ts';
import { formatAmount } from './amounts.ts';
import { storedAttachment } from './attachment-files.ts';
import type { KeptEdits } from './kept-edits.ts';
import type { JournalSettings } from './settings.ts';
import { encode } from './text.ts';

/** What stands right of `|`, by kind of bill. */
export const INVOICE_WORDS: Readonly<Record<BillKind, string>> = {
  invoice: 'Faktura',
  'credit-note': 'Kreditnota',
  receipt: 'Kvittering',
};
export const PAYMENT_WORDS: Readonly<Record<BillKind, string>> = {
  invoice: 'Betaling af faktura',
  'credit-note': 'Betaling af kreditnota',
  receipt: 'Betaling af kvittering',
};

/** Tags we write: on the transaction, and on a posting. A person's other tags are theirs. */
export const TRANSACTION_TAGS = [
  'spor',
  'spor-bilag',
  'leverandør',
  'momsnummer',
  'forfald',
  'retter',
  'note',
  'bilag',
  'bilag-id',
  'faktura',
  'markeret-betalt',
] as const;
export const POSTING_TAGS = ['post', 'momskode', 'momssats', 'afdeling', 'projekt'] as const;

export type Accounts = Pick<
  JournalSettings,
  'payablesAccount' | 'inputVatAccount' | 'roundingAccount'
>;

interface Line {
  readonly role: string;
  readonly account: string;
  readonly minor: number;
  readonly text?: string;
  readonly tags?: readonly (readonly [string, string | null])[];
}

/** The transaction of a document already in normal form (`carriedDocument`). */
export function transactionText(
  document: PostingDocument,
  accounts: Accounts,
  kept: KeptEdits,
): string {
  const words = document.kind === 'supplier-invoice' ? INVOICE_WORDS : PAYMENT_WORDS;
  const date = document.kind === 'supplier-invoice' ? document.issuedOn : document.paidOn;
  const status = kept.status === '' ? '' : ` ${kept.status}`;
  const payee = encode(document.supplier.name, 'payee');
  const postings =
    document.kind === 'supplier-invoice'
      ? invoiceLines(document, accounts)
      : paymentLines(document, accounts);
  const lines = [
    `${date}${status} (${encode(document.number, 'code')}) ${payee} | ${words[document.billKind]}`,
    ...transactionTags(document),
    ...kept.comments.map((comment) => `    ${comment}`),
    ...postings.flatMap((line) => postingText(line, document.currency, kept)),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Every account the transaction posts to. */
export function accountsOf(document: PostingDocument, accounts: Accounts): string[] {
  const lines =
    document.kind === 'supplier-invoice'
      ? invoiceLines(document, accounts)
      : paymentLines(document, accounts);
  return [...new Set(lines.map((line) => line.account))];
}

/** +1 where money goes out for what we bought; −1 for a credit note. */
export function signOf(billKind: string | undefined): 1 | -1 {
  return billKind === 'credit-note' ? -1 : 1;
}

function invoiceLines(document: SupplierInvoiceDocument, accounts: Accounts): Line[] {
  const sign = signOf(document.billKind);
  const lines = document.lines.flatMap((line): Line[] => {
    const cost: Line = {
      role: `linje ${line.id}`,
      account: line.account,
      minor: sign * line.netMinor,
      text: line.description,
      tags: [
        ['momskode', line.vatCode],
        ['afdeling', line.department],
        ['projekt', line.project],
      ],
    };
    if (line.vatMinor === 0) return [cost];
    const vat: Line = {
      role: `moms ${line.id}`,
      account: accounts.inputVatAccount,
      minor: sign * line.vatMinor,
      tags: [
        ['momskode', line.vatCode],
        ['momssats', line.vatPercent],
      ],
    };
    return [cost, vat];
  });
  if (document.roundingMinor !== 0)
    lines.push({
      role: 'afrunding',
      account: accounts.roundingAccount,
      minor: sign * document.roundingMinor,
    });
  lines.push({
    role: 'gæld',
    account: accounts.payablesAccount,
    minor: -sign * document.totalMinor,
  });
  return lines;
}

function paymentLines(document: SupplierPaymentDocument, accounts: Accounts): Line[] {
  const minor = signOf(document.billKind) * document.amountMinor;
  return [
    { role: 'gæld', account: accounts.payablesAccount, minor },
    { role: 'konto', account: document.account, minor: -minor },
  ];
}

function transactionTags(document: PostingDocument): string[] {
  const own: (readonly [string, string | null])[] = [
    ['spor', document.reference],
    ['spor-bilag', document.billId],
    ['leverandør', document.supplierKey],
    ['momsnummer', document.supplier.vatNumber ?? null],
  ];
  if (document.kind === 'supplier-payment') {
    own.push(
      ['faktura', document.invoiceReference],
      ['markeret-betalt', document.markedAsPaid ? 'ja' : null],
    );
    return tagLines(own);
  }
  own.push(
    ['forfald', document.dueOn],
    ['retter', document.correctsNumber],
    ['note', document.note],
  );
  const attachments = document.attachments.map((attachment) => {
    const path = storedAttachment(attachment, document.issuedOn);
    return `    ; bilag: ${path}, bilag-id: ${encode(attachment.id, 'tag')}`;
  });
  return [...tagLines(own), ...attachments];
}

function postingText(line: Line, currency: string, kept: KeptEdits): string[] {
  const edits = kept.postings.get(line.role);
  const status = edits?.status ? `${edits.status} ` : '';
  const amount = formatAmount(line.minor, currency).padStart(16);
  const comment = line.text === undefined ? (edits?.trailing ?? '') : encode(line.text, 'comment');
  return [
    `    ${(status + line.account).padEnd(36)}  ${amount}${comment === '' ? '' : `  ; ${comment}`}`,
    ...tagLines([['post', line.role], ...(line.tags ?? [])]),
    ...(edits?.comments ?? []).map((text) => `    ${text}`),
  ];
}

function tagLines(tags: readonly (readonly [string, string | null])[]): string[] {
  return tags
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `    ; ${name}: ${encode(value ?? '', 'tag')}`);
}
