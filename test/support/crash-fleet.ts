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
  /** Those that ended without having been killed, with their last words. */
  readonly deaths: readonly string[];
  /** Kills one at random, soon; resolves when it is dead and its replacement begun. */
  killOne(): Promise<void>;
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly services: number;
  readonly workers: number;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly random: () => number;
  /** A number that grows as they work: kills follow the work, not the clock. */
  work(): number;
}

interface Member {
  readonly role: 'service' | 'worker';
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
  isUp: boolean;
  isDoomed: boolean;
  url: string | null;
  readonly words: string[];
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { random } = options;
  const data = join(options.folder, 'data');
  await mkdir(data, { recursive: true });
  const bundle = await bundleAll(['crash-service', 'crash-worker']);
  const members: Member[] = [];
  const errors = new Map<string, number>();
  const deaths: string[] = [];
  const killed = { all: 0, services: 0, starting: 0 };

  const begin = (role: Member['role']): Member => {
    const child = spawn(NODE, ['--max-semi-space-size=32', bundle.fileOf(`crash-${role}`), data], {
      env: {
        ...process.env,
        DATABASE_URL: options.databaseUrl,
        NODE_COMPILE_CACHE: join(options.folder, 'compiled'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
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
      url: null,
      words: [],
    };
    members.push(member);
    createInterface({ input: child.stdout }).once('line', (line) => {
      member.url = (JSON.parse(line) as { url: string | null }).url;
      member.isUp = true;
      isReady();
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      member.words.push(line);
      const what = messageIn(line);
      if (what !== null) errors.set(what, (errors.get(what) ?? 0) + 1);
    });
    child.once('exit', (code, signal) => {
      members.splice(members.indexOf(member), 1);
      if (!member.isDoomed) {
        deaths.push(`${role} ${signal ?? code}: ${member.words.slice(-8).join('\n')}`);
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
      if (victim.isDoomed || !members.includes(victim)) return;
      killed.all += 1;
      if (victim.role === 'service') killed.services += 1;
      if (!victim.isUp) killed.starting += 1;
      victim.isDoomed = true;
      victim.process.kill('SIGKILL');
      begin(victim.role);
      await victim.exited;
    },
    async stop() {
      const all = [...members];
      for (const member of all) {
        member.isDoomed = true;
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
