/** The supplier as an invoice names it: the party, its address, and the account of what we owe it. */
import { z } from 'zod';
import { type OwnSubject, SyncFailure } from '../../core/failure.ts';
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';

import { findParty } from './parties.ts';
import type { Rpc } from './rpc.ts';
import { flag, type Json } from './values.ts';

export interface InvoiceSupplier {
  readonly partyId: number;
  /** Left alone while the party stays. */
  readonly values: { readonly [name: string]: Json };
}

const row = z.object({
  id: z.int(),
  name: z.string().nullable(),
  active: flag,
  replaced_by: z.int().nullable(),
  account_payable: z.int().nullable(),
  'addresses.': z.array(z.object({ id: z.int(), invoice: flag })),
});
type Row = z.infer<typeof row>;
const FIELDS = ['name', 'active', 'replaced_by', 'account_payable', 'addresses.invoice'];

/** Parties merged into others that were merged: more in a row nobody makes. */
const MERGED_AT_MOST = 5;

/**
 * @param remembered the party Spor knows the supplier by; it may have been merged into another since, or be out of use
 * @param onInvoice the party the invoice has, if there is one: it stays, though it be out of use
 */
export async function supplierOnInvoice(
  rpc: Rpc,
  call: Call,
  document: SupplierInvoiceDocument,
  remembered: number,
  onInvoice: number | null,
): Promise<InvoiceSupplier> {
  const read = async (id: number): Promise<Row> =>
    (await rpc.read(call, 'party.party.read', [[id], FIELDS], z.array(row).min(1)))[0]!;
  let party = await read(remembered);
  for (let merged = 0; party.replaced_by !== null && merged < MERGED_AT_MOST; merged++)
    party = await read(party.replaced_by);
  if (!party.active && party.id !== onInvoice) party = await read(await another(party));
  // As Tryton chooses it (`address_get`, trytond/modules/party/party.py, 6.0, read 2026-12-01).
  const addresses = party['addresses.'];
  const address = addresses.find(({ invoice }) => invoice) ?? addresses[0];
  if (!address)
    throw new SyncFailure('rejected', {
      originalMessage: 'The supplier has no address in Tryton, and an invoice needs one.',
    });
  const account = party.account_payable ?? (await accountOfAll());
  return {
    partyId: party.id,
    values: { party: party.id, invoice_address: address.id, account },
  };

  async function another({ name }: Row): Promise<number> {
    const found = await findParty(rpc, call, document.supplier, document.supplierKey);
    if (found !== null) return found;
    throw new SyncFailure('supplier-blocked', { subject: name ?? document.supplier.name });
  }

  async function accountOfAll(): Promise<number> {
    const configuration = z.object({ default_account_payable: z.int().nullable() });
    const params = [[1], ['default_account_payable']];
    const answer = z.array(configuration);
    const [found] = await rpc.read(call, 'account.configuration.read', params, answer);
    const account = found?.default_account_payable;
    if (account) return account;
    throw new SyncFailure('account-missing', {
      subject: '@account-of-debt' satisfies OwnSubject,
      originalMessage: 'Tryton has no payable account for this supplier, and no default one.',
    });
  }
}
