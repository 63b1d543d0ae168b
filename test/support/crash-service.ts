/**
 * A service for tests that kill it: the real one on the database given. Prints one line of JSON with
 * its address once it is up; `SIGTERM` ends it in good order. Told `doors-only`, it syncs nothing.
 */
import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { startService } from '../../src/service/service.ts';
import { CRASH_TIMING } from './crash-timing.ts';

const [dataDirectory = '', doorsOnly] = process.argv.slice(2);
const service = await startService(
  {
    host: '127.0.0.1',
    port: 0,
    dataDirectory,
    databaseUrl: process.env['DATABASE_URL'] ?? null,
    databaseConnections: 20,
    worker: doorsOnly === undefined,
    sample: false,
    logLevel: 'error',
    largestImportBytes: 1024,
    person: 'Bogholderen',
  },
  {
    logger: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
    phase: () => {},
    timing: CRASH_TIMING,
  },
);
process.stdout.write(`${JSON.stringify({ url: service.url })}\n`);
// A killed process would not leave its compiled code behind for the next one.
flushCompileCache();
process.once('SIGTERM', () => void service.stop().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(1));
