/**
 * Under which user PostgreSQL runs. It refuses to run as root, so when Spor runs as root the server
 * runs as a user without rights: the owner of the data if there is any, else `spor` if the machine
 * has such a user, else `nobody`. That user must be able to reach its files, which is asked of the
 * system itself (a permission, an access list or a mount may say no) rather than reckoned.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The account for the server, or `null` when it runs as the user Spor runs as. */
export async function serverAccount(cluster: string): Promise<Account | null> {
  const owner = await stat(cluster).then(
    (found) => found.uid,
    () => null,
  );
  const self = process.getuid?.() ?? 0;
  if (self !== 0) {
    if (owner !== null && owner !== self) {
      throw new StartError(
        `The database in ${cluster} belongs to user ${await nameOf(owner)}: start Spor as that user or as root, or choose another folder with --data.`,
      );
    }
    return null;
  }
  const candidates = owner === null || owner === 0 ? ['spor', 'nobody'] : [String(owner)];
  for (const candidate of candidates) {
    const account = await lookUp(candidate);
    if (account !== null) return account;
  }
  throw new StartError(
    'PostgreSQL refuses to run as root, and this machine has no user "nobody" to run it as: start Spor as another user, or set DATABASE_URL.',
  );
}

/** What `spawn` needs to start a process as this account, in an environment without surprises. */
export function asAccount(account: Account | null) {
  return {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  };
}

export async function canEnter(folder: string, account: Account | null): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], asAccount(account)).then(
    () => true,
    () => false,
  );
}

async function lookUp(user: string): Promise<Account | null> {
  // uid=65534(nobody) gid=65534(nogroup) groups=…; a user without a name has no parentheses.
  const { stdout } = await run('id', [user]).catch(() => ({ stdout: '' }));
  const [, uid, name, gid] = /^uid=(\d+)(?:\(([^)]*)\))? gid=(\d+)/.exec(stdout) ?? [];
  return uid === undefined ? null : { name: name ?? user, uid: Number(uid), gid: Number(gid) };
}

async function nameOf(uid: number): Promise<string> {
  return (await lookUp(String(uid)))?.name ?? String(uid);
}
