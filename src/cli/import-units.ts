/**
 * What an import is made of, found before it begins: each e-invoice file, each bill of a JSON file.
 * A folder gives its `*.xml` files, all the way down; a JSON file is taken when it is named. A file
 * that can't be read is a unit too, which fails when its turn comes.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type ImportUnit =
  /** Read when its turn comes, so that a large folder is never in memory whole. */
  | { readonly name: string; readonly kind: 'e-invoice'; readonly file: string }
  | { readonly name: string; readonly kind: 'bill'; readonly bill: unknown }
  | { readonly name: string; readonly kind: 'unreadable'; readonly reason: string };

export async function importUnits(paths: readonly string[]): Promise<ImportUnit[]> {
  const units: ImportUnit[] = [];
  for (const path of paths) {
    try {
      units.push(...(await unitsAt(path)));
    } catch (error) {
      units.push({ name: path, kind: 'unreadable', reason: fileReason(error) });
    }
  }
  return units;
}

async function unitsAt(path: string): Promise<ImportUnit[]> {
  if (!(await stat(path)).isDirectory())
    return /\.json$/i.test(path)
      ? jsonUnits(path)
      : [{ name: path, kind: 'e-invoice', file: path }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory() && /\.xml$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0)
    return [{ name: path, kind: 'unreadable', reason: 'There is no *.xml file in this folder.' }];
  return files.map((file) => ({ name: file, kind: 'e-invoice', file }));
}

async function jsonUnits(file: string): Promise<ImportUnit[]> {
  const text = await readFile(file, 'utf8');
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\u{feff}/u, ''));
  } catch (error) {
    const reason = `This is not JSON: ${error instanceof Error ? error.message : String(error)}.`;
    return [{ name: file, kind: 'unreadable', reason }];
  }
  if (!Array.isArray(content)) return [{ name: file, kind: 'bill', bill: content }];
  return content.map((bill: unknown, index) => ({
    name: `${file}[${index}]`,
    kind: 'bill',
    bill,
  }));
}

export function fileReason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code ?? '') {
    case 'ENOENT':
      return 'There is no such file or folder.';
    case 'EACCES':
    case 'EPERM':
      return 'This file or folder may not be read by you.';
    case 'EISDIR':
      return 'This is a folder.';
    default:
      return `It cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
