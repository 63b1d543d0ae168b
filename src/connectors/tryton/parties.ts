/**
 * Suppliers are parties. One is known by the key Spor knows it by (`core/bill.ts`, `supplierKey`): its
 * VAT number, its company number, its GLN, or its name. What we create carries that number as an
 * identifier from the start, so that it is found again by it.
 */
import { z } from 'zod';
import { type Supplier, supplierKey } from '../../core/bill.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { Call } from '../../sdk/connector.ts';
import { type Party, party } from './invoice-record.ts';
import { oneLine } from './marks.ts';
import type { Rpc } from './rpc.ts';
import type { Json } from './values.ts';

const PARTY_FIELDS = ['name', 'active', 'identifiers.type', 'identifiers.code'];
/** Members of the EU and Northern Ireland: what `eu_vat` takes (python-stdnum, `stdnum.eu.vat`). */
const EU =
  /^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)/;

export function isSameSupplier(there: Party, key: string): boolean {
  return keysOf(there).has(key);
}

/** Every key that this party answers to. */
function keysOf(there: Party): Set<string> {
  const keys = new Set<string>([supplierKey({ name: there.name })]);
  for (const { type, code } of there['identifiers.']) {
    keys.add(supplierKey({ name: '', vatNumber: code }));
    // A Danish number is often kept without its DK.
    if (/^\d{8}$/.test(squeezed(code)) && (type === '' || type.startsWith('dk_')))
      keys.add(`vat:DK${squeezed(code)}`);
    if (type === '') keys.add(`gln:${squeezed(code)}`);
    const country = /^([a-z]{2})_/.exec(type)?.[1];
    for (const prefix of country ? ['', country.toUpperCase()] : ['']) {
      keys.add(`company:${prefix}${squeezed(code)}`);
    }
    // Tryton keeps national numbers without their country: `be_vat` 0428759497.
    if (country && country !== 'eu')
      keys.add(`vat:${country === 'gr' ? 'EL' : country.toUpperCase()}${squeezed(code)}`);
  }
  return keys;
}

export async function ensureParty(
  rpc: Rpc,
  call: Call,
  supplier: Supplier,
  key: string,
): Promise<string> {
  const found = await findParty(rpc, call, supplier, key);
  return found === null ? create(rpc, call, supplier, key) : String(found);
}

/** Null: there is none. */
export async function findParty(
  rpc: Rpc,
  call: Call,
  supplier: Supplier,
  key: string,
): Promise<number | null> {
  const found = (await search(rpc, call, supplier, key)).filter((one) => isSameSupplier(one, key));
  // By number the one that is in use; by name alone two could be two.
  const inUse = found.filter((one) => one.active);
  if (inUse.length > 1)
    throw new SyncFailure('duplicate-in-target', {
      subject: inUse.map((one) => `${one.name} (${one.id})`).join(', '),
    });
  if (inUse[0]) return inUse[0].id;
  if (found[0]) throw new SyncFailure('supplier-blocked', { subject: found[0].name });
  return null;
}

function search(rpc: Rpc, call: Call, supplier: Supplier, key: string): Promise<Party[]> {
  return rpc.read(
    call,
    'party.party.search_read',
    [wideDomain(supplier, key), 0, null, null, PARTY_FIELDS],
    z.array(party),
    { active_test: false },
  );
}

/** Wider than the key, because people write numbers with spaces and dots; what it finds is judged above. */
function wideDomain(supplier: Supplier, key: string): Json {
  const value = valueOf(key);
  if (key.startsWith('name:')) {
    // Databases differ in which letters they take for the same: only A to Z and digits are compared.
    const letters = value.replaceAll('SS', '%').replaceAll(/[^0-9A-Z]+/g, '%');
    const exact = ['name', '=', oneLine(supplier.name)];
    return /[0-9A-Z]/.test(letters) ? [['OR', exact, ['name', 'ilike', `%${letters}%`]]] : [exact];
  }
  const digits = value
    .replaceAll(/[^0-9A-Z]/g, '')
    .replace(/^[A-Z]{2}(?=\d)/, '')
    .replace(EU, '');
  return [['identifiers.code', 'ilike', `%${digits.replaceAll(/(?<=.)(?=.)/g, '%')}%`]];
}

async function create(rpc: Rpc, call: Call, supplier: Supplier, key: string): Promise<string> {
  const countryId = await country(rpc, call, supplier);
  const make = async (identifiers: Json) => {
    const values = {
      name: oneLine(supplier.name),
      identifiers: [['create', identifiers]],
      addresses: [['create', [{ country: countryId }]]],
    };
    const ids = await rpc.write(call, 'party.party.create', [[values]], z.array(z.int()).min(1));
    return String(ids[0]);
  };
  const identifiers = identifiersOf(key);
  try {
    return await make(identifiers);
  } catch (error) {
    // Tryton checks the check digits of numbers it knows; a supplier's number may be wrong for all that.
    const isRefused =
      error instanceof SyncFailure && !error.uncertain && error.details.code === 'rejected';
    if (!isRefused || !identifiers.some(({ type }) => type !== null)) throw error;
    return make(identifiers.map(({ code }) => ({ type: null, code })));
  }
}

function identifiersOf(key: string): { type: string | null; code: string }[] {
  const code = valueOf(key);
  if (key.startsWith('name:')) return [];
  return [{ type: key.startsWith('vat:') && EU.test(code) ? 'eu_vat' : null, code }];
}

function valueOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

async function country(rpc: Rpc, call: Call, supplier: Supplier): Promise<number | null> {
  if (!supplier.country) return null;
  const domain = [['code', '=', supplier.country]];
  const answer = z.array(z.int());
  return (await rpc.read(call, 'country.country.search', [domain, 0, 1, null], answer))[0] ?? null;
}

function squeezed(code: string): string {
  return code
    .normalize('NFKC')
    .toLocaleUpperCase('en')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
