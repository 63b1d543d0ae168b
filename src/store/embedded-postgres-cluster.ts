/**
 * The files of the database ("cluster" is PostgreSQL's word): made once, complete or not at all.
 * They are made beside their final place and moved there at the end, so a machine that loses power
 * halfway starts afresh instead of finding half a database.
 *
 * When Spor runs as root in a folder the server's user can't enter, the files live in
 * `/var/lib/spor` and `cluster` is a symbolic link to them.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, asAccount, canEnter } from './embedded-postgres-account.ts';
import type { Binaries } from './embedded-postgres-binaries.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** The database's owner inside PostgreSQL. */
export const SUPERUSER = 'spor';
const PASSWORD_FILE = 'spor.password';

/** Whether the cluster is there; refuses one that this PostgreSQL can't run. */
export async function clusterExists(cluster: string, binaries: Binaries): Promise<boolean> {
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version !== null) {
    const [theirs, ours] = [version.trim(), binaries.version.split('.')[0]];
    if (theirs === ours) return true;
    throw new StartError(
      `The database in ${cluster} was made by PostgreSQL ${theirs} and this Spor brings PostgreSQL ${ours}: start the earlier version of Spor, or move the data with pg_dump.`,
    );
  }
  const remains = await lstat(cluster).catch(() => null);
  if (remains === null) return false;
  throw new StartError(
    `${cluster} is there but holds no database: put it back from a backup, or remove it to begin with an empty one.`,
  );
}

export async function readPassword(cluster: string): Promise<string> {
  return (await readFile(join(cluster, PASSWORD_FILE), 'utf8')).trim();
}

export async function createCluster(
  cluster: string,
  account: Account | null,
  binaries: Binaries,
  sharedFolder: string,
): Promise<void> {
  const arriving = `${cluster}.new`;
  await rm(arriving, { recursive: true, force: true });
  if (await canEnter(dirname(cluster), account)) {
    await initialise(arriving, account, binaries);
    await rename(arriving, cluster);
  } else {
    const elsewhere = join(sharedFolder, `cluster-${randomBytes(6).toString('hex')}`);
    await openSharedFolder(sharedFolder, account, cluster);
    await initialise(elsewhere, account, binaries);
    await symlink(elsewhere, cluster);
  }
  await syncToDisk(dirname(cluster));
}

async function openSharedFolder(
  sharedFolder: string,
  account: Account | null,
  cluster: string,
): Promise<void> {
  await mkdir(sharedFolder, { recursive: true })
    .then(() => chmod(sharedFolder, 0o755))
    .catch(() => undefined);
  if (!(await canEnter(sharedFolder, account))) {
    throw new StartError(
      `PostgreSQL refuses to run as root, and user ${account?.name} can enter neither ${dirname(cluster)} nor ${sharedFolder}: choose another folder with --data, or start Spor as another user.`,
    );
  }
}

async function initialise(
  folder: string,
  account: Account | null,
  binaries: Binaries,
): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const passwordFile = `${folder}.password`;
  try {
    await mkdir(folder, { mode: 0o700 });
    if (account) await chown(folder, account.uid, account.gid);
    await writeSecret(passwordFile, password, account);
    await run(
      binaries.initdb,
      [
        ['--pgdata', folder],
        ['--username', SUPERUSER],
        ['--pwfile', passwordFile],
        // A password always, from wherever it is asked: over the socket as over the network.
        ['--auth', 'scram-sha-256'],
        // Text is sorted by code point on every machine alike; a page sorts for its reader.
        ['--encoding', 'UTF8', '--locale', 'C'],
        ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
        ['--no-instructions'],
      ].flat(),
      asAccount(account),
    );
    await writeSecret(join(folder, PASSWORD_FILE), password, account);
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    const { stderr, message } = cause as { stderr?: string; message: string };
    const reason = /error: (.*)/.exec(stderr ?? '')?.[1] ?? message;
    throw new StartError(`A new database can't be made in ${folder}: ${reason}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function writeSecret(path: string, secret: string, account: Account | null): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${secret}\n`);
    if (account) await file.chown(account.uid, account.gid);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncToDisk(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
