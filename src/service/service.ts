/**
 * The composition root: configuration in, a running service out. Database, migrations, worker, HTTP,
 * in this order; stopped in the reverse one.
 */
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { systemClock, systemTimers, timeOrderedIds } from '../core/clock.ts';
import { DEFAULT_TIMING, type EngineContext, type EngineTiming } from '../engine/engine.ts';
import { postgresStore } from '../engine/postgres-store.ts';
import { startWorker } from '../engine/worker.ts';
import { createApp } from '../http/app.ts';
import { refuseBroken } from '../http/broken-request.ts';
import { startLiveHub } from '../http/live.ts';
import { problemOf, problemResponse, Refusal } from '../http/refusal.ts';
import type { Connector } from '../sdk/connector.ts';
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts';
import { startDatabaseClock } from '../store/database-clock.ts';
import { forgetKeys } from '../store/idempotency.ts';
import { migrate } from '../store/migrate.ts';
import { ensurePartitions } from '../store/partitions.ts';
import { openPool, type Pool } from '../store/pool.ts';
import { createVault } from '../store/secrets.ts';
import { StartError } from '../store/start-error.ts';
import type { ServiceConfig } from './config.ts';
import { connectors as allConnectors } from './connectors.ts';
import { makeDataDirectory } from './data-directory.ts';
import { vaultKey } from './vault-key.ts';
import { VERSION } from './version.ts';

export interface Service {
  /** `http://127.0.0.1:4780` */
  readonly url: string;
  readonly context: EngineContext;
  /** Finishes or hands back what is under way, then ends everything, PostgreSQL too. */
  stop(): Promise<void>;
  /** Resolves when the database's server ended without having been asked to. */
  readonly databaseLost: Promise<void>;
}

export interface ServiceSurroundings {
  readonly logger: Logger;
  /** Told what is done and how long it took. */
  phase(name: string, durationMs: number): void;
  readonly connectors?: ReadonlyMap<string, Connector>;
  readonly timing?: Partial<EngineTiming>;
  readonly env?: NodeJS.ProcessEnv;
}

const WEB_DIRECTORY = fileURLToPath(new URL('../../dist/web', import.meta.url));
const UPKEEP_MS = 3_600_000;
const KEYS_LAST_MS = 30 * 86_400_000;

export async function startService(
  config: ServiceConfig,
  given: ServiceSurroundings,
): Promise<Service> {
  const { logger } = given;
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) {
      await close().catch((error: unknown) =>
        logger.error({ err: error }, 'stopping a part failed'),
      );
    }
  };
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    const result = await work();
    given.phase(name, performance.now() - startedMs);
    return result;
  };
  try {
    await makeDataDirectory(config.dataDirectory);
    const server = createServer(sayStarting).on('clientError', refuseBroken);
    await listenOn(server, config);
    closing.push(() => closeServer(server));
    const database = await timed('database', () => openDatabase(config, logger, closing));
    await timed('migrations', async () => {
      await migrate(database.pool);
      await keepUp(database.pool);
    });
    const upkeep = setInterval(() => {
      keepUp(database.pool).catch((error: unknown) => {
        logger.error({ err: error }, 'the upkeep failed; it will be tried again');
      });
    }, UPKEEP_MS);
    closing.push(async () => clearInterval(upkeep));
    const clock = await startDatabaseClock(database.pool, {
      timers: systemTimers,
      own: systemClock,
      onSkew: (aheadMs) =>
        logger.warn(
          { aheadMs },
          "this machine's clock differs from the database's; Spor goes by the database's",
        ),
    });
    closing.push(async () => clock.stop());
    const context: EngineContext = {
      pool: database.pool,
      store: postgresStore(database.pool),
      clock,
      timers: systemTimers,
      ids: timeOrderedIds(clock, (length) => randomBytes(length)),
      random: Math.random,
      vault: createVault(await vaultKey(config.dataDirectory, given.env?.['SPOR_SECRET_KEY'])),
      connectors: given.connectors ?? allConnectors,
      logger,
      timing: { ...DEFAULT_TIMING, ...given.timing },
    };
    const live = await startLiveHub(database.pool);
    closing.push(() => live.stop());
    const worker = await timed('worker', () => startWorker(context));
    closing.push(() => worker.stop());
    const app = createApp({
      engine: context,
      live,
      version: VERSION,
      defaultPerson: config.person,
      largestImportBytes: config.largestImportBytes,
      webDirectory: await existing(WEB_DIRECTORY),
    });
    const answer = getRequestListener(app.fetch, {
      // A request too broken to be one, such as a malformed Host.
      errorHandler: () =>
        problemResponse(new Refusal('invalid-request', 'The request is not HTTP as it should be.')),
    });
    server.removeListener('request', sayStarting);
    server.on('request', (request, response) => void answer(request, response));
    const { port } = server.address() as AddressInfo;
    const url = `http://${config.host === '::1' ? '[::1]' : config.host}:${port}`;
    logger.info({ url }, 'Spor is up');
    return { url, context, stop, databaseLost: database.lost };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(
  config: ServiceConfig,
  logger: Logger,
  closing: (() => Promise<unknown>)[],
): Promise<{ pool: Pool; lost: Promise<void> }> {
  let url = config.databaseUrl;
  let lost = new Promise<void>(() => {});
  if (url === null) {
    const embedded = await startEmbeddedPostgres({
      dataDir: join(config.dataDirectory, 'postgres'),
      log: (line) => logger.info(line),
    });
    closing.push(() => embedded.stop());
    ({ url, lost } = embedded);
  }
  const pool = await openPool(url, {
    applicationName: 'spor',
    max: 20,
    onConnectionLost: (error) =>
      logger.warn({ err: error }, 'a connection to the database was lost'),
  });
  closing.push(() => pool.end());
  return { pool, lost };
}

/** What has to be done now and then: the next month's partitions, old keys forgotten. */
async function keepUp(pool: Pool): Promise<void> {
  const now = systemClock.now();
  await ensurePartitions(pool, now);
  await forgetKeys(pool, new Date(now.getTime() - KEYS_LAST_MS));
}

/** Who comes before we are ready is told so, and may come again. */
function sayStarting(_request: IncomingMessage, response: ServerResponse): void {
  const refusal = new Refusal('unavailable', 'Spor is starting. Try again in a moment.');
  const { status, ...rest } = problemOf(refusal);
  response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '1' });
  response.end(JSON.stringify({ ...rest, status }));
}

/** First of all, so that a taken port is told before anything is begun. */
function listenOn(server: Server, { host, port }: ServiceConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new StartError(
            `Port ${port} is taken by another program; end it or choose another with --port.`,
          ),
        );
      } else if (error.code === 'EACCES') {
        reject(
          new StartError(
            `Port ${port} may not be used by this user; choose one above 1023 with --port.`,
          ),
        );
      } else reject(error);
    });
    server.listen(port, host, resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Live streams never end by themselves; requests under way get a moment.
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1_000);
  });
}

async function existing(directory: string): Promise<string | null> {
  return access(join(directory, 'index.html')).then(
    () => directory,
    () => null,
  );
}
