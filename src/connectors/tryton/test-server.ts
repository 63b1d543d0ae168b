/**
 * A real Tryton for the tests: started once for the run (`script/tryton`), its books put back by the
 * copy of one file. Tests only.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type SignedIn, signIn } from './test-client.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DATA = join(ROOT, '.spor', 'tryton-test');

declare module 'vitest' {
  interface ProvidedContext {
    tryton: TrytonServer;
  }
}

export interface TrytonServer {
  readonly url: string;
  readonly data: string;
  readonly userPassword: string;
  readonly admin: SignedIn;
}

const script = (command: string, data: string) =>
  execFileSync(join(ROOT, 'script', 'tryton'), [command, '--data', data], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** Nobody needs these books after a power cut: where there is memory for files, they are kept there. */
function keepBooksInMemory(data: string): () => void {
  const place = join(data, 'db');
  rmSync(place, { recursive: true, force: true });
  if (!existsSync('/dev/shm')) return () => {};
  const memory = mkdtempSync('/dev/shm/spor-tryton-');
  mkdirSync(data, { recursive: true });
  symlinkSync(memory, place);
  return () => rmSync(memory, { recursive: true, force: true });
}

export default async function setup(project: TestProject): Promise<() => void> {
  const { server, stop } = await startTryton(DATA);
  project.provide('tryton', server);
  return stop;
}

/** With fresh books, whatever is there. */
export async function startTryton(
  data: string,
): Promise<{ server: TrytonServer; stop: () => void }> {
  script('stop', data);
  const forgetBooks = keepBooksInMemory(data);
  script('start', data);
  const read = (name: string) => readFileSync(join(data, name), 'utf8').trim();
  const url = `http://127.0.0.1:${read('port')}`;
  // Signed in once for the whole run: each test begins on a copy of these books.
  const admin = await signIn(url, 'admin', read('admin-password'));
  copyFileSync(databaseFile({ data }), freshBooks({ data }));
  return {
    server: { url, data, userPassword: read('user-password'), admin },
    stop() {
      script('stop', data);
      forgetBooks();
    },
  };
}

/** `kill -9`, in the middle of whatever it does. */
export function killTryton({ data }: Pick<TrytonServer, 'data'>): void {
  const [pid] = readFileSync(join(data, 'server'), 'utf8').split(' ');
  process.kill(Number(pid), 'SIGKILL');
}

/** On the same books and at the same address; meanwhile this process goes on. */
export async function restartTryton({ data }: Pick<TrytonServer, 'data'>): Promise<void> {
  const child = spawn(join(ROOT, 'script', 'tryton'), ['start', '--data', data], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Tryton did not start again (${code}).`);
}

/** Tryton opens the file anew for each request, so it may be put in its place while it runs. */
export function putBooksBack({ data }: TrytonServer): void {
  const fresh = join(data, 'db', '.demo.sqlite.fresh');
  copyFileSync(freshBooks({ data }), fresh);
  renameSync(fresh, databaseFile({ data }));
}

const freshBooks = ({ data }: Pick<TrytonServer, 'data'>) => join(data, 'db', 'fresh.sqlite');

function databaseFile({ data }: Pick<TrytonServer, 'data'>): string {
  return join(data, 'db', 'demo.sqlite');
}

/** Nobody is signed in any more but the administrator, as when Tryton's sessions run out. */
export function endSessions(server: Pick<TrytonServer, 'data'>): void {
  inFile(server, 'delete from ir_session where create_uid <> 1');
}

/**
 * Tryton answers a sign-in after up to 2^n − 1 seconds when n were refused before it (res/user.py,
 * `get_login`): let it not remember them, where that time is not what is tried.
 */
export function forgetRefusals(server: Pick<TrytonServer, 'data'>): void {
  inFile(
    server,
    `create trigger forget_refusals after insert on res_user_login_attempt begin
       update res_user_login_attempt set create_date = '2000-01-01 00:00:00' where id = new.id;
     end`,
  );
}

/**
 * Invoices that Tryton was to call paid, or open again, in a task of its own after the reconciliation was kept,
 * and did not, because it was killed in between: without a worker of its own (trytond/ir/queue.py 6.0.29, read
 * 2026-11-25) it never does. Its client can't read the tasks.
 */
export function leftInQueue(server: Pick<TrytonServer, 'data'>): readonly number[] {
  using database = new DatabaseSync(databaseFile(server), { timeout: 5000, readOnly: true });
  const tasks = database.prepare('select data from ir_queue where finished_at is null').all();
  const invoices = tasks.flatMap((task) => {
    const { model, method, instances } = JSON.parse(String(task['data'])) as QueuedTask;
    return model === 'account.invoice' && method === 'process' ? instances : [];
  });
  return [...new Set(invoices)];
}

interface QueuedTask {
  readonly model: string;
  readonly method: string;
  readonly instances: number | readonly number[];
}

function inFile(server: Pick<TrytonServer, 'data'>, sql: string): void {
  const database = new DatabaseSync(databaseFile(server), { timeout: 5000 });
  database.exec(sql);
  database.close();
}
