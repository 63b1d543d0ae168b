/**
 * A worker without the doors for people, for tests that kill it: the real engine on the database
 * given, quick to start. Prints one line of JSON once it is at work.
 */
import { randomBytes } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { sandbox } from '../../src/connectors/sandbox/index.ts';
import { systemClock, systemTimers, timeOrderedIds } from '../../src/core/clock.ts';
import { postgresStore } from '../../src/engine/postgres-store.ts';
import { startWorker } from '../../src/engine/worker.ts';
import type { Connector } from '../../src/sdk/connector.ts';
import { vaultKey } from '../../src/service/vault-key.ts';
import { openPool } from '../../src/store/pool.ts';
import { createVault } from '../../src/store/secrets.ts';
import { CRASH_TIMING } from './crash-timing.ts';

const [dataDirectory = ''] = process.argv.slice(2);
const pool = await openPool(process.env['DATABASE_URL'] ?? '', {
  applicationName: 'spor',
  max: 5,
});
const worker = await startWorker({
  store: postgresStore(pool),
  clock: systemClock,
  timers: systemTimers,
  ids: timeOrderedIds(systemClock, (length) => randomBytes(length)),
  random: Math.random,
  vault: createVault(await vaultKey(dataDirectory, undefined)),
  connectors: new Map<string, Connector>([[sandbox.id, sandbox as unknown as Connector]]),
  logger: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
  timing: CRASH_TIMING,
});
process.stdout.write(`${JSON.stringify({ url: null })}\n`);
flushCompileCache();
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
