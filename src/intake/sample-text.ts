/**
 * The sample invoices as text, and altered copies of them: for tests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { IntakeError, readEInvoice, type IncomingBill, type IntakeLimits } from './index.ts';

const folder = new URL('./samples/', import.meta.url);

export const SAMPLES: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.xml'))
  .sort();

export function sampleText(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** A sample with stretches of its text replaced; each must be there, so that no test tests nothing. */
export function altered(
  name: string,
  ...changes: readonly (readonly [from: string, to: string])[]
) {
  let text = sampleText(name);
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${name} has no ${JSON.stringify(from)}`);
    text = text.replace(from, () => to);
  }
  return text;
}

export function read(text: string, limits?: Partial<IntakeLimits>): IncomingBill {
  return readEInvoice(Buffer.from(text, 'utf8'), limits);
}

/** The refusal, as plain values; fails when the file is read after all. */
export function refusal(file: string | Uint8Array, limits?: Partial<IntakeLimits>) {
  const bytes = typeof file === 'string' ? Buffer.from(file, 'utf8') : file;
  try {
    readEInvoice(bytes, limits);
  } catch (error) {
    if (!(error instanceof IntakeError)) throw error;
    const { code, message, place, line, column } = error;
    return { code, message, place, line, column };
  }
  throw new Error('The file was read, though it should have been refused.');
}

/** The notices' codes, for a file that is read. */
export function noticeCodes(text: string): string[] {
  return read(text).warnings.map(({ code }) => code);
}
