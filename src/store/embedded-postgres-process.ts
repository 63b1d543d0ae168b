/**
 * The running server: what `postmaster.pid` says about it, and how one that an earlier Spor left
 * behind is ended. The file of a server that died may name a process that is somebody else's by
 * now; only a process that truly works in our cluster counts as our server.
 */
import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** An orderly end may take a checkpoint; after this long the server is told to drop everything. */
const ORDERLY_END_MS = 60_000;
const HARD_END_MS = 15_000;

export interface PidFile {
  readonly pid: number;
  /** Ready for connections. */
  readonly ready: boolean;
}

export async function readPidFile(cluster: string): Promise<PidFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : null;
}

/**
 * Ends the server an earlier Spor left behind, if there is one. Its watchdog will have begun
 * already; asking twice does no harm.
 */
export async function endLeftBehindServer(
  cluster: string,
): Promise<{ leftBehind: boolean; strangerPid: number | null }> {
  const found = await readPidFile(cluster);
  if (found === null || !isAlive(found.pid)) return { leftBehind: false, strangerPid: null };
  if (!(await worksIn(found.pid, cluster))) return { leftBehind: false, strangerPid: found.pid };
  await endServer(found.pid);
  return { leftBehind: true, strangerPid: null };
}

/** Fast shutdown, then an immediate one, then an error: never longer than it takes. */
export async function endServer(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await endsWithin(pid, ORDERLY_END_MS)) return;
  signal(pid, 'SIGQUIT');
  if (await endsWithin(pid, HARD_END_MS)) return;
  throw new StartError(
    `PostgreSQL (process ${pid}) is left from an earlier start and does not end: end it by hand.`,
  );
}

async function endsWithin(pid: number, patienceMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    if (!isAlive(pid)) return true;
    await pause(20);
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}

/** A PostgreSQL server's working directory is its cluster. */
async function worksIn(pid: number, cluster: string): Promise<boolean> {
  try {
    if (process.platform === 'linux') {
      return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(cluster));
    }
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.includes('postgres') && stdout.includes(cluster);
  } catch {
    return false;
  }
}
