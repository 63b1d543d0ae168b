/**
 * Where things lie in a journal's folder, and the words in the files we start.
 *
 *     regnskab.journal          the main file: a person's; we add one include line
 *     spor/spor.journal         accounts, commodities and tags we use; includes the files below
 *     spor/2026-11.journal      transactions first written with a date in that month
 *     spor/2026-11-2.journal    … and when that file is full
 *     bilag/2026/…              attachments
 *
 * A full file is closed, so that one write never rewrites a year.
 */
import { basename, dirname, join } from 'node:path';
import { currencyDecimals } from '../../core/money.ts';
import type { JournalFile } from './journal-files.ts';
import { POSTING_TAGS, TRANSACTION_TAGS } from './wire.ts';

export const INDEX_FILE = 'spor/spor.journal';
export const FULL_FILE_BYTES = 256 * 1024;

export const MAIN_HEADER = `; Firmaets regnskab. Filen er jeres: skriv, flyt og slet frit.
; Spor skriver sine posteringer i de filer, som linjen herunder tager med.
`;
export const INDEX_INCLUDE = `include ${INDEX_FILE}\n`;
/** The decimal mark is said in each file: a Danish \`commodity 1.000,00 DKK\` in the main file would otherwise make 100.00 into 10000. */
export const INDEX_HEADER = `; Konti, valutaer og mærker, som Spors posteringer bruger, og filerne med posteringerne.
; Spor tilføjer linjer i bunden og ændrer ikke, hvad der står.
decimal-mark .

${[...new Set([...TRANSACTION_TAGS, ...POSTING_TAGS])].map((name) => `tag ${name}\n`).join('')}
`;

export function periodHeader(month: string): string {
  return `; Spors posteringer for ${month}. En postering kendes på mærket "spor:".
decimal-mark .
`;
}

/** hledger needs a decimal mark in a format and ledger refuses \`1000.\`, so a currency without decimals has none. */
export function commodityDeclaration(currency: string): string {
  const decimals = currencyDecimals(currency);
  const format = decimals === 0 ? '' : `    format 1000.${'0'.repeat(decimals)} ${currency}\n`;
  return `commodity ${currency}\n${format}`;
}

/** The marker stands beside the folder, not in it: when the folder's disk is away, it says that a journal was there. */
export function markerPath(folder: string): string {
  return join(dirname(folder), `.${basename(folder)}.spor`);
}

export function markerText(mainFile: string): string {
  return `Spor has written a journal: ${mainFile}
If that file is missing, Spor takes it that the disk is away and writes nothing.
To begin again with an empty journal, delete this file and the folder spor, and restart.
`;
}

/** A file of the month with room, the newest first; null when the month needs a new one. */
export function openPeriodFile(
  files: readonly JournalFile[],
  sporFolder: string,
  month: string,
): JournalFile | null {
  const open = files
    .filter(
      (file) => dirname(file.path) === sporFolder && periodNumber(basename(file.path), month) > 0,
    )
    .filter((file) => file.scan.size < FULL_FILE_BYTES && !file.scan.endsInComment)
    .sort((a, b) => periodNumber(basename(b.path), month) - periodNumber(basename(a.path), month));
  return open[0] ?? null;
}

export function periodFileName(month: string, number: number): string {
  return number === 1 ? `${month}.journal` : `${month}-${number}.journal`;
}

function periodNumber(name: string, month: string): number {
  const match = /^(\d{4}-\d{2})(?:-(\d+))?\.journal$/.exec(name);
  return match?.[1] === month ? Number(match[2] ?? 1) : 0;
}
