/**
 * The sandbox system as a process of its own, for the demo and for tests that kill it:
 * `node sandbox-serve.ts --port 4711 --log books.jsonl`. Prints one line of JSON when it listens.
 */
import { parseArgs } from 'node:util';
import { startSandboxSystem } from './sandbox-system.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    log: { type: 'string' },
    'client-id': { type: 'string' },
    'client-secret': { type: 'string' },
    'per-minute': { type: 'string' },
    concurrent: { type: 'string' },
    journal: { type: 'string', default: '0' },
    idempotency: { type: 'boolean', default: false },
  },
});

const system = await startSandboxSystem({
  port: Number(values.port),
  logFile: values.log ?? null,
  journal: Number(values.journal),
  idempotency: values.idempotency,
  perMinute: values['per-minute'] ? Number(values['per-minute']) : null,
  concurrent: values.concurrent ? Number(values.concurrent) : null,
  ...(values['client-id'] ? { clientId: values['client-id'] } : {}),
  ...(values['client-secret'] ? { clientSecret: values['client-secret'] } : {}),
});
process.stdout.write(
  `${JSON.stringify({ url: system.url, clientId: system.clientId, clientSecret: system.clientSecret })}\n`,
);
process.once('SIGTERM', () => void system.close());
