/**
 * Writes a file so that a crash leaves the old one or the new one, never half of either: a temporary
 * file beside it, fsync, rename, fsync of the folder. Only under the journal's lock.
 */
import { open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SyncFailure } from '../../core/failure.ts';
import { errorCode, fileFailure } from './failures.ts';

const TEMPORARY = /^\.spor-write-.*\.tmp$/;

/** Throws a failure that is `uncertain` only when the new file may already be in place. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const target = await followLink(path);
  const folder = dirname(target);
  const temporary = join(folder, `.spor-write-${process.pid}-${basename(target)}.tmp`);
  try {
    const mode = await modeOf(target);
    const file = await open(temporary, 'w', mode ?? 0o644);
    try {
      if (mode !== null) await file.chmod(mode);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw fileFailure(error, target);
  }
  await syncFolder(folder).catch((error: unknown) => {
    throw fileFailure(error, folder, true);
  });
}

/** Removes what a killed writer left; only under the lock, where nobody else is writing. */
export async function clearTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (TEMPORARY.test(name)) await unlink(join(folder, name)).catch(() => {});
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems (network, FUSE) refuse fsync of a folder; the rename itself is still atomic.
    if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/** A person may keep the journal elsewhere behind a symbolic link; the link stays. */
async function followLink(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return path;
    throw fileFailure(error, path);
  }
}

async function modeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    if (!found.isFile())
      throw new SyncFailure('settings-wrong', { subject: path, originalMessage: 'is not a file' });
    return found.mode & 0o777;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
