/**
 * An invoice's tax lines: which there are, on which accounts and bases, is Tryton's to say; how much
 * VAT there is, is the supplier's, whose invoice it is.
 *
 * Tryton computes VAT per tax of the whole invoice, and keeps an amount that was corrected as long as
 * its base stays (account_invoice, `Invoice.update_taxes`, 6.0.29, read 2026-11-24): bookkeepers
 * correct it by hand by an øre; we do the same, before the invoice is created.
 */
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import { fromMinor, parseDecimal, sumMinor, toMinorRounded } from '../../core/money.ts';
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';
import { signOf } from './invoice-fields.ts';
import type { Tax } from './lookups.ts';
import type { Rpc } from './rpc.ts';
import { decimal, decimalValue, type Json, text } from './values.ts';

const taxLine = z.object({
  tax: z.int(),
  account: z.int(),
  base: decimalValue,
  amount: decimalValue,
  description: text,
  legal_notice: text,
});

/** `values` is the invoice as it is about to be written, its lines in full. */
export async function taxLines(
  rpc: Rpc,
  call: Call,
  document: SupplierInvoiceDocument,
  values: { readonly [name: string]: Json },
  taxes: readonly Tax[],
): Promise<Json[]> {
  if (taxes.length === 0) return [];
  const changes = z.object({
    taxes: z.object({ add: z.array(z.tuple([z.int(), taxLine])) }).optional(),
  });
  const computed = await rpc.read(
    call,
    'account.invoice.on_change',
    [{ ...values, id: -1, taxes: [] }, ['lines']],
    // 6.0 puts the changes in a list of one (trytond/model/modelview.py, read 2026-11-30).
    z.union([changes, z.tuple([changes]).transform(([only]) => only)]),
  );
  const lines = computed.taxes?.add.map(([, line]) => line) ?? [];
  const { currency } = document;
  const minor = (amount: string) => toMinorRounded(parseDecimal(amount), currency);
  const amounts = lines.map((line) => minor(line.amount));
  for (const { name, id, partIds } of taxes) {
    const places = lines.flatMap((line, index) =>
      line.tax === id || partIds.includes(line.tax) ? [index] : [],
    );
    const ofCode = document.lines.filter((line) => line.vatCode === name);
    const wanted = sumMinor(ofCode.map((line) => line.vatMinor)) * signOf(document);
    const off = wanted - sumMinor(places.map((index) => amounts[index]!));
    if (off === 0) continue;
    const size = (index: number) =>
      Math.abs(minor(lines[index]!.base) * Number(amounts[index] !== 0));
    const [largest] = places.toSorted((a, b) => size(b) - size(a));
    if (largest === undefined)
      throw new SyncFailure('vat-code-invalid', {
        subject: name,
        originalMessage: `Tryton computes no VAT with the tax ${name}, but the bill has some.`,
      });
    amounts[largest]! += off;
  }
  return lines.map((line, index) => ({
    tax: line.tax,
    account: line.account,
    base: decimal(line.base),
    amount: decimal(fromMinor(amounts[index]!, currency)),
    description: line.description || '-',
    legal_notice: line.legal_notice || null,
    manual: false,
    sequence: index + 1,
  }));
}
