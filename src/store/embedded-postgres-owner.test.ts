/** Who owns a data folder: real processes that want it at once, and are killed. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { alreadyUsed, claimFolder } from './embedded-postgres-owner.ts';

/** Many processes, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const CLAIMER = fileURLToPath(new URL('../../test/support/folder-claimer.ts', import.meta.url));

let folder: string;
let file: string;
const started: { end(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'owner-'));
  file = join(folder, 'owner.json');
});
afterEach(async () => {
  for (const each of started.splice(0)) await each.end();
  rmSync(folder, { recursive: true });
});

function startClaimer(under: readonly string[] = []) {
  const [command, ...words] = [...under, process.execPath, CLAIMER, folder];
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const claimer = {
    pid: child.pid!,
    async tell(what: 'take' | 'give back'): Promise<string> {
      child.stdin.write(`${what}\n`);
      const { value } = await answers.next();
      return String(value);
    },
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  started.push(claimer);
  return claimer;
}

/** What a process that is dead by now wrote, differently each time; as written before there were tokens. */
function deadOwner(round = 0): string {
  return JSON.stringify({ pid: process.pid, began: `an earlier boot ${round}` }) + '\n';
}

const ownerPid = () => (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid;
const refusedBy = (pid: number) => alreadyUsed(folder, pid).message;

/** Begins to claim, and is held with the dead owner's file open; the function lets it read. */
async function heldAsItReads(claimer: ReturnType<typeof startClaimer>) {
  execFileSync('mkfifo', [file]);
  const answer = claimer.tell('take');
  const pipe = await open(file, 'w');
  const goOn = async () => {
    await pipe.write(deadOwner());
    await pipe.close();
  };
  return { answer, goOn };
}

/** Who has the old file open keeps that one. */
function putInPlace(text: string): void {
  writeFileSync(`${file}-new`, text);
  renameSync(`${file}-new`, file);
}

test('Of many processes that find a dead owner at once, exactly one takes the folder', async () => {
  const claimers = Array.from({ length: 6 }, () => startClaimer());
  const pids = claimers.map(({ pid }) => pid);
  for (let round = 1; round <= 80; round += 1) {
    // A file that is not whole, as the loss of power may leave it, has a dead owner too.
    writeFileSync(file, round % 10 === 0 ? '' : deadOwner(round));
    const answers = await Promise.all(claimers.map((claimer) => claimer.tell('take')));
    const takers = claimers.filter((_, index) => answers[index] === 'taken');
    expect(takers.map(({ pid }) => pid)).toEqual([ownerPid()]);
    const refusals = answers.filter((answer) => answer !== 'taken');
    expect(pids.map(refusedBy)).toEqual(expect.arrayContaining(refusals));
    expect(await takers[0]!.tell('give back')).toBe('given back');
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('Of many calls in one process, too', async () => {
  for (let round = 1; round <= 50; round += 1) {
    writeFileSync(file, deadOwner(round));
    const calls = await Promise.allSettled(Array.from({ length: 8 }, () => claimFolder(folder)));
    const taken = calls.filter((call) => call.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    expect(ownerPid()).toBe(process.pid);
    await taken[0]!.value();
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('Who read the dead owner’s file before another took over leaves the new owner’s alone', async () => {
  const { answer, goOn } = await heldAsItReads(startClaimer());
  rmSync(file);
  const giveBack = await claimFolder(folder);
  const owner = readFileSync(file, 'utf8');
  await goOn();
  expect(await answer).toBe(refusedBy(process.pid));
  expect(readFileSync(file, 'utf8')).toBe(owner);
  await giveBack();
  expect(readdirSync(folder)).toEqual([]);
});

test('Who dies while it takes over is waited for by nobody, and is followed', async () => {
  const claimer = startClaimer();
  const { goOn } = await heldAsItReads(claimer);
  await goOn();
  // It alone may take over now; it looks a second time, and is held there.
  await expect.poll(() => readdirSync(folder).length, { timeout: 10_000 }).toBe(3);
  const pipe = await open(file, 'w');
  putInPlace(deadOwner());
  await expect(claimFolder(folder)).rejects.toThrow(refusedBy(claimer.pid));
  await claimer.end();
  await pipe.close();

  const calls = await Promise.allSettled(Array.from({ length: 8 }, () => claimFolder(folder)));
  expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(ownerPid()).toBe(process.pid);
});

test('What is given back is one’s own: another’s file stays', async () => {
  const giveBack = await claimFolder(folder);
  putInPlace(deadOwner());
  await giveBack();
  expect(readFileSync(file, 'utf8')).toBe(deadOwner());
  const again = await claimFolder(folder);
  await giveBack();
  expect(ownerPid()).toBe(process.pid);
  await again();
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'An owner that was killed is dead, also while its parent has not asked how it ended',
  async () => {
    // The shell becomes a program that never asks after the child it has.
    const script = 'exec 3<&0; "$@" <&3 & exec sleep 600';
    expect(await startClaimer(['sh', '-c', script, 'sh']).tell('take')).toBe('taken');
    const owner = ownerPid();
    process.kill(owner, 'SIGKILL');
    // Its threads take a moment to end.
    const giveBack = await vi.waitFor(() => claimFolder(folder), { timeout: 10_000 });
    expect(ownerPid()).toBe(process.pid);
    expect(readFileSync(`/proc/${owner}/stat`, 'utf8')).toMatch(/\) Z /);
    await giveBack();
  },
);
