/**
 * The folder of the server's socket. It is the cluster itself, which only the server's user (and
 * root) can enter. A socket's path may not exceed 107 bytes (103 on macOS); where the cluster lies
 * too deep, a folder with the same rights in the temporary directory takes its place.
 */
import { createHash } from 'node:crypto';
import { chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './embedded-postgres-account.ts';
import { StartError } from './start-error.ts';

const LONGEST_PATH_BYTES = 103;

export async function socketFolder(
  cluster: string,
  port: number,
  account: Account | null,
): Promise<string> {
  if (Buffer.byteLength(`${cluster}/.s.PGSQL.${port}.lock`) <= LONGEST_PATH_BYTES) return cluster;
  const uid = account?.uid ?? process.getuid?.() ?? 0;
  const place = createHash('sha256').update(cluster).digest('hex').slice(0, 12);
  const folder = join('/tmp', `spor-${uid}-${place}`);
  const isNew = await mkdir(folder, { mode: 0o700 }).then(
    () => true,
    () => false,
  );
  if (isNew && account) await chown(folder, account.uid, account.gid);
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new StartError(
      `The path ${cluster} is too long for a socket, and ${folder} can't be used in its place: choose a shorter folder with --data.`,
    );
  }
  return folder;
}
