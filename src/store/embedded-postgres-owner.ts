/**
 * Which process uses a data folder: a small file with its process id. A process id alone proves
 * little, since ids are used again (in a container nearly always), so it is kept with the moment
 * the process began. PostgreSQL's own lock stays the last word; this one lets us say it clearly.
 */
import { execFile } from 'node:child_process';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** Takes the folder for this process; the function it returns gives it back. */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'owner.json');
  const mine = `${file}.${process.pid}`;
  await writeFile(
    mine,
    JSON.stringify({ pid: process.pid, began: await beganAt(process.pid) }) + '\n',
  );
  try {
    for (;;) {
      try {
        // A link appears whole or not at all, and fails when another is there.
        await link(mine, file);
        return () => rm(file, { force: true });
      } catch (error) {
        if ((error as { code?: string }).code !== 'EEXIST') throw error;
      }
      await refuseLivingOwner(folder, file);
      await rm(file, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

export function alreadyUsed(folder: string, pid?: number): StartError {
  return new StartError(
    `The data in ${folder} is already in use by another Spor${pid === undefined ? '' : ` (process ${pid})`}: stop that one first, or choose another folder with --data.`,
  );
}

async function refuseLivingOwner(folder: string, file: string): Promise<void> {
  const owner = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as { pid?: number; began?: string })
    .catch(() => null);
  if (owner?.pid === undefined) return;
  const began = await beganAt(owner.pid);
  if (began !== null && began === owner.began) throw alreadyUsed(folder, owner.pid);
}

/** When a process began, in words that differ for any two processes with the same id. */
async function beganAt(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      const [stat, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      ]);
      // The name in parentheses may hold spaces; the start time is the twentieth word after it.
      const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return `${boot.trim()} ${words[19]}`;
    }
    return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim() || null;
  } catch {
    return null;
  }
}
