/** `spor worker`: works lanes until told to stop, beside a service or on a machine of its own. */
import { readWorkerConfig } from '../service/config.ts';
import { makeDataDirectory } from '../service/data-directory.ts';
import { openLogger } from '../service/logger.ts';
import { startLoneWorker } from '../service/worker.ts';
import { readOptions } from './options.ts';
import { stopAsked } from './stop-asked.ts';

const HELP = `Usage: spor worker [options]

Syncs bills, without pages or API: any number of workers share one database with
any number of services. It finishes or hands back what is under way when stopped.

  --data DIR     for its log worker.log, and the key   (default .spor)
  --json         tell what happens as one JSON object a line, and every half minute
                 how many lanes it holds
  --help         show this

Environment:
  DATABASE_URL     the PostgreSQL it shares with the service; needed
  SPOR_SECRET_KEY  the service's key (default: secret.key in the data folder)
  SPOR_LOG_LEVEL   of its log  (default info)`;

const TELL_EVERY_MS = 30_000;

export async function worker(args: readonly string[]): Promise<number> {
  const { values } = readOptions('worker', args, {
    data: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const asked = stopAsked();
  const config = readWorkerConfig(values, process.env);
  await makeDataDirectory(config.dataDirectory);
  const logger = openLogger(config.dataDirectory, config.logLevel, 'worker.log').child({
    // Several workers may write into one log.
    pid: process.pid,
  });
  const say = (told: object, words: string | null) => {
    if (values.json) console.log(JSON.stringify(told));
    else if (words !== null) console.log(words);
  };
  const running = await startLoneWorker(config, { logger, env: process.env, phase: () => {} });
  say({ told: 'up', pid: process.pid }, 'Working. Stop: Ctrl-C');
  const telling = setInterval(() => {
    const lanes = running.lanesHeld();
    say({ told: 'lanes', lanes }, null);
    logger.info({ lanes }, 'lanes held');
  }, TELL_EVERY_MS);
  await asked;
  clearInterval(telling);
  say({ told: 'stopping' }, '\nStopping: finishing what is under way …');
  await running.stop();
  say({ told: 'stopped' }, 'Stopped.');
  return 0;
}
