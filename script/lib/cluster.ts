/**
 * The processes of `script/cluster`: begun here, stopped here in order, and told one by one. They hold a
 * channel to this process and end by themselves when it is gone, `kill -9` too; so does PostgreSQL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { StartError } from '../../src/store/start-error.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SPOR = join(ROOT, 'src/cli/main.ts');
const DEFAULT_PORT = 4780;
const WORKERS_AT_MOST = 50;

interface Member {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
}

interface Told {
  readonly told?: string;
  readonly url?: string;
}

/** Stopped last first: workers, API servers, PostgreSQL. */
const members: Member[] = [];
let json = false;

try {
  process.exitCode = await run();
} catch (error) {
  await stopMembers();
  if (!(error instanceof StartError)) throw error;
  console.error(`spor: ${error.message}`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const { workers, port, data } = readArguments();
  const stopAsked = new Promise<void>((tell) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => tell());
  });
  await mkdir(data, { recursive: true });
  const given = process.env['DATABASE_URL'];
  const postgres = given
    ? null
    : await startEmbeddedPostgres({
        dataDir: join(data, 'postgres'),
        log: () => {},
        settings: { max_connections: String(60 + 15 * workers) },
      });
  try {
    const env = { ...process.env, DATABASE_URL: given ?? postgres!.url };
    say({ told: 'database', url: given ? null : postgres!.url }, 'database     up');
    const apis = [port, port === 0 ? 0 : port + 1];
    const begun: { readonly ended: Promise<string> }[] = [];
    // The first one brings the tables up to date and makes the key.
    const api = (number: number) =>
      begin(
        `api ${number}`,
        ['serve', '--no-worker', '--no-sample', '--port', String(apis[number - 1])],
        data,
        env,
      );
    begun.push(await api(1));
    const others = [api(2)];
    for (let number = 1; number <= workers; number++) {
      others.push(begin(`worker ${number}`, ['worker'], data, env));
    }
    begun.push(...(await Promise.all(others)));
    say({ told: 'up' }, `\nData and logs: ${data}    Stop: Ctrl-C`);
    const lost = postgres?.lost.then(() => 'the database') ?? new Promise<string>(() => {});
    const reason = await Promise.race([
      stopAsked.then(() => null),
      lost,
      ...begun.map(({ ended }) => ended),
    ]);
    if (reason === null) say({ told: 'stopping' }, '\nStopping: finishing what is under way …');
    else console.error(`spor: ${reason} ended by itself; its log is in ${data}.`);
    await stopMembers();
    return reason === null ? 0 : 1;
  } finally {
    await stopMembers();
    await postgres?.stop();
    say({ told: 'stopped' }, 'Stopped.');
  }
}

/** Waits until it is up; gives what it is called when it ends unasked. */
async function begin(
  name: string,
  args: readonly string[],
  data: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly ended: Promise<string> }> {
  // A session of its own: Ctrl-C reaches this process alone, which stops the others in order.
  const child = spawn(process.execPath, [SPOR, ...args, '--data', data, '--json'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  members.push({ process: child, exited });
  const up = new Promise<Told>((tell) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const told = JSON.parse(line) as Told;
      if (told.told === 'up') tell(told);
    });
  });
  const told = await Promise.race([up, exited.then(() => null)]);
  if (told === null) throw new StartError(`${name} did not start: the reason is above.`);
  const at = { pid: child.pid, ...(told.url && { url: told.url }) };
  say(
    { told: 'member', name, ...at },
    `${name.padEnd(12)} ${told.url ?? ''} (process ${child.pid})`,
  );
  return { ended: exited.then(() => name) };
}

async function stopMembers(): Promise<void> {
  for (const { process: child, exited } of members.splice(0).toReversed()) {
    child.kill('SIGTERM');
    await exited;
  }
}

function readArguments(): { workers: number; port: number; data: string } {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message} See script/cluster --help.`);
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1)
    throw new StartError('One number of workers. See script/cluster --help.');
  json = values.json ?? false;
  const cameFrom = process.env['SPOR_CAME_FROM'] ?? process.cwd();
  return {
    workers: whole(positionals[0] ?? '2', 'the number of workers', WORKERS_AT_MOST),
    port: whole(values.port ?? String(DEFAULT_PORT), '--port', 65_534),
    // A path is meant from where the person stands, not from the checkout.
    data: values.data === undefined ? join(ROOT, '.spor-cluster') : resolve(cameFrom, values.data),
  };
}

function whole(text: string, name: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most)
    throw new StartError(`${name} is "${text}", but must be a whole number, at most ${most}.`);
  return value;
}

function say(told: object, words: string): void {
  console.log(json ? JSON.stringify(told) : words);
}
