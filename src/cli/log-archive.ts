/** `spor log archive`: old months of the integration log leave, written to a folder first if one is named. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { userInfo } from 'node:os';
import { readConfig } from '../service/config.ts';
import {
  dropMonth,
  listMonthsBefore,
  type LogMonth,
  MonthStays,
} from '../store/departing-months.ts';
import { writeMonth } from './archive-files.ts';
import { openDatabase } from './open-database.ts';
import { CommandRefused, readOptions, usage } from './options.ts';
import { plain, printJsonDocument } from './terminal.ts';

const HELP = `Usage: spor log archive --before MONTH [options]

All attempts that began before MONTH (2025-01) leave the integration log, a month at a
time, of all companies. They can't be brought back. spor verify still proves the rest.
The embedded database can be archived while no service uses it.

  --before MONTH   the first month that stays; this month at the latest
  --to FOLDER      write each month there first, as compressed JSON lines
  --dry-run        only say what would leave
  --yes            do not ask
  --person NAME    who this is by                        (default: who is signed in here)
  --data DIR       the folder of the embedded database   (default .spor)
  --json           for machines; needs --yes or --dry-run
  --help           show this

Environment:
  DATABASE_URL     a PostgreSQL (15 or newer) to use instead of the embedded one

Exit code: 0 done, 1 refused or failed, 2 not understood.`;

export async function logArchive(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions('log archive', args, {
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
  if (positionals.length > 0) throw usage('log archive', `"${positionals[0]}" is too much.`);
  const before = values.before;
  if (before === undefined) throw usage('log archive', 'Say the first month that stays: --before.');
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(before))
    throw usage('log archive', `--before is "${before}", but must be a month: 2025-01.`);
  const now = new Date();
  if (before > now.toISOString().slice(0, 7))
    throw new CommandRefused('Only months that are over can leave.');
  const asks = !values.yes && !values['dry-run'];
  if (asks && (values.json || !process.stdin.isTTY))
    throw usage('log archive', 'Nobody can be asked here: say --yes or --dry-run.');
  const folder = values.to === undefined ? null : resolve(values.to);
  const database = await openDatabase(readConfig({ data: values.data }, process.env));
  try {
    const months = await listMonthsBefore(database.pool, before);
    if (!values.json) printMonths(months);
    const left: string[] = [];
    if (!values['dry-run'] && months.length > 0 && (!asks || (await agreed()))) {
      if (folder !== null) await mkdir(folder, { recursive: true, mode: 0o700 });
      const actor = values.person ?? userInfo().username;
      for (const { month, attempts, open } of months) {
        // Later months stay as well, so that what is kept has no hole.
        if (open > 0)
          throw new CommandRefused(`${month} stays: ${open} of its attempts were never closed.`);
        const written = folder === null ? attempts : await writeMonth(database.pool, month, folder);
        const by = { actor, now, archivedTo: folder, attempts: written };
        await dropMonth(database.pool, month, by);
        left.push(month);
        if (!values.json) console.log(`${month} left.`);
      }
    }
    if (values.json) printJsonDocument({ months, left, archivedTo: folder });
    return 0;
  } catch (error) {
    if (error instanceof MonthStays) throw new CommandRefused(error.message);
    throw error;
  } finally {
    await database.close();
  }
}

function printMonths(months: readonly LogMonth[]): void {
  if (months.length === 0) console.log('There is no such month in the log.');
  for (const { month, attempts, bytes, open } of months) {
    const said = open === 0 ? '' : `, ${open} of them never closed`;
    console.log(plain(`${month}  ${attempts} attempts${said}  ${(bytes / 1e6).toFixed(1)} MB`));
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
