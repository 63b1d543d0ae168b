/**
 * A disk that is really full: a small one in memory, with the service's data on it. PostgreSQL ends when it
 * can't write any more and does not begin again before there is room; Spor waits for that, says so, and goes
 * on by itself. Only who may mount a disk can try this: root, on a machine that lets it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client as DatabaseClient } from 'pg';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Client, createClient } from '../../src/client/client.ts';
import { type SandboxSystem, startSandboxSystem } from '../../src/sdk/testing/sandbox-system.ts';
import { serverAccount } from '../../src/store/embedded-postgres-account.ts';
import { readPassword, SUPERUSER } from '../../src/store/embedded-postgres-cluster.ts';
import { socketFolder } from '../../src/store/embedded-postgres-socket.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const MIB = 1024 * 1024;

const disk = await mkdtemp(join(tmpdir(), 'spor-small-disk-'));
const isMounted = mount();
const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await Promise.all((await readdir(disk)).map((name) => rm(join(disk, name), { recursive: true })));
});
afterAll(async () => {
  if (isMounted) execFileSync('umount', [disk]);
  await rm(disk, { recursive: true, force: true });
});

function mount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    const options = ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', disk];
    execFileSync('mount', options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** All that is free but so many bytes. */
async function fill(leaving: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  await writeFile(join(disk, 'filler'), new Uint8Array(bavail * bsize - leaving));
}

async function serve(data: string) {
  const args = [MAIN, 'serve', '--json', '--no-sample', '--port', '0', '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  const told: { told: string; text?: string; url?: string }[] = [];
  createInterface(child.stdout).on('line', (line) => told.push(JSON.parse(line)));
  const tells = (what: (one: (typeof told)[number]) => boolean) =>
    expect.poll(() => told.some(what), { timeout: 60_000 }).toBe(true);
  await tells((one) => one.told === 'up');
  return {
    client: createClient({ baseUrl: told.find((one) => one.told === 'up')!.url! }),
    tells: (what: RegExp) => tells(({ text }) => what.test(text ?? '')),
    log: async () => readFile(join(data, 'spor.log'), 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      return child.exitCode;
    },
  };
}

async function openBooks(client: Client, system: SandboxSystem) {
  const { id: companyId } = await client.createCompany({ body: { name: 'Fuld ApS' } });
  const params = { companyId };
  const { url: baseUrl, clientId, clientSecret } = system;
  await client.createConnection({
    params,
    body: {
      connector: 'sandbox',
      name: 'Sandkassen',
      settings: { baseUrl, clientId, clientSecret, arrivesWithinMs: 0 },
      rules: { defaultAccount: '5010', quietMs: 0, quietAtMostMs: 0, reconcileNightly: false },
    },
  });
  let number = 0;
  return {
    async add() {
      number += 1;
      const { bill } = await client.addBill({
        params,
        body: {
          number: `F-${number}`,
          supplier: { name: 'Kontorlageret Demo A/S' },
          issuedOn: '2026-11-02',
          dueOn: '2026-11-30',
          currency: 'DKK',
          lines: [{ description: 'Papir', net: '100.00', vat: '25.00', vatPercent: '25' }],
        },
      });
      return bill.id;
    },
    async states(billId: string) {
      const { items } = await client.listPostings({ params: { companyId, billId } });
      return items.map(({ state }) => state);
    },
  };
}

/** Writes ahead what fills the disk, and nothing of it to the database's files. */
async function writeAhead(data: string): Promise<void> {
  const cluster = await realpath(join(data, 'postgres/cluster'));
  const account = await serverAccount(cluster);
  const client = new DatabaseClient({
    host: await socketFolder(cluster, 5432, account),
    user: SUPERUSER,
    password: await readPassword(cluster),
    database: 'spor',
  });
  client.on('error', () => {});
  await client.connect();
  const megabytes = `select pg_logical_emit_message(true, 'filler', repeat('x', 9000000))`;
  try {
    for (let count = 0; count < 4; count += 1) await client.query(megabytes);
  } finally {
    await client.end().catch(() => {});
  }
}

test.skipIf(!isMounted).each([
  ['the files of the database', false],
  ['what PostgreSQL writes ahead, which ends it', true],
])(
  'When the disk has no more room for %s, Spor says so, waits, and goes on by itself',
  async (_, ends) => {
    await chmod(disk, 0o755);
    const data = join(disk, 'data');
    const system = await startSandboxSystem({ tokenLastsMs: 600_000 });
    const service = await serve(data);
    const { add, states } = await openBooks(service.client, system);
    const kept = [await add(), await add()];
    await fill(ends ? 10 * MIB : MIB / 2);
    if (ends) await expect(writeAhead(data)).rejects.toThrow();
    // Until there is no room: each is kept for good, or refused.
    let refusal: unknown = null;
    for (let count = 0; count < 2_000 && refusal === null; count += 1)
      await add().then(
        (id) => kept.push(id),
        (error: unknown) => (refusal = error),
      );
    expect(refusal).toMatchObject({ problem: { code: 'unavailable' } });
    if (ends) await service.tells(/No space left on device.*tries again/s);
    expect(await service.log()).toMatch(/No space left on device/);

    await rm(join(disk, 'filler'));
    if (ends) await service.tells(/runs again/);
    kept.push(await add());
    for (const id of kept)
      await expect.poll(() => states(id), { timeout: 60_000 }).toEqual(['in-step']);
    expect(system.books.counts().duplicates).toEqual([]);
    expect([...system.books.invoices.all()]).toHaveLength(kept.length);
    expect(await service.stop()).toBe(0);
    await system.close();
  },
  240_000,
);
