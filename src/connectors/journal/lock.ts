/**
 * One writer of a journal at a time, across processes: a lock file that names its holder and is taken
 * over when the holder is dead.
 *
 * The file appears complete (written beside, then hard-linked into place, which fails if it exists).
 * Taking over from a dead holder is itself done under a lock named after that holder's token, so that
 * of many who see the same dead holder one replaces it, and one who comes late finds another token.
 * A holder on another machine or in another container cannot be asked whether it lives; its lock is
 * taken over once it is {@link FOREIGN_LOCK_MAX_AGE_MS} old (a write takes milliseconds).
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import { errorCode, fileFailure } from './failures.ts';
import { lifeOf, ownIdentity } from './process-identity.ts';

const FOREIGN_LOCK_MAX_AGE_MS = 120_000;
const POLL_MS = 10;

const holderShape = z.object({
  token: z.string(),
  pid: z.number(),
  place: z.string(),
  started: z.string().nullable(),
});
type Holder = z.infer<typeof holderShape>;

export interface LockWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Within one process callers simply queue; only the first of them meets the file. */
const queues = new Map<string, Promise<void>>();

export async function withLock<T>(
  path: string,
  wait: LockWait,
  work: () => Promise<T>,
): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve();
  const { promise: mine, resolve: done } = Promise.withResolvers<void>();
  const tail = before.then(() => mine);
  queues.set(path, tail);
  try {
    await before;
    const token = await acquire(path, wait);
    try {
      return await work();
    } finally {
      await release(path, token);
    }
  } finally {
    done();
    if (queues.get(path) === tail) queues.delete(path);
  }
}

async function acquire(path: string, wait: LockWait): Promise<string> {
  // Tokens must differ between processes, whatever chance they were started with.
  const token = randomUUID();
  const mine = `${path}.${token}.tmp`;
  try {
    await writeFile(mine, JSON.stringify({ token, ...(await ownIdentity()) }), { flag: 'wx' });
    const givesUpAt = performance.now() + wait.timeoutMs;
    while (!(await linked(mine, path))) {
      const holder = await holderOf(path);
      if (holder !== null && (await isAbandoned(path, holder, mine))) {
        if (await replaced(path, holder, mine, wait)) return token;
        continue;
      }
      if (wait.signal.aborted) throw new SyncFailure('interrupted', { subject: path });
      // One that was just given back is tried for once more.
      if (holder !== null && performance.now() > givesUpAt)
        throw new SyncFailure('target-busy', {
          subject: path,
          originalMessage: `the journal is locked by process ${holder.pid}`,
        });
      await sleep(POLL_MS);
    }
    return token;
  } catch (error) {
    throw fileFailure(error, path);
  } finally {
    await unlink(mine).catch(() => {});
  }
}

async function release(path: string, token: string): Promise<void> {
  if ((await holderOf(path).catch(() => null))?.token === token) await unlink(path).catch(() => {});
}

async function linked(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** True when this call put `mine` in the dead holder's place. */
async function replaced(
  path: string,
  dead: Holder,
  mine: string,
  wait: LockWait,
): Promise<boolean> {
  const guard = `${path}.${dead.token}`;
  const guardToken = await acquire(guard, wait);
  try {
    if ((await holderOf(path))?.token !== dead.token) return false;
    await rename(mine, path);
    return true;
  } finally {
    await release(guard, guardToken);
  }
}

async function isAbandoned(path: string, holder: Holder, mine: string): Promise<boolean> {
  const life = await lifeOf(holder);
  if (life !== 'elsewhere') return life === 'dead';
  try {
    // Both times are the file system's own.
    return (await stat(mine)).mtimeMs - (await stat(path)).mtimeMs > FOREIGN_LOCK_MAX_AGE_MS;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Null when the lock was just given back. */
async function holderOf(path: string): Promise<Holder | null> {
  try {
    return holderShape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    if (errorCode(error) !== null) throw error;
    // Not one of ours: treated as a stranger's lock, taken over when it is old.
    return { token: '', pid: 0, place: 'unknown', started: null };
  }
}
