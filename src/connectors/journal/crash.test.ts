import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { withLock } from './lock.ts';
import { ownIdentity } from './process-identity.ts';
import { failureOf, hledger, invoice, options, testJournal } from './test-journal.ts';

/** Real disks and real programs, on a machine that may be busy. */
vi.setConfig({ testTimeout: 180_000 });

const WRITER = fileURLToPath(new URL('test-writer.ts', import.meta.url));

function start(folder: string, prefix: string, count: number) {
  const child = spawn(process.execPath, [WRITER, folder, prefix, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  child.stdout.on('data', (bytes: Buffer) => said.push(bytes.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { child, ended, said: () => said.join('').split('\n').slice(0, -1) };
}

describe('a writer', () => {
  it('killed at any moment leaves the journal whole: each posting once, none lost that was said to be written', async () => {
    using there = testJournal();
    const written = new Map<string, string>();
    for (let round = 0; round < 6; round++) {
      const writer = start(there.folder, 'r', 100_000);
      while (writer.said().length === 0) await sleep(5);
      await sleep((round * 67) % 150);
      writer.child.kill('SIGKILL');
      await writer.ended;
      for (const line of writer.said()) written.set(line.split(' ')[0]!, line.split(' ')[1]!);
      hledger(there.main, 'check', '--strict', 'ordereddates');
      const references = hledger(there.main, 'tags', '--values', '^spor$').split('\n');
      for (const reference of written.keys()) expect(references).toContain(reference);
      const count = hledger(there.main, 'print').match(/; spor: /g)?.length ?? 0;
      expect(count).toBe(new Set(references.filter((each) => each.startsWith('r-'))).size);
    }
    // The next writer takes over the lock and clears what the dead ones left.
    const after = there.open();
    const found = await after.find(createRecordingCall(), invoice({ reference: 'r-0' }));
    await after.update(createRecordingCall(), found!, invoice({ reference: 'r-0' }), options);
    const folder = found!.link!.split(':')[0]!.replace(/\/[^/]*$/, '');
    expect(readdirSync(join(there.folder, folder)).filter((name) => name.endsWith('.tmp'))).toEqual(
      [],
    );
    expect(existsSync(join(there.folder, '.spor.lock'))).toBe(false);
  });

  it('killed while it begins the journal is no hindrance to the next one', async () => {
    for (let round = 0; round < 6; round++) {
      using there = testJournal();
      const writer = start(there.folder, 'r', 100_000);
      while (!existsSync(there.folder)) await sleep(1);
      await sleep(round * 4);
      writer.child.kill('SIGKILL');
      await writer.ended;
      const next = there.open();
      expect(await next.find(createRecordingCall(), invoice({ reference: 'efter' }))).toBeNull();
      await next.create(createRecordingCall(), invoice({ reference: 'efter' }), options);
      hledger(there.main, 'check', '--strict', 'ordereddates');
      expect(existsSync(`${there.folder}/../.firma.spor`)).toBe(true);
    }
  });

  it('of three at the same time writes all of its own, each once', async () => {
    using there = testJournal();
    const writers = ['a', 'b', 'c'].map((prefix) => start(there.folder, prefix, 15));
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0, 0]);
    hledger(there.main, 'check', '--strict', 'ordereddates');
    expect(hledger(there.main, 'print').match(/; spor: /g)).toHaveLength(45);
  });
});

describe('the lock', () => {
  const wait = { timeoutMs: 150, signal: new AbortController().signal };
  const inFolder = (folder: string) => {
    mkdirSync(folder);
    return join(folder, '.spor.lock');
  };

  it('is waited for while its holder lives, and then the journal is busy', async () => {
    using there = testJournal();
    const lock = inFolder(there.folder);
    writeFileSync(lock, JSON.stringify({ token: 't', ...(await ownIdentity()) }));
    expect(await failureOf(withLock(lock, wait, async () => 1))).toBe('target-busy');
  });

  it('is taken over from a dead process, also when its process id lives on in another', async () => {
    using there = testJournal();
    const lock = inFolder(there.folder);
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => gone.on('exit', resolve));
    const me = await ownIdentity();
    for (const holder of [
      { ...me, pid: gone.pid! },
      { ...me, started: '1' },
    ]) {
      writeFileSync(lock, JSON.stringify({ token: 't', ...holder }));
      expect(await withLock(lock, wait, async () => 1)).toBe(1);
    }
    expect(readdirSync(there.folder)).toEqual([]);
  });

  it('of another machine is left alone until it is old', async () => {
    using there = testJournal();
    const lock = inFolder(there.folder);
    writeFileSync(
      lock,
      JSON.stringify({ token: 't', pid: 1, place: 'another machine', started: null }),
    );
    expect(await failureOf(withLock(lock, wait, async () => 1))).toBe('target-busy');
    const longAgo = new Date(Date.now() - 600_000);
    utimesSync(lock, longAgo, longAgo);
    expect(await withLock(lock, wait, async () => 1)).toBe(1);
  });

  it('lets one in at a time', async () => {
    using there = testJournal();
    const lock = inFolder(there.folder);
    let inside = 0;
    const patient = { ...wait, timeoutMs: 10_000 };
    await Promise.all(
      Array.from({ length: 20 }, () =>
        withLock(lock, patient, async () => {
          expect(++inside).toBe(1);
          await sleep(1);
          inside--;
        }),
      ),
    );
  });
});
