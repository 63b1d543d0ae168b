/** The bill or connection a person means: by id, by number, by name; refused when it could be several. */
import type { Client } from '../client/client.ts';
import type { BillShape } from '../contract/bill-shapes.ts';
import type { ConnectionShape } from '../contract/sync-shapes.ts';
import { isUuid } from '../core/uuid.ts';
import { CommandRefused } from './options.ts';
import { same } from './reach-service.ts';

/** A number names the original, not its duplicates. */
export async function foundBill(
  client: Client,
  companyId: string,
  wanted: string,
): Promise<BillShape> {
  if (isUuid(wanted.toLowerCase()))
    return client.getBill({ params: { companyId, billId: wanted.toLowerCase() } });
  const matches = await billsNumbered(client, companyId, wanted);
  const originals = matches.filter(({ duplicateOf }) => duplicateOf === null);
  const [only, ...others] = originals.length > 0 ? originals : matches;
  if (!only) throw new CommandRefused(`There is no bill "${wanted}".`);
  if (others.length > 0) {
    const named = [only, ...others].map(({ id, supplierName }) => `${id} (${supplierName})`);
    throw new CommandRefused(
      `Several bills have number ${wanted}; use one's id: ${named.join(', ')}.`,
    );
  }
  return client.getBill({ params: { companyId, billId: only.id } });
}

async function billsNumbered(client: Client, companyId: string, number: string) {
  const found = [];
  let cursor: string | undefined;
  do {
    const page = await client.listBills({
      params: { companyId },
      query: { search: number, limit: 200, cursor },
    });
    found.push(...page.items.filter((bill) => same(bill.number, number)));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/** Named, else the only one there is. */
export async function foundConnection(
  client: Client,
  companyId: string,
  wanted: string | undefined,
): Promise<ConnectionShape> {
  const { items } = await client.listConnections({ params: { companyId } });
  const names = items.map(({ name }) => `"${name}"`).join(', ');
  const found =
    wanted === undefined
      ? items
      : items.filter(({ id, name }) => id === wanted.toLowerCase() || same(name, wanted));
  const [only, ...others] = found;
  if (!only && wanted === undefined)
    throw new CommandRefused(
      'The company has no integration yet; see spor connections add --help.',
    );
  if (!only)
    throw new CommandRefused(
      `There is no integration "${wanted}"${items.length > 0 ? `; there are: ${names}` : ''}.`,
    );
  if (others.length > 0) {
    const which = wanted === undefined ? names : found.map(({ id }) => id).join(', ');
    throw new CommandRefused(
      `There are several integrations; name one with --connection: ${which}.`,
    );
  }
  return only;
}
