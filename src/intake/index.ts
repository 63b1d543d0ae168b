/**
 * E-invoices in, bills out: the public door of the intake.
 *
 * Reads UBL 2.1 invoices and credit notes as Peppol BIS Billing 3 and OIOUBL 2 write them. Pure: no
 * network, no database, no clock. It trusts no byte: sizes are bounded before anything is built,
 * nothing is expanded, and whatever the bytes are, the outcome is a bill or an `IntakeError`.
 */
import type { BillDetails } from '../core/bill.ts';
import { MoneyError } from '../core/money.ts';
import type { IncomingAttachment } from './attachments.ts';
import { decodeText } from './decode-text.ts';
import { IntakeError } from './intake-error.ts';
import { DEFAULT_LIMITS, type IntakeLimits } from './limits.ts';
import type { IntakeNotice } from './notice.ts';
import { parseXml } from './parse-xml.ts';
import { readUbl } from './read-ubl.ts';
import type { IntakeFormat } from './reading.ts';

export { INTAKE_ERROR_CODES, IntakeError, type IntakeErrorCode } from './intake-error.ts';
export { DEFAULT_LIMITS, type IntakeLimits } from './limits.ts';
export { NOTICE_CODES, type IntakeNotice, type NoticeCode } from './notice.ts';
export type { IncomingAttachment } from './attachments.ts';
export type { IntakeFormat } from './reading.ts';

export interface IncomingBill {
  readonly details: BillDetails;
  readonly attachments: readonly IncomingAttachment[];
  /** Things worth telling a person that do not stop the bill: totals that don't add up, and the like. */
  readonly warnings: readonly IntakeNotice[];
  readonly format: IntakeFormat;
}

export function readEInvoice(bytes: Uint8Array, limits: Partial<IntakeLimits> = {}): IncomingBill {
  try {
    return read(bytes, { ...DEFAULT_LIMITS, ...limits });
  } catch (cause) {
    if (cause instanceof IntakeError) throw cause;
    if (cause instanceof MoneyError) {
      throw new IntakeError('field-invalid', `An amount cannot be read: ${cause.message}`, {
        cause,
      });
    }
    throw new IntakeError('unreadable', 'Spor could not read the file; this is a fault in Spor.', {
      cause,
    });
  }
}

function read(bytes: Uint8Array, limits: IntakeLimits): IncomingBill {
  if (bytes.byteLength === 0) throw new IntakeError('not-an-invoice', 'The file is empty.');
  if (bytes.byteLength > limits.maxBytes) {
    const message = `The file has ${bytes.byteLength} bytes; at most ${limits.maxBytes} are read.`;
    throw new IntakeError('xml-too-large', message);
  }
  const { text, declaredOtherwise } = decodeText(bytes);
  const bill = readUbl(parseXml(text, limits), text, limits);
  const warnings = [...bill.warnings];
  if (declaredOtherwise !== null) {
    const message = `The file declares the character set "${declaredOtherwise}" but is in another; it was read as what it is.`;
    warnings.push({ code: 'charset-differs', message, place: null });
  }
  // Copied, since a short string cut from a long text keeps all of it in memory.
  return { ...bill, ...structuredClone({ details: bill.details, warnings }) };
}
