/** `spor serve`: runs until told to stop; says what it does and how long each part took. */
import { readConfig, type ServiceConfig } from '../service/config.ts';
import { makeDataDirectory } from '../service/data-directory.ts';
import { openLogger } from '../service/logger.ts';
import { makeSample } from '../service/sample.ts';
import { connectTryton } from '../service/sample-tryton.ts';
import { startService } from '../service/service.ts';
import { readOptions } from './options.ts';
import { forMachines, forPeople, type Telling } from './serve-telling.ts';
import { stopAsked } from './stop-asked.ts';

const HELP = `Usage: spor serve [options]

  --port N       the port of the web pages and the API   (default 4780; 0: any free one)
  --host NAME    127.0.0.1, localhost or ::1              (default 127.0.0.1)
  --data DIR     where the data is kept                   (default .spor)
  --no-sample    begin without the sample company
  --no-worker    only pages and API; spor worker does the syncing
  --json         tell what happens as one JSON object a line
  --help         show this

Environment:
  DATABASE_URL             a PostgreSQL (15 or newer) to use instead of the embedded one
  SPOR_SECRET_KEY          32 bytes in base64 that seal secrets (default: a file in the data folder)
  SPOR_LARGEST_IMPORT_MIB  the largest e-invoice           (default 20)
  SPOR_PERSON              who changes are by when a request does not say
  SPOR_LOG_LEVEL           of spor.log in the data folder  (default info)`;

export async function serve(args: readonly string[]): Promise<number> {
  const { values: options } = readOptions('serve', args, {
    port: { type: 'string' },
    host: { type: 'string' },
    data: { type: 'string' },
    'no-sample': { type: 'boolean' },
    'no-worker': { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const tell = options.json ? forMachines : forPeople;
  const given = { ...options, sample: !options['no-sample'], worker: !options['no-worker'] };
  const config = readConfig(given, process.env);
  const asked = stopAsked();
  await makeDataDirectory(config.dataDirectory);
  const logger = openLogger(config.dataDirectory, config.logLevel);
  const service = await startService(config, {
    logger,
    env: process.env,
    phase: tell.phase,
    trouble: tell.trouble,
  });
  tell.up(service.url, config.dataDirectory);
  if (config.sample) await sample(service.url, config, tell);
  await sampleTryton(service.url, config, tell);
  await asked;
  tell.stopping();
  await service.stop();
  tell.stopped();
  return 0;
}

async function sample(url: string, config: ServiceConfig, tell: Telling): Promise<void> {
  const { dataDirectory, person } = config;
  const startedMs = performance.now();
  const made = await makeSample({ url, dataDirectory, person });
  if (made) tell.sample(made.bills, performance.now() - startedMs, `${dataDirectory}/regnskab`);
}

/** Where `script/start --with-tryton` started one. */
async function sampleTryton(url: string, { person }: ServiceConfig, tell: Telling): Promise<void> {
  const folder = process.env['SPOR_LOCAL_TRYTON'];
  if (folder === undefined || folder === '') return;
  const connected = await connectTryton({ url, folder, person });
  if (connected) tell.tryton(connected);
}
