/**
 * Other invoices of a supplier and a number, dated within sixty days. Tryton takes them; 7.0 asks a person before it goes
 * on, when the draft is made already (account_invoice/invoice.py, `_similar_domain`, 7.0.12, read 2026-11-30).
 */
import { z } from 'zod';
import { numberKey } from '../../core/bill.ts';
import { addDays } from '../../core/day.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';
import { readComment } from './marks.ts';
import type { Rpc } from './rpc.ts';
import { day, decimalValue, type Json, text } from './values.ts';

/** A supplier may begin its numbers anew. */
const DAYS_APART = 60;

const sameNumber = z.object({
  id: z.int(),
  rec_name: z.string(),
  reference: text,
  state: z.string(),
  comment: text,
  total_amount: decimalValue,
});
type SameNumber = z.infer<typeof sameNumber>;

/**
 * Who entered it there by hand has most likely booked this very bill: throws `number-taken`. Those that carry a mark of
 * ours are of other bills, and whether two bills are one is asked in Spor.
 *
 * @param number as it is kept there
 */
export async function refuseNumberBookedByHand(
  rpc: Rpc,
  call: Call,
  partyId: number,
  document: SupplierInvoiceDocument,
  number: string,
): Promise<void> {
  const [byHand] = await bookedByHand(rpc, call, partyId, document, number);
  if (!byHand) return;
  const { rec_name: name, id, state } = byHand;
  throw new SyncFailure('number-taken', {
    subject: number,
    originalMessage: `Tryton has the invoice ${name} (id ${id}, ${state}) of this supplier and number, and Spor did not make it.`,
  });
}

/** Those that carry no mark of ours. @param number as it is kept there */
export async function bookedByHand(
  rpc: Rpc,
  call: Call,
  partyId: number,
  document: SupplierInvoiceDocument,
  number: string,
): Promise<SameNumber[]> {
  if (number === '') return [];
  const all = await inForce(rpc, call, partyId, document, number);
  return all.filter(({ comment }) => readComment(comment).reference === null);
}

/** Is there none besides it, but for those that are over: ours, say, made again? */
export async function isOnlyOneOfItsNumber(
  rpc: Rpc,
  call: Call,
  record: { readonly id: number; readonly reference: string; readonly 'party.': { id: number } },
  document: SupplierInvoiceDocument,
): Promise<boolean> {
  const all = await inForce(rpc, call, record['party.'].id, document, record.reference);
  return all.every(({ id }) => id === record.id);
}

/** Invoices for an invoice, credit notes for a credit note: neither cancelled nor taken back by another. */
async function inForce(
  rpc: Rpc,
  call: Call,
  partyId: number,
  { issuedOn, billKind }: SupplierInvoiceDocument,
  number: string,
): Promise<SameNumber[]> {
  const { companyId } = await rpc.signed(call);
  const domain: Json = [
    ['type', '=', 'in'],
    ['company', '=', companyId],
    ['party', '=', partyId],
    ['reference', 'ilike', widely(number)],
    ['state', '!=', 'cancelled'],
    [
      'OR',
      ['invoice_date', '=', null],
      [
        ['invoice_date', '>=', day(addDays(issuedOn, -DAYS_APART))],
        ['invoice_date', '<=', day(addDays(issuedOn, DAYS_APART))],
      ],
    ],
  ];
  const all = await rpc.read(
    call,
    'account.invoice.search_read',
    [
      domain,
      0,
      null,
      [['id', 'ASC']],
      ['rec_name', 'reference', 'state', 'comment', 'total_amount'],
    ],
    z.array(sameNumber),
  );
  const isCredit = billKind === 'credit-note';
  const ofNumber = all.filter(({ reference }) => numberKey(reference) === numberKey(number));
  return notCredited(ofNumber).filter(
    ({ total_amount: total }) => total.startsWith('-') === isCredit,
  );
}

/** People write one number with and without spaces, in small and large letters; what it finds is judged above. */
function widely(number: string): string {
  const alike = numberKey(number).replaceAll(/[^0-9A-Z]/gu, '_');
  return `%${alike.replaceAll(/(?<=.)(?=.)/g, '%')}%`;
}

/** Without those that another takes back, and those. */
function notCredited(all: readonly SameNumber[]): SameNumber[] {
  const over = new Set<number>();
  for (const { id, total_amount: total } of all) {
    const credited = all.find((one) => !over.has(one.id) && `-${one.total_amount}` === total);
    if (credited) over.add(id).add(credited.id);
  }
  return all.filter(({ id }) => !over.has(id));
}
