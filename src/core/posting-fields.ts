/**
 * A neutral document as flat fields: the full set. A connector picks those its system can carry.
 */
import { fromMinor } from './money.ts';
import type { PostingDocument, PostingFields } from './posting.ts';

/** Every field of a document, in the order a bookkeeper reads them; empty ones are left out. */
export function postingFields(document: PostingDocument): PostingFields {
  const fields: Record<string, string> = {};
  const put = (name: string, value: string | null | undefined) => {
    if (value !== null && value !== undefined && value !== '') fields[name] = value;
  };
  put('supplier', document.supplier.name);
  put('number', document.number);
  put('billKind', document.billKind);
  put('currency', document.currency);
  if (document.kind === 'supplier-payment') {
    put('paidOn', document.paidOn);
    put('amount', fromMinor(document.amountMinor, document.currency));
    put('account', document.account);
    return fields;
  }
  put('issuedOn', document.issuedOn);
  put('dueOn', document.dueOn);
  for (const line of document.lines) {
    const at = `lines.${line.id}`;
    put(`${at}.description`, line.description);
    put(`${at}.account`, line.account);
    put(`${at}.net`, fromMinor(line.netMinor, document.currency));
    put(`${at}.vat`, fromMinor(line.vatMinor, document.currency));
    put(`${at}.vatCode`, line.vatCode);
    put(`${at}.department`, line.department);
    put(`${at}.project`, line.project);
  }
  if (document.roundingMinor !== 0)
    put('rounding', fromMinor(document.roundingMinor, document.currency));
  put('total', fromMinor(document.totalMinor, document.currency));
  put('note', document.note);
  put('correctsNumber', document.correctsNumber);
  for (const attachment of document.attachments)
    put(`attachments.${attachment.id}`, attachment.name);
  return fields;
}
