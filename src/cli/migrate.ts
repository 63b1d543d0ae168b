/** `spor migrate`: brings the tables of a database to what this version expects, without serving. */
import { mkdir } from 'node:fs/promises';
import { readConfig } from '../service/config.ts';
import { migrate } from '../store/migrate.ts';
import { databaseNow } from '../store/database-clock.ts';
import { ensurePartitions } from '../store/partitions.ts';
import { openDatabase } from './open-database.ts';
import { readOptions } from './options.ts';
import { plain, printJsonDocument } from './terminal.ts';

const HELP = `Usage: spor migrate [options]

Applies the migrations the database lacks; spor serve does so as well. A database
that is newer than this version is refused and left untouched.

  --data DIR     the folder of the embedded database   (default .spor)
  --json         for machines: {"applied": […]}
  --help         show this

Environment:
  DATABASE_URL   a PostgreSQL (15 or newer) to use instead of the embedded one`;

export async function migrateDatabase(args: readonly string[]): Promise<number> {
  const { values } = readOptions('migrate', args, {
    data: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const config = readConfig({ data: values.data }, process.env);
  if (config.databaseUrl === null) await mkdir(config.dataDirectory, { recursive: true });
  const database = await openDatabase(config);
  try {
    const { applied } = await migrate(database.pool);
    await ensurePartitions(database.pool, await databaseNow(database.pool));
    if (values.json) printJsonDocument({ applied });
    else if (applied.length === 0) console.log('The database is up to date.');
    else for (const file of applied) console.log(`applied ${plain(file)}`);
    return 0;
  } finally {
    await database.close();
  }
}
