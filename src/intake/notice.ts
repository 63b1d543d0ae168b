/**
 * What is worth telling a person about a bill that came in all the same: a closed list, so that an API
 * client can react to a code. The message is plain English and carries the figures.
 */

export const NOTICE_CODES = [
  // arithmetic: each message names the rule of the standard it comes from
  'line-total-mismatch',
  'lines-total-mismatch',
  'allowances-total-mismatch',
  'charges-total-mismatch',
  'net-total-mismatch',
  'vat-total-mismatch',
  'total-with-vat-mismatch',
  'payable-mismatch',
  'vat-amount-mismatch',
  'vat-base-mismatch',
  'bill-total-mismatch',
  'amount-rounded',
  // VAT
  'vat-breakdown-missing',
  'vat-category-missing',
  'vat-category-unknown',
  'vat-category-unmatched',
  // the document
  'type-code-unusual',
  'negative-total',
  'pro-forma',
  'copy',
  'several-corrected-invoices',
  'charset-differs',
  'text-shortened',
  'description-missing',
  // who and how to pay
  'gln-invalid',
  'country-invalid',
  'payee-differs',
  'payment-means-incomplete',
  'payment-reference-invalid',
  'iban-invalid',
  // attachments
  'attachment-unreadable',
  'attachment-too-large',
  'attachment-not-as-declared',
  'attachment-elsewhere',
  /** There were too many to list. */
  'more-notices',
] as const;

export type NoticeCode = (typeof NOTICE_CODES)[number];

export interface IntakeNotice {
  readonly code: NoticeCode;
  /** English, plain, with the figures. */
  readonly message: string;
  /** XPath-like: `/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount`. */
  readonly place: string | null;
}

/** A file that is wrong everywhere is told about this many times. */
export const MAX_NOTICES = 100;
