/**
 * Which process holds a lock, and whether it still lives.
 *
 * A process id alone is not enough: ids are used again, and mean nothing in another container or on
 * another machine. So the identity also has the kernel's boot id, the pid namespace and the process's
 * start time (Linux, proc(5)); where /proc is missing only the process id is compared.
 */
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errorCode } from './failures.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Where the process id means something. */
  readonly place: string;
  /** Clock ticks since boot at which the process started; null when unknown. */
  readonly started: string | null;
}

export type Life = 'alive' | 'dead' | 'elsewhere';

let own: Promise<ProcessIdentity> | undefined;

export function ownIdentity(): Promise<ProcessIdentity> {
  own ??= identify();
  return own;
}

export async function lifeOf(holder: ProcessIdentity): Promise<Life> {
  const me = await ownIdentity();
  if (holder.place !== me.place) return 'elsewhere';
  if (!processExists(holder.pid)) return 'dead';
  const now = await startOf(holder.pid);
  if (now === GONE) return 'dead';
  return holder.started !== null && now !== null && now !== holder.started ? 'dead' : 'alive';
}

async function identify(): Promise<ProcessIdentity> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => hostname());
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  const started = await startOf(process.pid);
  return {
    pid: process.pid,
    place: `${boot.trim()} ${namespace}`.trim(),
    started: started === GONE ? null : started,
  };
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Ended, but its parent has not yet asked how. */
const GONE = 'gone';

/** Start time from `/proc/<pid>/stat`: state is field 3, start time field 22; the name before may hold anything. */
async function startOf(pid: number): Promise<string | null> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // With a thread that has not ended it may still be finishing a write (as in `embedded-postgres-owner.ts`).
  if (fields[0] === 'X' || (fields[0] === 'Z' && fields[17] === '1')) return GONE;
  return fields[19] ?? null;
}
