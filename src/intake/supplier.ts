/**
 * Who sent the bill. Two families of identifiers are read: Peppol's ICD codes (0184 Danish CVR, 0198
 * Danish SE, 0088 GLN) and OIOUBL's own (DK:CVR, DK:SE, GLN).
 *
 * Sources, read 2026-11-24: Peppol BIS Billing 3 rules DK-R-002, DK-R-014, PEPPOL-COMMON-R040 and R042
 * (OpenPEPPOL/peppol-bis-invoice-3, rules/sch/PEPPOL-EN16931-UBL.sch); OIOUBL 2 example invoices with
 * EndpointID DK:CVR, PartyTaxScheme DK:SE with tax scheme 63 (Moms), PartyLegalEntity DK:CVR.
 */
import type { Supplier } from '../core/bill.ts';
import { every, first, type XmlElement } from './element.ts';
import type { Reading } from './reading.ts';

const CVR_SCHEMES = new Set(['0184', 'DK:CVR', '9902']);
const SE_SCHEMES = new Set(['0198', 'DK:SE', '9904']);
const GLN_SCHEMES = new Set(['0088', 'GLN', 'EAN']);

/** Tax schemes that mean VAT: EN 16931's word and OIOUBL's code for moms. */
const VAT_SCHEMES = new Set(['VAT', '63']);

export function readSupplier(reading: Reading): Supplier {
  const party = reading.need(reading.root, 'cac:AccountingSupplierParty/cac:Party');
  const name =
    reading.prose(first(party, 'cac:PartyLegalEntity/cbc:RegistrationName'), 200) ??
    reading.prose(first(party, 'cac:PartyName/cbc:Name'), 200) ??
    reading.fail('field-missing', 'The supplier has no name.', party, 'cac:PartyName/cbc:Name');
  return {
    name: name.replaceAll('\n', ' '),
    vatNumber: vatNumber(reading, party),
    companyNumber: companyNumber(reading, party),
    gln: gln(reading, party),
    country: country(reading, party),
  };
}

function vatNumber(reading: Reading, party: XmlElement): string | undefined {
  const schemes = every(party, 'cac:PartyTaxScheme');
  const moms = schemes.find((scheme) =>
    VAT_SCHEMES.has(reading.id(first(scheme, 'cac:TaxScheme/cbc:ID'))?.toUpperCase() ?? ''),
  );
  const unnamed = schemes.find((scheme) => !first(scheme, 'cac:TaxScheme/cbc:ID'));
  const stated = (moms ?? unnamed) && first(moms ?? unnamed ?? party, 'cbc:CompanyID');
  const element = stated ?? identifierOf(party, SE_SCHEMES);
  const number = reading.id(element, 50);
  if (!element || number === undefined) return undefined;
  const isDanish = SE_SCHEMES.has(schemeOf(element)) || CVR_SCHEMES.has(schemeOf(element));
  return isDanish && /^\d{8}$/.test(number) ? `DK${number}` : number;
}

function companyNumber(reading: Reading, party: XmlElement): string | undefined {
  const legal = first(party, 'cac:PartyLegalEntity/cbc:CompanyID');
  const element = legal?.text.trim() ? legal : identifierOf(party, CVR_SCHEMES);
  const number = reading.id(element, 50);
  if (!element || number === undefined) return undefined;
  // 0184 and DK:CVR are written with the country in front; the CVR number itself has eight digits.
  return CVR_SCHEMES.has(schemeOf(element)) ? number.replace(/^DK\s?(?=\d{8}$)/i, '') : number;
}

function gln(reading: Reading, party: XmlElement): string | undefined {
  const element = identifierOf(party, GLN_SCHEMES);
  const number = reading.id(element, 50);
  if (!element || number === undefined) return undefined;
  if (/^\d{13}$/.test(number)) return number;
  reading.warn('gln-invalid', `"${number}" is not a GLN (13 digits); left out.`, element);
  return undefined;
}

function country(reading: Reading, party: XmlElement): string | undefined {
  const element = first(party, 'cac:PostalAddress/cac:Country/cbc:IdentificationCode');
  const code = reading.id(element, 50)?.toUpperCase();
  if (!element || code === undefined || /^[A-Z]{2}$/.test(code)) return code;
  reading.warn('country-invalid', `"${code}" is not a two-letter country code; left out.`, element);
  return undefined;
}

/** The endpoint or an identification with one of the schemes. */
function identifierOf(party: XmlElement, schemes: ReadonlySet<string>): XmlElement | undefined {
  return [
    ...every(party, 'cbc:EndpointID'),
    ...every(party, 'cac:PartyIdentification/cbc:ID'),
  ].find((element) => schemes.has(schemeOf(element)));
}

function schemeOf(element: XmlElement): string {
  return element.attributes?.get('schemeID')?.trim().toUpperCase() ?? '';
}
