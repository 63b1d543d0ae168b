/**
 * How the supplier wants the money: IBAN, Danish account, FI-kort, giro, direct debit, card.
 *
 * Sources, read 2026-11-24. Peppol BIS Billing 3, rules DK-R-005 to DK-R-011 (OpenPEPPOL/
 * peppol-bis-invoice-3): 93 is FIK with PaymentID `71#…`, `73#` or `75#…` and the creditor number in
 * PayeeFinancialAccount/ID; 50 is giro with `01#`, `04#…`, `15#…`; 31 and 42 carry account and
 * registration number; 49 a mandate. OIOUBL, oioubl.nemhandel.dk invoice.PaymentMeans: PaymentID is
 * the card type alone, InstructionID the payment id (71: 15 digits; 75, 04, 15: 16 digits), the FIK
 * creditor stands in CreditAccount/AccountID, and PaymentChannelCode (DK:FIK, DK:GIRO, DK:BANK, IBAN,
 * DK:NEMKONTO) tells the kind. The BIC of an IBAN lies in FinancialInstitution/ID.
 */
import type { PaymentMeans } from '../core/bill.ts';
import { every, first, type XmlElement } from './element.ts';
import type { Reading } from './reading.ts';

type Kind = PaymentMeans['kind'];

const MAX_MEANS = 20;

/** Digits of the payment id for each card type; 01 and 73 have none. */
const ID_DIGITS: Readonly<Record<string, number>> = { '71': 15, '75': 16, '04': 16, '15': 16 };

export function readPaymentMeans(reading: Reading): PaymentMeans[] {
  return every(reading.root, 'cac:PaymentMeans')
    .slice(0, MAX_MEANS)
    .map((means) => readOne(reading, means));
}

function readOne(reading: Reading, means: XmlElement): PaymentMeans {
  const code = reading.id(first(means, 'cbc:PaymentMeansCode'), 20) ?? '';
  const channel = reading.id(first(means, 'cbc:PaymentChannelCode'), 50)?.toUpperCase() ?? '';
  const account = reading.id(first(means, 'cac:PayeeFinancialAccount/cbc:ID'), 100);
  const kind = kindOf(code, channel, account);
  if (code === '') {
    reading.warn('payment-means-incomplete', 'A payment means has no code (BR-49).', means);
  }
  switch (kind) {
    case 'fik':
    case 'giro':
      return readCardOrGiro(reading, means, kind, code, account);
    case 'iban':
    case 'bank-account':
      return readTransfer(reading, means, kind, code, account);
    case 'direct-debit':
      return {
        kind,
        code,
        account: reading.id(
          first(means, 'cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID'),
          100,
        ),
        reference:
          reading.id(first(means, 'cac:PaymentMandate/cbc:ID')) ?? referenceOf(reading, means),
      };
    case 'card': {
      const number = reading.id(first(means, 'cac:CardAccount/cbc:PrimaryAccountNumberID'), 100);
      return { kind, code, account: maskCard(number), reference: referenceOf(reading, means) };
    }
    case 'other':
  }
  return { kind, code, account, reference: referenceOf(reading, means) };
}

function kindOf(code: string, channel: string, account: string | undefined): Kind {
  if (code === '93' || channel === 'DK:FIK') return 'fik';
  if (code === '50' || channel === 'DK:GIRO') return 'giro';
  if (code === '49' || code === '59') return 'direct-debit';
  if (code === '48' || code === '54' || code === '55') return 'card';
  if (account === undefined) return 'other';
  if (channel === 'IBAN' || code === '58' || looksLikeIban(account)) return 'iban';
  return 'bank-account';
}

function readCardOrGiro(
  reading: Reading,
  means: XmlElement,
  kind: 'fik' | 'giro',
  code: string,
  payee: string | undefined,
): PaymentMeans {
  // OIOUBL keeps card type and payment id apart; Peppol joins them: `71#123456789012345`.
  const paymentId = reading.id(first(means, 'cbc:PaymentID'));
  const [, cardType, joined] = /^(\d{2})(?:#(.*))?$/.exec(paymentId ?? '') ?? [];
  const instruction = reading.id(first(means, 'cbc:InstructionID'));
  const reference = (instruction ?? joined)?.replaceAll(/\s/g, '') || undefined;
  const account = reading.id(first(means, 'cac:CreditAccount/cbc:AccountID'), 100) ?? payee;
  const name = kind === 'fik' ? 'FI-kort' : 'giro';
  if (cardType === undefined || account === undefined) {
    const lacks =
      cardType === undefined ? 'card type' : kind === 'fik' ? 'creditor number' : 'account';
    reading.warn('payment-means-incomplete', `The ${name} payment has no ${lacks}.`, means);
  }
  const digits = ID_DIGITS[cardType ?? ''];
  if (digits !== undefined && !(reference && new RegExp(`^\\d{${digits}}$`).test(reference))) {
    const message = `Card type ${cardType} asks for a payment id of ${digits} digits; it is "${reference ?? ''}".`;
    reading.warn('payment-reference-invalid', message, means);
  }
  return { kind, code, account, reference, cardType };
}

function readTransfer(
  reading: Reading,
  means: XmlElement,
  kind: 'iban' | 'bank-account',
  code: string,
  stated: string | undefined,
): PaymentMeans {
  const account = kind === 'iban' ? stated?.replaceAll(/\s/g, '').toUpperCase() : stated;
  if (kind === 'iban' && account !== undefined && !isIban(account)) {
    reading.warn(
      'iban-invalid',
      `"${account}" is not a valid IBAN: its check digits are wrong.`,
      means,
    );
  }
  const branch = 'cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch';
  const bank =
    reading.id(first(means, `${branch}/cbc:ID`), 50) ??
    reading.id(first(means, `${branch}/cac:FinancialInstitution/cbc:ID`), 50);
  return { kind, code, account, bank, reference: referenceOf(reading, means) };
}

function referenceOf(reading: Reading, means: XmlElement): string | undefined {
  return (
    reading.id(first(means, 'cbc:PaymentID')) ??
    reading.id(first(means, 'cbc:InstructionID')) ??
    reading.id(first(means, 'cac:PayeeFinancialAccount/cbc:PaymentNote'))
  );
}

/** A whole card number does not belong in a bill (BR-51): only its last four digits are kept. */
function maskCard(number: string | undefined): string | undefined {
  const digits = number?.replaceAll(/\D/g, '');
  return digits ? `…${digits.slice(-4)}` : undefined;
}

function looksLikeIban(account: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(account.replaceAll(/\s/g, '').toUpperCase());
}

/** ISO 13616: the check digits make the number, letters as 10 to 35, leave 1 when divided by 97. */
function isIban(account: string): boolean {
  if (!looksLikeIban(account)) return false;
  let rest = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    for (const digit of String(parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}
