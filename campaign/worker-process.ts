/**
 * A worker of the campaign: what `spor worker` runs, with the campaign's times, and with a mistake when one is
 * planted. Prints one line of JSON once it is at work.
 */
import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { tryton, type TrytonSettings } from '../src/connectors/tryton/index.ts';
import { startWorker } from '../src/engine/worker.ts';
import type { Connector } from '../src/sdk/connector.ts';
import { closeAll, type Closing, layFoundation } from '../src/service/foundation.ts';
import { startLoneWorker } from '../src/service/worker.ts';
import { PLANTS } from './plants.ts';
import { ARRIVES_WITHIN_MS, CAMPAIGN_TIMING } from './timing.ts';

const [dataDirectory = '', plantName = ''] = process.argv.slice(2);
const config = {
  dataDirectory,
  databaseUrl: process.env['DATABASE_URL'] ?? '',
  databaseConnections: 5,
  logLevel: 'error',
} as const;
const limited: Connector<TrytonSettings> = {
  ...tryton,
  limits: (settings) => ({ ...tryton.limits(settings), arrivesWithinMs: ARRIVES_WITHIN_MS }),
};
const logger = pino({ level: 'error' }, pino.destination({ fd: 2, sync: true }));
const given = {
  logger,
  phase: () => {},
  timing: CAMPAIGN_TIMING,
  connectors: new Map([[tryton.id, limited as unknown as Connector]]),
};

/** The same, but that what it is handed is wrapped. */
async function startPlanted(name: string): Promise<{ stop(): Promise<void> }> {
  const closing: Closing = [];
  const context = await layFoundation({ ...config, makesKey: false }, given, closing);
  const worker = await startWorker({ ...context, ...PLANTS[name]!.plant(context) });
  closing.push(() => worker.stop());
  return { stop: () => closeAll(closing, logger) };
}

const worker =
  plantName === '' ? await startLoneWorker(config, given) : await startPlanted(plantName);
process.stdout.write(`${JSON.stringify({ url: null })}\n`);
flushCompileCache();
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(1));
