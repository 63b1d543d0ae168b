/**
 * A real Tryton for the tests: started once for the run (`script/tryton`), its books put back for
 * each test. Tests only.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type SignedIn, signIn } from './test-client.ts';
import { keptBooks } from './test-kept-books.ts';

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
  const books = keptBooks(data);
  const tidyUp = books.begin();
  script('start', data);
  const read = (name: string) => readFileSync(join(data, name), 'utf8').trim();
  const url = `http://127.0.0.1:${read('port')}`;
  // Signed in once for the whole run: each test begins on a copy of these books.
  const admin = await signIn(url, 'admin', read('admin-password'));
  books.remember();
  return {
    server: { url, data, userPassword: read('user-password'), admin },
    stop() {
      script('stop', data);
      tidyUp();
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

export function putBooksBack({ data }: TrytonServer): void {
  keptBooks(data).putBack();
}

/** Nobody is signed in any more but the administrator, as when Tryton's sessions run out. */
export function endSessions({ data }: Pick<TrytonServer, 'data'>): void {
  const statement = 'delete from ir_session where create_uid <> 1';
  keptBooks(data).run({ sqlite: statement, postgres: statement });
}

/**
 * Tryton answers a sign-in after up to 2^n − 1 seconds when n were refused before it (res/user.py,
 * `get_login`): let it not remember them, where that time is not what is tried.
 */
export function forgetRefusals({ data }: Pick<TrytonServer, 'data'>): void {
  keptBooks(data).run({
    sqlite: `create trigger forget_refusals after insert on res_user_login_attempt begin
        update res_user_login_attempt set create_date = '2000-01-01 00:00:00' where id = new.id;
      end`,
    postgres: `create function forget_refusals() returns trigger language plpgsql as $$
      begin
        new.create_date = '2000-01-01 00:00:00';
        return new;
      end $$;
      create trigger forget_refusals before insert on res_user_login_attempt
        for each row execute function forget_refusals()`,
  });
}

/**
 * Invoices that Tryton was to call paid, or open again, in a task of its own after the reconciliation was kept,
 * and did not, because it was killed in between: without a worker of its own (trytond/ir/queue.py 6.0.29, read
 * 2026-11-25) it never does. Its client can't read the tasks.
 */
export function leftInQueue({ data }: Pick<TrytonServer, 'data'>): readonly number[] {
  const tasks = keptBooks(data).column(
    'select cast(data as text) from ir_queue where finished_at is null',
  );
  const invoices = tasks.flatMap((task) => {
    const { model, method, instances } = JSON.parse(String(task)) as QueuedTask;
    return model === 'account.invoice' && method === 'process' ? instances : [];
  });
  return [...new Set(invoices)];
}

interface QueuedTask {
  readonly model: string;
  readonly method: string;
  readonly instances: number | readonly number[];
}
