/** The campaign's PostgreSQL: the embedded one, whose every process is killed and started again on its files. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';

export interface CampaignPostgres {
  readonly url: string;
  /** `kill -9` of the server and of all it has begun. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgres(folder: string): Promise<CampaignPostgres> {
  const dataDir = join(folder, 'postgres');
  const launch = () =>
    startEmbeddedPostgres({ dataDir, log: () => {}, settings: { max_connections: '100' } });
  let postgres: EmbeddedPostgres = await launch();
  return {
    url: postgres.url,
    async kill() {
      const written = await readFile(join(dataDir, 'cluster/postmaster.pid'), 'utf8');
      const pid = Number(written.split('\n')[0]);
      const children = childrenOf(pid);
      for (const each of [pid, ...children]) end(each);
      await postgres.lost;
    },
    async restart() {
      await postgres.stop().catch(() => {});
      postgres = await launch();
    },
    stop: () => postgres.stop(),
  };
}

function childrenOf(pid: number): number[] {
  const written = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return written === '' ? [] : written.split(' ').map(Number);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
