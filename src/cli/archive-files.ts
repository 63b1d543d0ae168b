/**
 * A month of the log as files: one per table, compressed newline-delimited JSON. Complete and on the
 * disk under its own name before it is said to be written, and never in place of a file that is there.
 */
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LOG_TABLES } from '../store/partitions.ts';
import { readMonthRows } from '../store/month-rows.ts';
import type { Pool } from '../store/pool.ts';
import { CommandRefused } from './options.ts';

const compressed = promisify(gzip);

const pathOf = (folder: string, table: string, month: string) =>
  join(folder, `${table}-${month}.ndjson.gz`);

export function monthFiles(folder: string, month: string): string[] {
  return LOG_TABLES.map((table) => pathOf(folder, table, month));
}

/** Makes the folder. Refuses before anything is written when one of the files is there already. */
export async function prepareFolder(folder: string, months: readonly string[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CommandRefused(`${folder} can't be made: ${(error as Error).message}.`);
  }
  for (const path of months.flatMap((month) => monthFiles(folder, month)))
    for (const each of [path, `${path}.part`])
      if (await isThere(each))
        throw new CommandRefused(
          `${each} is there already, and nothing is overwritten: move it away, or name another folder.`,
        );
}

/**
 * Leaves nothing behind when it fails.
 * @returns how many attempts were written
 */
export async function writeMonth(pool: Pool, month: string, folder: string): Promise<number> {
  const written: string[] = [];
  try {
    let attempts = 0;
    for (const table of LOG_TABLES) {
      const path = pathOf(folder, table, month);
      const part = `${path}.part`;
      // Two at once would write into one another: the second is refused.
      const file = await open(part, 'wx', 0o600);
      written.push(part);
      try {
        const rows = await writeRows(file, readMonthRows(pool, table, month));
        if (table === 'attempts') attempts = rows;
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
      written.push(path);
    }
    await syncFolder(folder);
    return attempts;
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true })));
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function writeRows(file: FileHandle, pages: AsyncIterable<string[]>): Promise<number> {
  let count = 0;
  // Compressed files one after another are one compressed file; a month may have no row of a table.
  await file.appendFile(await compressed(''));
  for await (const rows of pages) {
    await file.appendFile(await compressed(`${rows.join('\n')}\n`));
    count += rows.length;
  }
  return count;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
