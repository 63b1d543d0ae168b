/**
 * A month of the log as files: one per table, compressed newline-delimited JSON. Complete and on the
 * disk under its own name before it is said to be written.
 */
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LOG_TABLES } from '../store/partitions.ts';
import { readMonthRows } from '../store/month-rows.ts';
import type { Pool } from '../store/pool.ts';

const compressed = promisify(gzip);

/** @returns how many attempts were written */
export async function writeMonth(pool: Pool, month: string, folder: string): Promise<number> {
  let attempts = 0;
  for (const table of LOG_TABLES) {
    const path = join(folder, `${table}-${month}.ndjson.gz`);
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      // Compressed files one after another are one compressed file.
      await file.write(await compressed(''));
      for await (const rows of readMonthRows(pool, table, month)) {
        if (table === 'attempts') attempts += rows.length;
        await file.write(await compressed(`${rows.join('\n')}\n`));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
  }
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return attempts;
}
