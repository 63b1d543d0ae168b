/**
 * Which process uses a data folder: a small file with its process id. A process id alone proves
 * little, since ids are used again (in a container nearly always), so it is kept with the moment
 * the process began. PostgreSQL's own lock stays the last word; this one lets us say it clearly.
 *
 * What must stay true: of all who want a folder one gets it, and no file is removed but by the
 * process it names, or when that process is dead. A dead one's file is removed only by who holds a
 * second such file, named after what the dead one's says. No two say the same, so who still has a
 * dead owner in mind when the folder has changed hands gets the second file, looks again, and
 * leaves the new owner's alone. Who dies holding a second file is followed there in the same way.
 */
import { createHash, randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

interface Claim {
  readonly folder: string;
  /** What the file says; another says something else. */
  readonly text: string;
  /** A file that says so, to be linked into place. */
  readonly written: string;
}

/**
 * Takes the folder for this process; the function it returns gives it back, and does nothing when
 * called again. Waits for nobody: a StartError when a living process has the folder, or is just
 * taking it over from a dead one. Errors of the file system are thrown as they are. A process that
 * is killed in here may leave a small file of its own beside, which means nothing to anybody.
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'owner.json');
  const { pid } = process;
  // Tokens must differ between processes, whatever chance they were started with.
  const token = randomUUID();
  const text = JSON.stringify({ pid, began: await beganAt(pid), token }) + '\n';
  const claim = { folder, text, written: `${file}.${token}` };
  try {
    await writeFile(claim.written, text, { flag: 'wx' });
    await take(file, claim);
  } finally {
    await rm(claim.written, { force: true });
  }
  return () => giveBack(file, claim);
}

export function alreadyUsed(folder: string, pid?: number): StartError {
  return new StartError(
    `The data in ${folder} is already in use by another Spor${pid === undefined ? '' : ` (process ${pid})`}: stop that one first, or choose another folder with --data.`,
  );
}

async function take(file: string, claim: Claim): Promise<void> {
  while (!(await linked(claim.written, file))) {
    const there = await textOf(file);
    // Given back meanwhile.
    if (there === null) continue;
    await refuseLivingOwner(claim.folder, there);
    await removeDead(file, there, claim);
  }
}

/** Removes a dead process's file, unless it has changed hands. */
async function removeDead(file: string, dead: string, claim: Claim): Promise<void> {
  const name = createHash('sha256').update(dead).digest('hex').slice(0, 32);
  const takeover = join(claim.folder, `owner.json.${name}`);
  await take(takeover, claim);
  try {
    if ((await textOf(file)) === dead) await rm(file);
  } finally {
    await giveBack(takeover, claim);
  }
}

async function giveBack(file: string, claim: Claim): Promise<void> {
  if ((await textOf(file)) === claim.text) await rm(file);
}

/** A link appears whole or not at all; false when another file is there. */
async function linked(written: string, file: string): Promise<boolean> {
  try {
    await link(written, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Null when there is no such file. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function refuseLivingOwner(folder: string, text: string): Promise<void> {
  const owner = ownerIn(text);
  if (owner?.pid === undefined) return;
  const began = await beganAt(owner.pid);
  if (began !== null && began === owner.began) throw alreadyUsed(folder, owner.pid);
}

/** Null when it is not whole, as the loss of power may leave it. */
function ownerIn(text: string): { pid?: number; began?: string } | null {
  try {
    return JSON.parse(text) as { pid?: number; began?: string } | null;
  } catch {
    return null;
  }
}

/** What says that there is no such process, or that it is none of this user's; 1 is said by `ps`. */
const NOT_OURS: readonly unknown[] = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 1];

/**
 * When a process began, in words that differ for any two processes with the same id. Null when
 * there is none; an error when that can't be told, since a living one must not pass for dead.
 */
async function beganAt(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      const [stat, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      ]);
      // The name in parentheses may hold spaces; the start time is the twentieth word after it.
      const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Ended, and its parent has not asked how: dead, once the last of its threads has ended too.
      if (words[0] === 'Z' && words[17] === '1') return null;
      return `${boot.trim()} ${words[19]}`;
    }
    return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim() || null;
  } catch (error) {
    if (NOT_OURS.includes(codeOf(error))) return null;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
