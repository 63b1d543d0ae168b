/**
 * Services are killed in the middle of whatever they do, hundreds of times, while people change bills
 * and the accounting system fails in every way it knows. At the end each bill is in the books once and
 * as it is, and the log tells all of it.
 *
 *     SPOR_CRASH_KILLS=1000 SPOR_CRASH_SEED=42 npx vitest run test/kills/crash.test.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type SandboxFaultInput, seededRandom } from '../../src/sdk/testing/sandbox-faults.ts';
import { startSandboxSystem } from '../../src/sdk/testing/sandbox-system.ts';
import { startChanges } from '../support/crash-changes.ts';
import { checkAll, storyOf } from '../support/crash-checks.ts';
import { startFleet } from '../support/crash-fleet.ts';
import { createTestDatabase } from '../support/database.ts';
import { unsettled } from '../support/log-checks.ts';

const KILLS = Number(process.env['SPOR_CRASH_KILLS'] ?? 200);
/** At least: two hundred kills are a run of two thousand changes. */
const CHANGES_A_KILL = 10;
const SEED = Number(process.env['SPOR_CRASH_SEED'] ?? Date.now() % 1_000_000);

/** Writes that come late come well within the six seconds the connections allow for. */
const FAULTS: SandboxFaultInput[] = [
  { kind: 'delay', delayMs: 40 },
  { kind: 'delay', delayMs: 300 },
  { kind: 'error-before-commit' },
  { kind: 'error-after-commit', on: 'write' },
  { kind: 'drop-before-commit' },
  { kind: 'drop-then-commit', delayMs: 1_000, on: 'write' },
  { kind: 'drop-after-commit', on: 'write' },
  { kind: 'rate-limited', retryAfter: 1 },
  { kind: 'busy', retryAfter: 1 },
  { kind: 'busy' },
  { kind: 'html-page', on: 'write' },
  { kind: 'html-page', status: 502 },
  { kind: 'empty-body', on: 'write' },
  { kind: 'empty-body', status: 500, on: 'read' },
  { kind: 'malformed-json' },
  { kind: 'slow-trickle', delayMs: 10, on: 'write' },
  { kind: 'token-expired' },
  { kind: 'stale-version', method: 'PUT' },
  { kind: 'error-before-commit', on: 'token' },
  { kind: 'drop-before-commit', on: 'token' },
];

test(
  `Killed ${KILLS} times in the middle of its work, Spor loses no wish and books nothing twice`,
  { timeout: 1_800_000 },
  async () => {
    const random = seededRandom(SEED);
    const database = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'spor-crash-'));
    const system = await startSandboxSystem({ tokenLastsMs: 15_000, journal: 1_000_000 });
    const began = performance.now();
    const fleet = await startFleet({
      services: 2,
      workers: 2,
      databaseUrl: database.url,
      folder,
      random,
      work: () => system.requests,
    });
    try {
      const { url: baseUrl, clientId, clientSecret } = system;
      const changes = await startChanges({
        urls: () => fleet.urls(),
        connect: () => ({
          connector: 'sandbox',
          settings: { baseUrl, clientId, clientSecret, concurrent: 4, arrivesWithinMs: 6_000 },
          defaultAccount: '5010',
          officeAccounts: ['3600', '3604'],
        }),
        random: seededRandom(SEED + 1),
        companies: 10,
        billsPerCompany: 25,
      });
      system.faults.atRandom({ seed: SEED + 2, probability: 0.08, faults: FAULTS });

      let killing = true;
      const people = Promise.all(
        Array.from({ length: 6 }, async () => {
          while (killing) await changes.one();
        }),
      ).finally(() => {
        killing = false;
      });
      while (killing && (fleet.kills < KILLS || changes.total < KILLS * CHANGES_A_KILL)) {
        await fleet.killOne();
      }
      killing = false;
      await people;
      const killedForMs = performance.now() - began;

      system.faults.calm();
      const calmAt = performance.now();
      while ((await unsettled(database.pool)) > 0 && performance.now() - calmAt < 180_000) {
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      const findings = await checkAll(database.pool, system, changes.companies);

      const { rows } = await database.pool.query<{ outcome: string; count: number }>(
        `select outcome, count(*) as count from attempt_results group by outcome order by 1`,
      );
      const list = (counts: Iterable<readonly [string, number]>) =>
        [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
      const seconds = (ms: number) => (ms / 1000).toFixed(1);
      process.stdout.write(
        [
          `seed ${SEED}: ${fleet.kills} kills in ${seconds(killedForMs)} s (${fleet.killsOfServices} of services, ${fleet.killsWhileStarting} while starting), settled ${seconds(performance.now() - calmAt)} s after the last`,
          `changes: ${changes.total} (${list(changes.done)}); ${changes.repeated} asked for again`,
          `attempts: ${list(rows.map(({ outcome, count }) => [outcome, count]))}`,
          `faults: ${list(system.faults.done)}; ${system.requests} requests in all`,
          `errors logged: ${list(fleet.errors) || 'none'}`,
          '',
        ].join('\n'),
      );
      if (findings.length > 0) {
        const stories = new Set(findings.slice(0, 10).flatMap(({ postingId }) => postingId ?? []));
        const told = await Promise.all(
          [...stories].map(async (id) => `${id}\n${await storyOf(database.pool, system, id)}`),
        );
        throw new Error(
          [
            `Seed ${SEED}: ${findings.length} findings.`,
            ...findings.slice(0, 30).map(({ what, postingId }) => `- ${what} (${postingId})`),
            ...told,
          ].join('\n'),
        );
      }
      expect([...fleet.deaths, ...fleet.failedStarts]).toEqual([]);
      expect(changes.total).toBeGreaterThanOrEqual(KILLS * CHANGES_A_KILL);
    } finally {
      await fleet.stop();
      await system.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
