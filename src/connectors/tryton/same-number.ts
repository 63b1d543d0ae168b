/**
 * Other invoices in force of a supplier and a number. Tryton takes them; 7.0 asks a person before it goes on, when the
 * draft is made already (account_invoice/invoice.py, `_similar_domain`, 7.0.12, read 2026-11-30).
 */
import { z } from 'zod';
import { addDays } from '../../core/day.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { Call } from '../../sdk/connector.ts';
import type { InvoiceRecord } from './invoice-record.ts';
import { ANY_REFERENCE, like } from './marks.ts';
import type { Rpc } from './rpc.ts';
import { day, type Json } from './values.ts';

/** As Tryton 7.0 counts: a supplier may begin its numbers anew. */
const DAYS_APART = 60;

const inForce = (partyId: number, number: string): Json[] => [
  ['type', '=', 'in'],
  ['party', '=', partyId],
  ['reference', '=', number],
  ['state', '!=', 'cancelled'],
];

/**
 * Who entered it there by hand has most likely booked this very bill: throws `number-taken`. Those that carry a mark of
 * ours are of other bills, and whether two bills are one is asked in Spor.
 */
export async function refuseNumberBookedByHand(
  rpc: Rpc,
  call: Call,
  given: { partyId: number; number: string; issuedOn: string },
): Promise<void> {
  const { partyId, number, issuedOn } = given;
  if (number === '') return;
  const { companyId } = await rpc.signed(call);
  const byHand: Json = [
    ...inForce(partyId, number),
    ['company', '=', companyId],
    ['OR', ['comment', '=', null], ['comment', 'not like', like(ANY_REFERENCE)]],
    [
      'OR',
      ['invoice_date', '=', null],
      [
        ['invoice_date', '>=', day(addDays(issuedOn, -DAYS_APART))],
        ['invoice_date', '<=', day(addDays(issuedOn, DAYS_APART))],
      ],
    ],
  ];
  const [one] = await rpc.read(
    call,
    'account.invoice.search_read',
    [byHand, 0, 1, [['id', 'ASC']], ['rec_name', 'state']],
    z.array(z.object({ id: z.int(), rec_name: z.string(), state: z.string() })),
  );
  if (one)
    throw new SyncFailure('number-taken', {
      subject: number,
      originalMessage: `Tryton has the invoice ${one.rec_name} (id ${one.id}, ${one.state}) of this supplier and number, and Spor did not make it.`,
    });
}

/** Is there none besides it, but for cancelled ones: ours, say, made again? */
export async function isOnlyOneOfItsNumber(
  rpc: Rpc,
  call: Call,
  record: InvoiceRecord,
): Promise<boolean> {
  const others = [...inForce(record['party.'].id, record.reference), ['id', '!=', record.id]];
  const found = await rpc.read(
    call,
    'account.invoice.search',
    [others, 0, 1, null],
    z.array(z.int()),
  );
  return found.length === 0;
}
