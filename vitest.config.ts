/**
 * Five kinds of test. `unit` needs nothing but Node; `store` (files named `*.db.test.ts`) has a
 * real PostgreSQL, started once for the run; `tryton` (`*.tryton.test.ts`) has a real Tryton as well, which
 * `script/tryton` starts; `e2e` runs the whole service; `kills` kills services, workers and databases, one
 * file at a time and alone, so that what happens in those moments is theirs.
 */
import { defineConfig } from 'vitest/config';

if (Number.parseInt(process.versions.node, 10) < 24) {
  throw new Error(
    'The tests run on Node 24, which is installed here: use npx vitest, or script/test.',
  );
}

/**
 * What a process has read of Spor it keeps for its next file: nothing is mocked. Reading it anew for each file took a
 * third of the unit tests' time.
 */
const isolate = false;

const databaseServer = './test/support/database-server.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          isolate,
          include: ['{src,test,simulation,campaign}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.db.test.ts', '**/*.tryton.test.ts', 'test/{e2e,kills}/**'],
          // A machine that has much else to do is slow, not wrong.
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'store',
          isolate,
          include: ['{src,test,simulation}/**/*.db.test.ts'],
          exclude: ['test/{e2e,kills}/**'],
          globalSetup: databaseServer,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'tryton',
          isolate,
          include: ['{src,test,campaign}/**/*.tryton.test.ts'],
          globalSetup: ['./src/connectors/tryton/test-server.ts', databaseServer],
          // One server, whose books each test puts back.
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'e2e',
          isolate,
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['**/*.tryton.test.ts'],
          globalSetup: databaseServer,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'kills',
          isolate,
          include: ['test/kills/**/*.test.ts'],
          globalSetup: databaseServer,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
