/** A transaction of ours, as far as it takes to name it in a list. */
import { toMinor } from '../../core/money.ts';
import type { ListedRecord } from '../../sdk/connector.ts';
import { transactionFields } from './fields.ts';
import type { Found } from './ledger.ts';
import { readTransaction } from './read-transaction.ts';
import { PAYMENT_WORDS } from './wire.ts';

const OF_PAYMENTS = new Set(Object.values(PAYMENT_WORDS));

export function listedRecord(found: Found & { reference: string }, link: string): ListedRecord {
  const transaction = readTransaction(found.text);
  const kind = OF_PAYMENTS.has(transaction.words ?? '') ? 'supplier-payment' : 'supplier-invoice';
  const fields = transactionFields(transaction, kind);
  const currency = fields['currency'] ?? '';
  const sign = fields['billKind'] === 'credit-note' ? -1 : 1;
  return {
    kind,
    remoteId: found.reference,
    reference: found.reference,
    number: transaction.code,
    supplierName: transaction.payee || null,
    on: transaction.date ?? '',
    currency,
    amountMinor: sign * minorOf(fields['total'] ?? fields['amount'], currency),
    link,
  };
}

/** A person may have made something else of it. */
function minorOf(amount: string | undefined, currency: string): number {
  try {
    return toMinor(amount ?? '0', currency);
  } catch {
    return 0;
  }
}
