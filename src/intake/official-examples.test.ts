/**
 * The official Peppol BIS Billing 3 examples, when a folder of them is at hand: they are not part of
 * this project. `SPOR_PEPPOL_EXAMPLES` names the folder.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { billTotals } from '../core/bill.ts';
import { fromMinor } from '../core/money.ts';
import { readEInvoice } from './index.ts';

const folder = process.env['SPOR_PEPPOL_EXAMPLES'];
const files =
  folder && existsSync(folder)
    ? readdirSync(folder).filter((name) => name.toLowerCase().endsWith('.xml'))
    : [];

describe.skipIf(files.length === 0)('official Peppol examples', () => {
  test.each(files)('%s comes to the amount it asks for, and adds up', (name) => {
    const bytes = readFileSync(join(folder ?? '', name));
    const { details, warnings } = readEInvoice(bytes);
    const stated = /<cbc:PayableAmount currencyID\s*=\s*"[A-Z]{3}"\s*>([\d.-]+)</.exec(
      bytes.toString(),
    )?.[1];
    const payable = fromMinor(billTotals(details).payableMinor, details.currency);
    expect(Number(payable)).toBe(Number(stated));
    expect(
      warnings.filter(({ code }) => code.endsWith('-mismatch') || code.startsWith('vat-')),
    ).toEqual([]);
  });
});
