/**
 * Cold start (a new data folder), warm start (the same again), against the start of Node itself; and
 * what the service and its PostgreSQL hold in memory at rest and while e-invoices are imported.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../src/client/client.ts';
import { median, ms, print } from './figures.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../src/intake/samples/', import.meta.url));
const WARM_STARTS = 5;
const REST_MS = 5_000;
const LOAD_MS = 20_000;

const folder = await mkdtemp(join(tmpdir(), 'spor-bench-start-'));
try {
  const bare = [];
  for (let index = 0; index < WARM_STARTS; index += 1) bare.push(await bareNode());
  const cold = await start();
  await stop(cold.process);
  const warm = [];
  for (let index = 0; index < WARM_STARTS; index += 1) {
    const again = await start();
    warm.push(again.tookMs);
    await stop(again.process);
  }
  const service = await start();
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const rest = await memoryMiB(service.process.pid!);
  const load = await underLoad(service.url, service.process.pid!);
  await stop(service.process);
  print('Start, to the first answer', [
    ['Node alone', ms(median(bare))],
    ['cold (new database)', ms(cold.tookMs)],
    ['warm, median', ms(median(warm))],
    ['warm against Node alone', (median(warm) / median(bare)).toFixed(1)],
  ]);
  print('Memory held (proportional set size, service and PostgreSQL)', [
    ['at rest', `${rest.service} MiB + ${rest.postgres} MiB`],
    [
      `while ${load.bills} e-invoices were imported and synced in ${LOAD_MS / 1000} s`,
      `${load.service} MiB + ${load.postgres} MiB`,
    ],
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bareNode(): Promise<number> {
  const startedMs = performance.now();
  await once(spawn(process.execPath, ['-e', '0']), 'exit');
  return performance.now() - startedMs;
}

async function start(): Promise<{ process: ChildProcess; url: string; tookMs: number }> {
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [MAIN, 'serve', '--port', '0', '--no-sample', '--data', folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const url = /Spor is at (\S+)/.exec(said)?.[1];
    if (url) {
      await fetch(`${url}/v1/health`);
      child.stdout.resume();
      return { process: child, url, tookMs: performance.now() - startedMs };
    }
  }
  throw new Error('The service did not start.');
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function underLoad(url: string, pid: number) {
  const client = createClient({ baseUrl: url });
  const company = await client.createCompany({ body: { name: 'Last' } });
  const params = { companyId: company.id };
  await client.createConnection({
    params,
    body: {
      connector: 'journal',
      name: 'Regnskab',
      settings: { folder: join(folder, 'regnskab') },
      rules: { defaultAccount: 'Omkostninger', paymentAccount: 'Aktiver:Bank' },
    },
  });
  const files = (await readdir(SAMPLES)).filter((name) => name.endsWith('.xml'));
  const texts = await Promise.all(files.map((file) => readFile(join(SAMPLES, file), 'utf8')));
  const untilMs = performance.now() + LOAD_MS;
  let bills = 0;
  let most = { service: 0, postgres: 0 };
  const importing = Array.from({ length: 4 }, async () => {
    while (performance.now() < untilMs) {
      bills += 1;
      // A number of its own, so that it is no duplicate.
      const text = texts[bills % texts.length]!.replace(/(<cbc:ID>)([^<]+)/, `$1$2-${bills}`);
      await client.importBill({ params, body: new TextEncoder().encode(text) });
    }
  });
  while (performance.now() < untilMs) {
    const now = await memoryMiB(pid);
    most = {
      service: Math.max(most.service, now.service),
      postgres: Math.max(most.postgres, now.postgres),
    };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await Promise.all(importing);
  return { bills, ...most };
}

/** Shared pages are counted once, in shares: what PostgreSQL's processes have in common is not added up. */
async function memoryMiB(pid: number): Promise<{ service: number; postgres: number }> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const each of all) {
    const stat = await readFile(`/proc/${each}/stat`, 'utf8').catch(() => '');
    const parent = / \S (\d+) /.exec(stat.slice(stat.lastIndexOf(')')))?.[1];
    if (parent) parents.set(Number(each), Number(parent));
  }
  const isOurs = (each: number): boolean =>
    each === pid || (parents.has(each) && isOurs(parents.get(each)!));
  let children = 0;
  for (const each of parents.keys())
    if (each !== pid && isOurs(each)) children += await pssKiB(each);
  return { service: Math.round((await pssKiB(pid)) / 1024), postgres: Math.round(children / 1024) };
}

async function pssKiB(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
}
