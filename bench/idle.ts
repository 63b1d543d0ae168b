/** What a service with a hundred thousand connections costs while nothing happens: processor time. */
import { readFile } from 'node:fs/promises';
import { startResyncRunner } from '../src/engine/resync-runner.ts';
import { startWorker } from '../src/engine/worker.ts';
import { print } from './figures.ts';
import { openPlace } from './place.ts';

const CONNECTIONS = Number(process.env['BENCH_CONNECTIONS'] ?? 100_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 60);

const place = await openPlace();
try {
  const { pool } = place.context;
  const company = await place.company('template');
  await place.connect(company, 1);
  await pool.query(
    `insert into companies
     select (jsonb_populate_record(c, jsonb_build_object('company_id', gen_random_uuid()))).*
     from companies c, generate_series(1, $1)`,
    [CONNECTIONS - 1],
  );
  const like = (table: string) =>
    `insert into ${table}
     select (jsonb_populate_record(t, jsonb_build_object('company_id', c.company_id))).*
     from ${table} t, companies c
     where t.company_id = $1 and c.company_id <> $1`;
  for (const table of ['connections', 'lanes']) await pool.query(like(table), [company.id]);
  await pool.query('vacuum analyze');
  const worker = await startWorker(place.context);
  const resyncs = startResyncRunner(place.context);
  // The first look, the first sweep.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const server = await serverCpuMs();
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const used = process.cpuUsage(before);
  const serverMs = (await serverCpuMs()) - server;
  await resyncs.stop();
  await worker.stop();
  const share = (ms: number) => `${(ms / SECONDS / 10).toFixed(2)} % of a core`;
  print(`Idle for ${SECONDS} s with ${CONNECTIONS} connections`, [
    ['the worker', share((used.user + used.system) / 1000)],
    ['PostgreSQL', share(serverMs)],
  ]);

  /** Processor time of all of the server's processes so far, as it says itself. */
  async function serverCpuMs(): Promise<number> {
    const { rows } = await pool.query<{ pid: number }>(`select pid from pg_stat_activity`);
    const each = await Promise.all(
      rows.map(async ({ pid }) => {
        const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return text === '' ? 0 : (Number(fields[11]) + Number(fields[12])) * 10;
      }),
    );
    return each.reduce((sum, ms) => sum + ms, 0);
  }
} finally {
  await place.stop();
}
