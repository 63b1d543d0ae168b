/**
 * Services and workers on one database, each killed (`SIGKILL`) at random moments and replaced at
 * once: some in the middle of starting, most in the middle of their work.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { bundleAll, NODE } from './crash-bundle.ts';

export interface Fleet {
  /** Addresses of the services that are up. */
  urls(): string[];
  readonly kills: number;
  /** Of them: services, which were just taking changes. */
  readonly killsOfServices: number;
  readonly killsWhileStarting: number;
  /** Messages logged as errors, and how often. */
  readonly errors: ReadonlyMap<string, number>;
  /** Those that ended in the middle of their work without having been killed, with their last words. */
  readonly deaths: readonly string[];
  /** Those that gave up while starting: once more is all they need when the database was just away. */
  readonly failedStarts: readonly string[];
  /** Kills one at random, soon; resolves when it is dead and its replacement begun. */
  killOne(): Promise<void>;
  /** Kills one of this kind that is up, now; false when none is. */
  kill(role: Role): Promise<boolean>;
  /** Stops a worker that is up (`SIGSTOP`), and lets it go on after so long; false when none is. */
  suspend(ms: number): Promise<boolean>;
  stop(): Promise<void>;
}

export type Role = 'service' | 'worker';

/** A file that is a process of its own, from the root, and what it is told after the data folder. */
export interface Entry {
  readonly file: string;
  readonly args: readonly string[];
}

export interface FleetOptions {
  readonly services: number;
  readonly workers: number;
  /** Instead of those of the crash test. */
  readonly entries?: Readonly<Record<Role, Entry>>;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly random: () => number;
  /** A number that grows as they work: kills follow the work, not the clock. */
  work(): number;
}

interface Member {
  readonly role: Role;
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
  isUp: boolean;
  isDoomed: boolean;
  isStopped: boolean;
  url: string | null;
  readonly words: string[];
}

const ENTRIES: Readonly<Record<Role, Entry>> = {
  service: { file: 'test/support/crash-service.ts', args: [] },
  worker: { file: 'test/support/crash-worker.ts', args: [] },
};

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { random } = options;
  const data = join(options.folder, 'data');
  await mkdir(data, { recursive: true });
  const entries = options.entries ?? ENTRIES;
  const bundle = await bundleAll([entries.service.file, entries.worker.file]);
  const members: Member[] = [];
  const errors = new Map<string, number>();
  const deaths: string[] = [];
  const failedStarts: string[] = [];
  const killed = { all: 0, services: 0, starting: 0 };

  const begin = (role: Member['role']): Member => {
    const { file, args } = entries[role];
    const own = ['--max-semi-space-size=32', bundle.fileOf(file), data, ...args];
    const child = spawn(NODE, own, {
      env: {
        ...process.env,
        DATABASE_URL: options.databaseUrl,
        NODE_COMPILE_CACHE: join(options.folder, 'compiled'),
      },
      // Ctrl-C reaches us alone, who stop them in order; and they end when we are gone, whatever way.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
    const { promise: exited, resolve: hasExited } = Promise.withResolvers<void>();
    const member: Member = {
      role,
      process: child,
      ready,
      exited,
      isUp: false,
      isDoomed: false,
      isStopped: false,
      url: null,
      words: [],
    };
    members.push(member);
    createInterface({ input: child.stdout! }).once('line', (line) => {
      member.url = (JSON.parse(line) as { url: string | null }).url;
      member.isUp = true;
      isReady();
    });
    createInterface({ input: child.stderr! }).on('line', (line) => {
      member.words.push(line);
      const what = messageIn(line);
      if (what !== null) errors.set(what, (errors.get(what) ?? 0) + 1);
    });
    child.once('exit', (code, signal) => {
      members.splice(members.indexOf(member), 1);
      if (!member.isDoomed) {
        const list = member.isUp ? deaths : failedStarts;
        list.push(`${role} ${signal ?? code}: ${member.words.slice(-8).join('\n')}`);
        begin(role);
      }
      isReady();
      hasExited();
    });
    return member;
  };

  // The first one makes the key that all share.
  await begin('service').ready;
  for (let more = 1; more < options.services; more++) begin('service');
  for (let more = 0; more < options.workers; more++) begin('worker');

  /** Waits for some work to be done, or, now and then, hardly at all. */
  const waitForWork = async (early: boolean) => {
    const until = options.work() + 1 + Math.floor(random() ** 2 * 30);
    const patienceEndsAt = performance.now() + (early ? random() * 300 : 3_000);
    while (options.work() < until && performance.now() < patienceEndsAt) await pause(5);
  };

  const replace = async (victim: Member) => {
    killed.all += 1;
    if (victim.role === 'service') killed.services += 1;
    if (!victim.isUp) killed.starting += 1;
    victim.isDoomed = true;
    victim.process.kill('SIGKILL');
    begin(victim.role);
    await victim.exited;
  };
  const oneUp = (role: Role) => {
    const up = members.filter(
      (member) => member.role === role && member.isUp && !member.isDoomed && !member.isStopped,
    );
    return up[Math.floor(random() * up.length)];
  };

  return {
    urls: () => members.flatMap(({ url, isDoomed }) => (url !== null && !isDoomed ? [url] : [])),
    get kills() {
      return killed.all;
    },
    get killsOfServices() {
      return killed.services;
    },
    get killsWhileStarting() {
      return killed.starting;
    },
    errors,
    deaths,
    failedStarts,
    async killOne() {
      const early = random() < 0.06;
      await waitForWork(early);
      const role = random() < 0.2 ? 'service' : 'worker';
      const up = members.filter(({ isUp }) => isUp);
      const choice = (early ? members : up).filter((member) => member.role === role);
      const starting = members.find((member) => member.role === role);
      const victim = choice[Math.floor(random() * choice.length)] ?? starting;
      if (!victim) return;
      // Not the others in its place: people could change nothing any more.
      if (!early) await victim.ready;
      if (!victim.isDoomed && members.includes(victim)) await replace(victim);
    },
    async kill(role) {
      const victim = oneUp(role);
      if (victim) await replace(victim);
      return victim !== undefined;
    },
    async suspend(ms) {
      const victim = oneUp('worker');
      if (!victim) return false;
      victim.isStopped = true;
      victim.process.kill('SIGSTOP');
      await pause(ms);
      victim.process.kill('SIGCONT');
      victim.isStopped = false;
      return true;
    },
    async stop() {
      const all = [...members];
      for (const member of all) {
        member.isDoomed = true;
        member.process.kill('SIGCONT');
        member.process.kill('SIGTERM');
      }
      const patience = setTimeout(() => {
        for (const { process: child } of all) child.kill('SIGKILL');
      }, 5_000);
      await Promise.all(all.map(({ exited }) => exited));
      clearTimeout(patience);
      await bundle.remove();
    },
  };
}

function messageIn(line: string): string | null {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return `${msg ?? '?'}: ${(err?.message ?? '').slice(0, 100)}`;
  } catch {
    return null;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
