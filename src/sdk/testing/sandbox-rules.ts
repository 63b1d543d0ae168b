/**
 * What the sandbox system refuses, with codes and words of its own, as a vendor's API does: it speaks
 * of "records" and "memos", and a connector has to translate.
 */
import { isDay } from '../../core/day.ts';
import { MoneyError, sumMinor, toMinor } from '../../core/money.ts';
import type { InvoiceInput, PaymentInput, SandboxAccount } from './sandbox-records.ts';

export class SandboxRefusal extends Error {
  override readonly name = 'SandboxRefusal';
  readonly status: number;
  readonly code: string;
  readonly subject: string | null;

  constructor(status: number, code: string, message: string, subject: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.subject = subject;
  }
}

export interface SandboxSetup {
  readonly accounts: ReadonlyMap<string, SandboxAccount>;
  readonly vatCodes: ReadonlySet<string>;
  readonly currencies: ReadonlySet<string>;
  readonly departments: ReadonlySet<string>;
  readonly projects: ReadonlySet<string>;
  /** Nothing may be booked on this day or before. */
  readonly lockedThrough: string | null;
}

export function checkInvoice(input: InvoiceInput, setup: SandboxSetup): void {
  required('number', input.number);
  required('externalReference', input.externalReference);
  checkText('memo', input.memo, 1000);
  checkDay('issuedOn', input.issuedOn);
  if (input.dueOn !== null) checkDay('dueOn', input.dueOn);
  checkCurrency(input.currency, setup);
  if (input.lines.length === 0) refuse('field_required', 'An invoice needs a line', 'lines');
  const parts = [amount(input.rounding, input.currency)];
  const references = new Set<string>();
  for (const line of input.lines) {
    if (references.has(line.reference))
      refuse('line_repeated', `Line ${line.reference} is there twice`, line.reference);
    references.add(line.reference);
    checkText('description', line.description, 255);
    checkAccount(line.account, setup);
    if (line.vatCode !== null && !setup.vatCodes.has(line.vatCode))
      refuse('vat_code_unknown', `There is no VAT code ${line.vatCode}`, line.vatCode);
    if (line.department !== null && !setup.departments.has(line.department))
      refuse('dimension_unknown', `There is no department ${line.department}`, line.department);
    if (line.project !== null && !setup.projects.has(line.project))
      refuse('dimension_unknown', `There is no project ${line.project}`, line.project);
    parts.push(amount(line.net, input.currency), amount(line.vat, input.currency));
  }
  const total = amount(input.total, input.currency);
  if (sumMinor(parts) !== total)
    refuse('total_mismatch', `Lines and rounding do not add up to ${input.total}`, 'total');
  if (input.type === 'CREDIT_NOTE' ? total > 0 : total < 0)
    refuse('sign_wrong', 'A credit note is negative, anything else positive', 'total');
  checkPeriod(input.issuedOn, setup);
}

export function checkPayment(input: PaymentInput, setup: SandboxSetup): void {
  required('externalReference', input.externalReference);
  checkDay('paidOn', input.paidOn);
  checkCurrency(input.currency, setup);
  checkAccount(input.account, setup);
  if (amount(input.amount, input.currency) === 0)
    refuse('amount_invalid', 'A payment of nothing is none', 'amount');
  checkPeriod(input.paidOn, setup);
}

export function checkPeriod(day: string, setup: SandboxSetup): void {
  if (setup.lockedThrough !== null && day <= setup.lockedThrough)
    throw new SandboxRefusal(
      423,
      'period_locked',
      `The books are closed through ${setup.lockedThrough}`,
      day,
    );
}

/** They keep texts trimmed, in Unicode's composed form, on one line. */
export function keptText(text: string): string {
  return (
    text
      .toWellFormed()
      .normalize('NFC')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
      .trim()
  );
}

function checkAccount(number: string, setup: SandboxSetup): void {
  const account = setup.accounts.get(number);
  if (!account) refuse('account_unknown', `There is no account ${number}`, number);
  else if (account.archived)
    refuse('account_archived', `Account ${number} ${account.name} is archived`, number);
}

function checkCurrency(currency: string, setup: SandboxSetup): void {
  if (!setup.currencies.has(currency))
    refuse('currency_unknown', `Currency ${currency} is not set up`, currency);
}

function checkDay(field: string, day: string): void {
  if (!isDay(day)) refuse('date_invalid', `${field} is not a date: ${day}`, field);
}

function checkText(field: string, text: string, atMost: number): void {
  // As many systems do, it counts UTF-16 units.
  if (text.length > atMost)
    refuse('text_too_long', `${field} has more than ${atMost} characters`, field);
}

function amount(text: string, currency: string): number {
  try {
    return toMinor(text, currency);
  } catch (error) {
    if (error instanceof MoneyError) refuse('amount_invalid', error.message, text);
    throw error;
  }
}

function required(field: string, value: string): void {
  if (value.trim() === '') refuse('field_required', `${field} must be given`, field);
}

export function refuse(code: string, message: string, subject: string): never {
  throw new SandboxRefusal(422, code, message, subject);
}
