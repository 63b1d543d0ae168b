/**
 * The composition root: configuration in, a running service out. Database, migrations, worker, HTTP,
 * in this order; stopped in the reverse one.
 */
import { access } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { startResyncRunner } from '../engine/resync-runner.ts';
import type { EngineContext } from '../engine/engine.ts';
import { startWorker } from '../engine/worker.ts';
import { createApp } from '../http/app.ts';
import { refuseBroken } from '../http/broken-request.ts';
import { startLiveHub } from '../http/live.ts';
import { problemOf, problemResponse, Refusal } from '../http/refusal.ts';
import { StartError } from '../store/start-error.ts';
import type { ServiceConfig } from './config.ts';
import { makeDataDirectory } from './data-directory.ts';
import { type Closing, closeAll, layFoundation, type Surroundings, timed } from './foundation.ts';
import { VERSION } from './version.ts';

export interface Service {
  /** `http://127.0.0.1:4780` */
  readonly url: string;
  readonly context: EngineContext;
  /** Finishes or hands back what is under way, then ends everything, PostgreSQL too. */
  stop(): Promise<void>;
}

const WEB_DIRECTORY = fileURLToPath(new URL('../../dist/web', import.meta.url));

export async function startService(config: ServiceConfig, given: Surroundings): Promise<Service> {
  const { logger } = given;
  const closing: Closing = [];
  const stop = () => closeAll(closing, logger);
  try {
    await makeDataDirectory(config.dataDirectory);
    const server = createServer(sayStarting).on('clientError', refuseBroken);
    await listenOn(server, config);
    closing.push(() => closeServer(server));
    const context = await layFoundation({ ...config, makesKey: true }, given, closing);
    const live = await startLiveHub(context.pool);
    closing.push(() => live.stop());
    const resyncs = startResyncRunner(context);
    closing.push(() => resyncs.stop());
    if (config.worker) {
      const worker = await timed(given, 'worker', () => startWorker(context));
      closing.push(() => worker.stop());
    }
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
    return { url, context, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
