/** `spor log archive`: old months of the integration log leave, written to a folder first if one is named. */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readConfig, type ServiceConfig } from '../service/config.ts';
import { makeDataDirectory } from '../service/data-directory.ts';
import { openLogger } from '../service/logger.ts';
import { databaseNow } from '../store/database-clock.ts';
import {
  type Departure,
  dropMonth,
  listMonthsBefore,
  type LogMonth,
  MonthStays,
  whyItStays,
} from '../store/departing-months.ts';
import { monthOf } from '../store/partitions.ts';
import type { Pool } from '../store/pool.ts';
import { monthFiles, prepareFolder, writeMonth } from './archive-files.ts';
import { asRead, openKeptDatabase } from './open-database.ts';
import { CommandRefused, readOptions, usage } from './options.ts';
import { plain, printJsonDocument } from './terminal.ts';

const HELP = `Usage: spor log archive --before MONTH [options]

All attempts that began before MONTH (2025-01) leave the integration log, a month at a
time, of all companies. They can't be brought back. spor verify still proves the rest.
A month stays, and all after it, while an attempt of it is open, or ended uncertain and
is still needed. The embedded database can be archived while no service uses it.

  --before MONTH   the first month that stays; this month at the latest
  --to FOLDER      write each month there first, as compressed JSON lines
  --dry-run        only say what would leave
  --yes            do not ask
  --person NAME    who this is by                        (default: who is signed in here)
  --data DIR       the folder of the embedded database and of spor.log  (default .spor)
  --json           for machines; needs --yes or --dry-run
  --help           show this

Environment:
  DATABASE_URL     a PostgreSQL (15 or newer) to use instead of the embedded one

Exit code: 0 done, 1 refused or failed, 2 not understood.`;

export async function logArchive(args: readonly string[]): Promise<number> {
  const { values } = readOptions('log archive', args, {
    before: { type: 'string' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean' },
    person: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const before = values.before;
  if (before === undefined) throw usage('log archive', 'Say the first month that stays: --before.');
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(before))
    throw usage('log archive', `--before is "${before}", but must be a month: 2025-01.`);
  const asks = !values.yes && !values['dry-run'];
  if (asks && (values.json || !process.stdin.isTTY))
    throw usage('log archive', 'Nobody can be asked here: say --yes or --dry-run.');
  const folder = values.to === undefined ? null : resolve(values.to);
  const config = readConfig({ data: values.data }, process.env);
  const database = await openKeptDatabase(config);
  try {
    const { pool } = database;
    const now = await databaseNow(pool);
    if (before > monthOf(now)) throw new CommandRefused('Only months that are over can leave.');
    const months = await listMonthsBefore(pool, before);
    if (!values.json) printMonths(months);
    const left: string[] = [];
    if (!values['dry-run'] && months.length > 0 && (!asks || (await agreed()))) {
      if (folder !== null)
        await prepareFolder(
          folder,
          months.map(({ month }) => month),
        );
      const tell = await teller(config);
      for (const month of months) {
        const by = { actor: values.person ?? config.person, now, archivedTo: folder };
        // Later months stay as well, so that what is kept has no hole.
        const attempts = await leave(pool, month, by);
        left.push(month.month);
        tell({ month: month.month, attempts, ...by });
        if (!values.json) console.log(`${month.month} left.`);
      }
    }
    if (values.json) printJsonDocument({ months, left, archivedTo: folder });
    return 0;
  } catch (error) {
    if (error instanceof MonthStays) throw new CommandRefused(error.message);
    throw asRead(error);
  } finally {
    await database.close();
  }
}

async function leave(
  pool: Pool,
  month: LogMonth,
  by: Omit<Departure, 'attempts'>,
): Promise<number> {
  const reason = whyItStays(month);
  if (reason !== null) throw new MonthStays(reason);
  const folder = by.archivedTo;
  const attempts = folder === null ? month.attempts : await writeMonth(pool, month.month, folder);
  try {
    await dropMonth(pool, month.month, { ...by, attempts });
  } catch (error) {
    // It is still in the log, so that its files are not wanted. After any other error nobody knows.
    if (error instanceof MonthStays && folder !== null)
      await Promise.all(monthFiles(folder, month.month).map((path) => rm(path)));
    throw error;
  }
  return attempts;
}

/** Into the service's own log, so that whoever looks there for what was done to the data finds it. */
async function teller(config: ServiceConfig): Promise<(left: object) => void> {
  await makeDataDirectory(config.dataDirectory);
  const logger = openLogger(config.dataDirectory, config.logLevel);
  return (left) => logger.info(left, 'a month left the integration log');
}

function printMonths(months: readonly LogMonth[]): void {
  if (months.length === 0) console.log('There is no such month in the log.');
  for (const { month, attempts, bytes, open, needed } of months) {
    const said = [
      `${month}  ${attempts} attempts, ${(bytes / 1e6).toFixed(1)} MB`,
      ...(open > 0 ? [`${open} never closed`] : []),
      ...(needed > 0 ? [`${needed} uncertain and still needed`] : []),
    ];
    console.log(plain(said.join(', ')));
  }
}

async function agreed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question('Shall they leave for good? (yes/no) ')).trim() === 'yes';
  } finally {
    terminal.close();
  }
}
