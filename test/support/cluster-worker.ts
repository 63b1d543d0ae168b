/**
 * A worker for tests of many: the real one, but that on order something happens to it at the worst
 * moment: between the announcement of its first new invoice and the bytes leaving.
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { sandbox } from '../../src/connectors/sandbox/index.ts';
import type { Call, Connector } from '../../src/sdk/connector.ts';
import { startLoneWorker } from '../../src/service/worker.ts';
import { CRASH_TIMING } from './crash-timing.ts';

const [dataDirectory = '', fate = ''] = process.argv.slice(2);
const tell = (what: object) => writeSync(1, `${JSON.stringify(what)}\n`);
let isDone = false;

function meetFate(): void {
  if (isDone || fate === '') return;
  isDone = true;
  tell({ told: 'before-send' });
  if (fate === 'killed') process.kill(process.pid, 'SIGKILL');
  if (fate === 'stopped') process.kill(process.pid, 'SIGSTOP');
  // The event loop stands still beyond the lease.
  if (fate === 'slow')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * CRASH_TIMING.leaseMs);
}

const fated: Connector = {
  ...(sandbox as unknown as Connector),
  open(context) {
    const session = (sandbox as unknown as Connector).open(context);
    const watched = (call: Call): Call => ({
      ...call,
      async write(intent) {
        await call.write(intent);
        if (intent.target.endsWith('/supplier-invoices')) meetFate();
      },
    });
    return {
      ...session,
      create: (call, document, options) => session.create(watched(call), document, options),
    };
  },
};

const worker = await startLoneWorker(
  {
    dataDirectory,
    databaseUrl: process.env['DATABASE_URL'] ?? '',
    databaseConnections: 5,
    logLevel: 'info',
  },
  {
    logger: pino({ level: 'info' }, pino.destination({ fd: 2, sync: true })),
    phase: () => {},
    timing: CRASH_TIMING,
    connectors: new Map([[sandbox.id, fated]]),
  },
);
tell({ told: 'up' });
flushCompileCache();
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
