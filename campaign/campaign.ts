/**
 * One campaign: workers, the API, PostgreSQL and Tryton for real, people at work, everything that may fail
 * failing; then quiet; then bills and books are compared.
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { asAdmin } from '../src/connectors/tryton/test-client.ts';
import {
  killTryton,
  leftInQueue,
  restartTryton,
  type TrytonServer,
} from '../src/connectors/tryton/test-server.ts';
import { seededRandom } from '../src/sdk/testing/sandbox-faults.ts';
import { openPool, type Pool } from '../src/store/pool.ts';
import { type Changes, type Connecting, startChanges } from '../test/support/crash-changes.ts';
import { type Fleet, startFleet } from '../test/support/crash-fleet.ts';
import { unsettled } from '../test/support/log-checks.ts';
import { findingsOf, storyOf } from './check.ts';
import type { Finding } from './compare.ts';
import { sum } from './figures.ts';
import { wreak } from './havoc.ts';
import { type Network, startNetwork } from './network.ts';
import { startPostgres } from './postgres.ts';

export interface CampaignOptions {
  readonly tryton: TrytonServer;
  readonly folder: string;
  readonly durationMs: number;
  /** For so long it may be that nothing more comes to rest: then it does not settle. */
  readonly settleMs: number;
  readonly workers: number;
  /** Half of them have their approved bills posted and reconciled, the others keep drafts. */
  readonly companies: number;
  readonly billsPerCompany: number;
  readonly seed: number;
  readonly plant: string | null;
  readonly signal: AbortSignal;
  tell(line: string): void;
}

export interface Outcome {
  readonly bills: number;
  readonly changes: ReadonlyMap<string, number>;
  readonly attempts: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  readonly kills: ReadonlyMap<string, number>;
  readonly requests: number;
  readonly writes: number;
  /** Null: it did not settle in time. */
  readonly settledMs: number | null;
  /** Invoices whose state Tryton was killed over (`leftInQueue`). */
  readonly leftByTryton: number;
  readonly findings: readonly Finding[];
  /** Of the first findings. */
  readonly stories: readonly string[];
  /** Logged as errors, and how often. */
  readonly errors: ReadonlyMap<string, number>;
  /** Processes that ended in the middle of their work though nobody killed them. */
  readonly deaths: readonly string[];
  /** Begun while PostgreSQL was down, most of all; begun again. */
  readonly failedStarts: number;
}

const PEOPLE = 5;
const STORIES = 10;

export async function runCampaign(options: CampaignOptions): Promise<Outcome> {
  const { folder, seed, tryton, signal } = options;
  await mkdir(folder, { recursive: true, mode: 0o711 });
  // Whatever was begun is ended, last first, however this ends.
  await using stack = new AsyncDisposableStack();
  const postgres = await startPostgres(folder);
  stack.defer(() => postgres.stop());
  const network = await startNetwork(tryton.url, seededRandom(seed));
  stack.defer(() => network.close());
  const fleet = await startFleet({
    services: 1,
    workers: options.workers,
    entries: {
      service: { file: 'test/support/crash-service.ts', args: ['doors-only'] },
      worker: { file: 'campaign/worker-process.ts', args: [options.plant ?? ''] },
    },
    databaseUrl: postgres.url,
    folder,
    random: seededRandom(seed + 1),
    work: () => network.requests,
  });
  stack.defer(() => fleet.stop());
  const pool = await openPool(postgres.url, { applicationName: 'spor campaign', max: 3 });
  stack.defer(() => pool.end());
  const changes = await startChanges({
    urls: () => fleet.urls(),
    connect: (company) => connecting(company, network.door(company), tryton.userPassword),
    random: seededRandom(seed + 2),
    companies: options.companies,
    billsPerCompany: options.billsPerCompany,
  });
  const kills = new Map<string, number>();
  await fight(options, { network, fleet, changes, kills, postgres });
  const settledMs = await settle(options, pool, network);
  signal.throwIfAborted();
  options.tell('comparing every bill with the books …');
  const leftByTryton = await finishTryton(tryton);
  const findings = await findingsOf(pool, changes.companies, network, asAdmin(tryton));
  const { rows } = await pool.query<{ outcome: string; count: number }>(
    `select outcome, count(*)::int as count from attempt_results group by outcome order by 1`,
  );
  return {
    bills: changes.companies.reduce((total, { bills }) => total + bills.length, 0),
    changes: changes.done,
    attempts: new Map(rows.map(({ outcome, count }) => [outcome, count])),
    faults: network.faults,
    kills,
    requests: network.requests,
    writes: network.received.length,
    settledMs,
    leftByTryton,
    findings,
    stories: await Promise.all(findings.slice(0, STORIES).map((finding) => storyOf(pool, finding))),
    errors: fleet.errors,
    deaths: fleet.deaths,
    failedStarts: fleet.failedStarts.length,
  };
}

/** People work and things break, for as long as it was asked. */
async function fight(
  { durationMs, seed, signal, tryton, tell }: CampaignOptions,
  given: {
    network: Network;
    fleet: Fleet;
    changes: Changes;
    kills: Map<string, number>;
    postgres: { kill(): Promise<void>; restart(): Promise<void> };
  },
): Promise<void> {
  const { network, fleet, changes, kills, postgres } = given;
  const random = seededRandom(seed + 3);
  const endsAt = performance.now() + durationMs;
  let failed = false;
  const isStopped = () => failed || signal.aborted;
  const isOver = () => isStopped() || performance.now() > endsAt;
  const progress = setInterval(() => {
    const left = Math.max(0, Math.round((endsAt - performance.now()) / 1_000));
    tell(
      `${left} s left: ${changes.total} changes, ${network.requests} requests, ${sum(network.faults)} faults, ${sum(kills)} kills and stops`,
    );
  }, 15_000);
  network.misbehave();
  const person = async () => {
    while (!isOver()) {
      await changes.one();
      await pause(200 + random() * 1_200);
    }
  };
  const machines = {
    fleet,
    postgres,
    tryton: { kill: () => killTryton(tryton), restart: () => restartTryton(tryton) },
  };
  const all = [
    ...Array.from({ length: PEOPLE }, person),
    wreak(machines, { random: seededRandom(seed + 4), isOver, isStopped, done: kills }),
  ].map((work) =>
    work.catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  try {
    const ended = await Promise.allSettled(all);
    const wrong = ended.find((one) => one.status === 'rejected');
    if (wrong) throw wrong.reason;
  } finally {
    clearInterval(progress);
    network.calm();
  }
}

/** Nothing fails any more: waits until nothing is left to do, however slow the machine. Null: some is. */
async function settle(
  { settleMs, signal, tell }: CampaignOptions,
  pool: Pool,
  network: Network,
): Promise<number | null> {
  const began = performance.now();
  let toldMs = began;
  let least = Infinity;
  let movedMs = began;
  for (;;) {
    const left = await unsettled(pool).catch(() => Infinity);
    const now = performance.now();
    if (left === 0) {
      tell(`settled in ${((now - began) / 1_000).toFixed(1)} s`);
      return now - began;
    }
    if (left < least) [least, movedMs] = [left, now];
    if (signal.aborted || now - movedMs > settleMs) return null;
    if (now - toldMs > 15_000) {
      toldMs = now;
      tell(`settling: ${left} postings to go, ${network.requests} requests`);
    }
    await pause(250);
  }
}

/** Only what Tryton itself says it has not done: a state that is wrong for another reason is still found. */
async function finishTryton(tryton: TrytonServer): Promise<number> {
  const invoices = leftInQueue(tryton);
  if (invoices.length > 0) await asAdmin(tryton).call('account.invoice.process', invoices);
  return invoices.length;
}

function connecting(company: number, baseUrl: string, password: string): Connecting {
  const booksApproved = company % 2 === 1;
  return {
    connector: 'tryton',
    settings: {
      baseUrl,
      database: 'demo',
      username: 'spor',
      password,
      takeTo: booksApproved ? 'posted' : 'draft',
    },
    rules: { beginOn: booksApproved ? 'approved' : 'added', vatCodes: { S25: 'I25' } },
    defaultAccount: '2750',
    officeAccounts: ['3600', '3604'],
    booksApproved,
  };
}
