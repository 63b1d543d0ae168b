/** Starts the server under its watchdog, and waits until it takes connections or says why not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account, asAccount } from './embedded-postgres-account.ts';
import { endServer, readPidFile } from './embedded-postgres-process.ts';
import { WATCHDOG_SCRIPT } from './postgres-watchdog.ts';

export interface RunningServer {
  readonly pid: number;
  /** Ends the server in good order; may be called again. */
  end(): Promise<void>;
  /** Resolves when the server is gone, for whatever reason. */
  readonly gone: Promise<void>;
}

export interface LaunchOptions {
  readonly postgres: string;
  readonly cluster: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly account: Account | null;
  readonly serverLog: string;
  /** A process that a stale `postmaster.pid` names but that is not PostgreSQL. */
  readonly strangerPid: number | null;
  /** Told every few seconds while the server is still reading itself back after a crash. */
  readonly onStillStarting: (seconds: number) => void;
}

/** The server ended before it took connections; the message is its own last word. */
export class LaunchFailure extends Error {
  override readonly name = 'LaunchFailure';
}

const LOG_TURNS_AT_BYTES = 10_000_000;
const STILL_STARTING_EVERY_MS = 5_000;

export async function launch(options: LaunchOptions): Promise<RunningServer> {
  const log = await openLog(options.serverLog, options.account);
  try {
    const from = (await log.stat()).size;
    const watchdog = spawn(
      '/bin/sh',
      ['-c', WATCHDOG_SCRIPT, 'spor-postgres', ...command(options)],
      {
        ...environment(options),
        detached: true,
        stdio: ['pipe', 'pipe', log.fd],
      },
    );
    const gone = once(watchdog, 'exit').then(() => undefined);
    // The pipe breaks when the server ends first; that is told by `gone`.
    watchdog.stdin?.on('error', () => undefined);
    const pid = await Promise.race([firstNumber(watchdog), gone.then(() => null)]);
    if (pid === null || !(await becomesReady(options, pid, gone))) {
      watchdog.stdin?.end();
      throw new LaunchFailure(await lastWord(options.serverLog, from));
    }
    const end = async () => {
      watchdog.stdin?.end();
      await endServer(pid);
      await gone;
    };
    return { pid, end, gone };
  } finally {
    await log.close();
  }
}

function command({ postgres, cluster, settings }: LaunchOptions): string[] {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [postgres, '-D', cluster, ...flags];
}

function environment({ account, strangerPid }: LaunchOptions) {
  const base = asAccount(account);
  if (strangerPid === null) return base;
  // PostgreSQL's own way to be told that a process it finds named in postmaster.pid is no server.
  return { ...base, env: { ...base.env, PG_GRANDPARENT_PID: String(strangerPid) } };
}

async function openLog(path: string, account: Account | null) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_TURNS_AT_BYTES) await rename(path, `${path}.1`);
  const log = await open(path, 'a', 0o600);
  // The data's owner must be able to write it when starting Spor without root another time.
  if (account) await log.chown(account.uid, account.gid);
  return log;
}

async function firstNumber(watchdog: ChildProcess): Promise<number | null> {
  let text = '';
  for await (const chunk of watchdog.stdout ?? []) text += String(chunk);
  return Number(text) || null;
}

async function becomesReady(
  { cluster, onStillStarting }: LaunchOptions,
  pid: number,
  gone: Promise<void>,
): Promise<boolean> {
  const startedAt = performance.now();
  let nextWordAt = startedAt + STILL_STARTING_EVERY_MS;
  for (;;) {
    const file = await readPidFile(cluster);
    if (file?.pid === pid && file.ready) return true;
    if (performance.now() > nextWordAt) {
      onStillStarting(Math.round((performance.now() - startedAt) / 1000));
      nextWordAt += STILL_STARTING_EVERY_MS;
    }
    const ended = await Promise.race([gone.then(() => true), pause(10).then(() => false)]);
    if (ended) return false;
  }
}

async function lastWord(path: string, from: number): Promise<string> {
  const text = (await readFile(path)).subarray(from).toString('utf8').trim();
  return whyItEnded(text) ?? text.split('\n').at(-1) ?? 'it gave no reason';
}

/** Of what a server wrote that did not come up. Whoever came to its door meanwhile was turned away: that is no reason. */
export function whyItEnded(log: string): string | null {
  const fatal = [...log.matchAll(/(?:FATAL|PANIC): {2}(.*)/g)].map(([, said]) => said!);
  return fatal.find((said) => !said.startsWith('the database system is ')) ?? null;
}
