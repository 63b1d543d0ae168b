/**
 * What every process of Spor stands on: the database with its tables as they should be, its upkeep, and
 * the engine's surroundings. A service puts doors for people on it, a worker only works.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { systemClock, systemTimers, timeOrderedIds } from '../core/clock.ts';
import { inPages } from '../core/random-bytes.ts';
import { DEFAULT_TIMING, type EngineContext, type EngineTiming } from '../engine/engine.ts';
import { createOutages } from '../engine/outages.ts';
import { postgresStore } from '../engine/postgres-store.ts';
import type { Connector } from '../sdk/connector.ts';
import { keepEmbeddedPostgres } from '../store/embedded-postgres-kept.ts';
import { databaseNow, startDatabaseClock } from '../store/database-clock.ts';
import { forgetKeys } from '../store/idempotency.ts';
import { migrate } from '../store/migrate.ts';
import { ensurePartitions } from '../store/partitions.ts';
import { openPool, type Pool } from '../store/pool.ts';
import { createVault } from '../store/secrets.ts';
import { StartError } from '../store/start-error.ts';
import { connectors as allConnectors } from './connectors.ts';
import { keyFits, vaultKey, WRONG_KEY } from './vault-key.ts';

export interface Surroundings {
  readonly logger: Logger;
  /** Told what is done and how long it took. */
  phase(name: string, durationMs: number): void;
  /** Told what is wrong with the embedded database, and when it is over; the log is told besides. */
  trouble?(text: string): void;
  readonly connectors?: ReadonlyMap<string, Connector>;
  readonly timing?: Partial<EngineTiming>;
  readonly env?: NodeJS.ProcessEnv;
}

export interface FoundationOptions {
  readonly dataDirectory: string;
  readonly databaseUrl: string | null;
  readonly databaseConnections: number;
  /** May a key be made where there is none? */
  readonly makesKey: boolean;
}

/** Does its parts one after another; what is to be undone, last first, is added to `closing`. */
export type Closing = (() => Promise<unknown>)[];

const UPKEEP_MS = 3_600_000;
const KEYS_LAST_MS = 30 * 86_400_000;

/** Longer than any question of ours takes; a server that was cut off says nothing at all. */
const ANSWER_WITHIN_MS = 60_000;

export async function layFoundation(
  options: FoundationOptions,
  given: Surroundings,
  closing: Closing,
): Promise<EngineContext> {
  const { logger } = given;
  const key = await vaultKey(options, given.env?.['SPOR_SECRET_KEY']);
  const databaseUrl = await timed(given, 'database', () => findDatabase(options, given, closing));
  await timed(given, 'migrations', () => bringUpToDate(databaseUrl, logger));
  const outages = createOutages({
    logger,
    timers: systemTimers,
    ask: () => pool.query('select 1'),
  });
  const pool = await openPool(databaseUrl, {
    applicationName: 'spor',
    max: options.databaseConnections,
    answerWithinMs: ANSWER_WITHIN_MS,
    onConnectionLost: (error) => {
      if (!outages.tell(error)) logger.warn({ err: error }, 'a database connection was lost');
    },
  });
  closing.push(async () => {
    outages.stop();
    await pool.end();
  });
  const vault = createVault(key);
  if (!(await keyFits(pool, vault))) {
    if (!options.makesKey) throw new StartError(WRONG_KEY);
    logger.error(WRONG_KEY);
  }
  const clock = await startDatabaseClock(pool, {
    timers: systemTimers,
    own: systemClock,
    onSkew: (aheadMs) =>
      logger.warn(
        { aheadMs },
        "this machine's clock differs from the database's; Spor goes by the database's",
      ),
  });
  closing.push(async () => clock.stop());
  keepUpForEver(pool, { logger, outages, clock }, closing);
  return {
    pool,
    store: postgresStore(pool),
    clock,
    timers: systemTimers,
    ids: timeOrderedIds(clock, inPages(randomBytes)),
    random: Math.random,
    vault,
    connectors: given.connectors ?? allConnectors,
    logger,
    outages,
    timing: { ...DEFAULT_TIMING, ...given.timing },
  };
}

export async function timed<T>(
  { phase }: Pick<Surroundings, 'phase'>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  phase(name, performance.now() - startedMs);
  return result;
}

/** Undoes what was begun, last first; one part that can't be stopped does not keep the others. */
export async function closeAll(closing: Closing, logger: Logger): Promise<void> {
  for (const close of closing.splice(0).toReversed()) {
    await close().catch((error: unknown) => logger.error({ err: error }, 'stopping a part failed'));
  }
}

async function findDatabase(
  { databaseUrl, dataDirectory }: FoundationOptions,
  { logger, trouble }: Surroundings,
  closing: Closing,
): Promise<string> {
  if (databaseUrl !== null) return databaseUrl;
  const embedded = await keepEmbeddedPostgres({
    dataDir: join(dataDirectory, 'postgres'),
    log: (line) => logger.info(line),
    trouble(text) {
      logger.error(text);
      trouble?.(text);
    },
  });
  closing.push(() => embedded.stop());
  return embedded.url;
}

/** On connections of its own: a migration may take as long as it takes. */
async function bringUpToDate(url: string, logger: Logger): Promise<void> {
  const pool = await openPool(url, { applicationName: 'spor migrations', max: 1 });
  try {
    await migrate(pool);
    await keepUp(pool, logger, await databaseNow(pool));
  } finally {
    await pool.end();
  }
}

function keepUpForEver(
  pool: Pool,
  { logger, outages, clock }: Pick<EngineContext, 'logger' | 'outages' | 'clock'>,
  closing: Closing,
): void {
  const upkeep = setInterval(() => {
    keepUp(pool, logger, clock.now()).catch((error: unknown) => {
      if (!outages.tell(error))
        logger.error({ err: error }, 'the upkeep failed; it will be tried again');
    });
  }, UPKEEP_MS);
  closing.push(async () => clearInterval(upkeep));
}

/** What has to be done now and then: the next month's partitions, old keys forgotten. */
async function keepUp(pool: Pool, logger: Logger, now: Date): Promise<void> {
  const without = await ensurePartitions(pool, now);
  if (without.length > 0)
    logger.warn(
      { months: without },
      'a clock was ahead once: attempts of these months stay in the log when months leave it',
    );
  await forgetKeys(pool, new Date(now.getTime() - KEYS_LAST_MS));
}
