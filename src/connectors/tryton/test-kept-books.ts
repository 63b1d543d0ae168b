/**
 * Tryton's books as they are kept: a file of SQLite, or, with `SPOR_TRYTON_POSTGRES`, a database of that server. They
 * are put back while Tryton runs. Tests only.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

export interface KeptBooks {
  /** What an earlier run left is gone: `script/tryton` makes them anew. Called at the end, what is returned tidies up. */
  begin(): () => void;
  /** Remembered, for `putBack`. */
  remember(): void;
  putBack(): void;
  /** A statement for each of the two. */
  run(statement: { readonly sqlite: string; readonly postgres: string }): void;
  /** The first column of what a query finds. */
  column(query: string): readonly unknown[];
  /** Written to a file, where they are one. */
  copyTo(file: string): boolean;
}

/** @param data the folder `script/tryton` was given */
export function keptBooks(data: string): KeptBooks {
  return process.env['SPOR_TRYTON_POSTGRES'] ? inPostgres(data) : inFile(data);
}

/** Tryton opens the file anew for each request. */
function inFile(data: string): KeptBooks {
  const file = (name: string) => join(data, 'db', name);
  const open = (readOnly: boolean) =>
    new DatabaseSync(file('demo.sqlite'), { timeout: 5000, readOnly });
  return {
    begin: () => inMemory(join(data, 'db')),
    remember: () => copyFileSync(file('demo.sqlite'), file('fresh.sqlite')),
    putBack() {
      copyFileSync(file('fresh.sqlite'), file('.demo.sqlite.fresh'));
      renameSync(file('.demo.sqlite.fresh'), file('demo.sqlite'));
    },
    run({ sqlite }) {
      using database = open(false);
      database.exec(sqlite);
    },
    column(query) {
      using database = open(true);
      return database
        .prepare(query)
        .all()
        .map((row) => Object.values(row)[0]);
    },
    copyTo(to) {
      copyFileSync(file('demo.sqlite'), to);
      return true;
    },
  };
}

/** Nobody needs these books after a power cut: where there is memory for files, they are kept there. */
function inMemory(place: string): () => void {
  rmSync(place, { recursive: true, force: true });
  if (!existsSync('/dev/shm')) return () => {};
  const memory = mkdtempSync('/dev/shm/spor-tryton-');
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(memory, place);
  return () => rmSync(memory, { recursive: true, force: true });
}

const POSTGRES = fileURLToPath(new URL('../../../script/lib/tryton/postgres.py', import.meta.url));

function inPostgres(data: string): KeptBooks {
  const ask = (...given: string[]) =>
    execFileSync('/usr/bin/python3', [POSTGRES, ...given], { encoding: 'utf8' });
  return {
    begin() {
      ask('drop', 'demo');
      return () => {};
    },
    remember: () => void ask('copy', 'demo', 'fresh'),
    putBack: () => void ask('copy', 'fresh', 'demo', join(data, 'port')),
    run: ({ postgres }) => void ask('run', 'demo', postgres),
    column: (query) => (JSON.parse(ask('run', 'demo', query)) as unknown[][]).map(([one]) => one),
    copyTo: () => false,
  };
}
