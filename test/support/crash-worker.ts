/**
 * A worker for tests that kill it: the real one on the database given, quick to start. Prints one line
 * of JSON once it is at work.
 */
import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { startLoneWorker } from '../../src/service/worker.ts';
import { CRASH_TIMING } from './crash-timing.ts';

const [dataDirectory = ''] = process.argv.slice(2);
const worker = await startLoneWorker(
  {
    dataDirectory,
    databaseUrl: process.env['DATABASE_URL'] ?? '',
    databaseConnections: 5,
    logLevel: 'error',
  },
  {
    logger: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
    phase: () => {},
    timing: CRASH_TIMING,
  },
);
process.stdout.write(`${JSON.stringify({ url: null })}\n`);
flushCompileCache();
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(1));
