/**
 * What only root can show: the server runs as another user, who must reach its files. Skipped for
 * other users, where the rest of the tests say all there is to say.
 */
import { chmod, chown, cp, lstat, mkdir, readlink, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  account,
  eachInItsOwnFolder,
  folder,
  isRoot,
  notes,
  othersCanRunUs,
  start,
  startService,
  started,
  write,
} from '../../test/support/embedded-server.ts';
import { asAccount } from './embedded-postgres-account.ts';
import { findBinaries } from './embedded-postgres-binaries.ts';

eachInItsOwnFolder();

describe.runIf(isRoot)('As root', () => {
  test("data in a folder that others can't enter is kept where the server's user can", async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const first = await start(join(closed, 'data'));
    await write(first.url, 'kept');
    await first.stop();
    expect(await readlink(join(closed, 'data/cluster'))).toMatch(/\/shared\/cluster-[0-9a-f]{12}$/);
    expect(await notes((await start(join(closed, 'data'))).url)).toEqual(['kept']);
  });

  test("programs in a folder that others can't enter are copied once, links and all", async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { postgres } = await findBinaries(null);
    // As npm unpacks the package where install scripts are not allowed: without its links.
    await cp(join(dirname(postgres), '../..'), closed, {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
    await chmod(closed, 0o700);
    const shared = join(folder, 'shared');
    const copied = await findBinaries(account, shared, closed);
    expect(copied.postgres.startsWith(shared)).toBe(true);
    const { mtimeMs } = await stat(copied.postgres);
    expect(await findBinaries(account, shared, closed)).toEqual(copied);
    expect((await stat(copied.postgres)).mtimeMs).toBe(mtimeMs);
  });

  test.runIf(othersCanRunUs)(
    "another user's service keeps its own data, which root may start too and a third may not",
    async () => {
      if (account === null) throw new Error('root has an account for the server');
      await chown(folder, account.uid, account.gid);
      const service = await startService(folder, asAccount(account));
      expect(service.uid).toBe(account.uid);
      await write(service.url, 'kept');
      await started.pop()?.stop();

      const asRoot = await start();
      expect(await notes(asRoot.url)).toEqual(['kept']);
      await asRoot.stop();
      expect(await notes((await startService(folder, asAccount(account))).url)).toEqual(['kept']);
      await started.pop()?.stop();

      const third = { ...asAccount(account), uid: 1, gid: 1 };
      await chmod(folder, 0o777);
      expect((await startService(folder, third)).refused).toMatch(
        /^The database in .* belongs to user \w+: start Spor as that user or as root/,
      );
      await chmod(folder, 0o755);
      expect((await startService(folder, third)).refused).toMatch(
        /^The folder .* can't be written by user \w+: choose another with --data\.$/,
      );
    },
  );
});
