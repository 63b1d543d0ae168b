/** `spor restored`: after a backup of the database was put back, and before anything is synced from it. */
import { readConfig } from '../service/config.ts';
import { lookBeforeMaking } from '../store/after-restore.ts';
import { listCompanies } from '../store/companies.ts';
import { asRead, openKeptDatabase } from './open-database.ts';
import { readOptions } from './options.ts';
import { plain, printJsonDocument } from './terminal.ts';

const HELP = `Usage: spor restored [options]

Run it when a backup of Spor's database was put back, before spor serve or spor worker
is started again. What Spor made in the accounting systems since the backup, it knows
nothing of: each posting that seems never to have been there is looked for by its
reference first, and linked when it is found, so that nothing is made twice. It costs
one look a posting; doing it without need does no harm.

Then reconcile (spor reconcile): what was added since the backup is told as unknown.

  --data DIR       the folder of the embedded database   (default .spor)
  --json           for machines
  --help           show this

Environment:
  DATABASE_URL     a PostgreSQL (15 or newer) to use instead of the embedded one`;

export async function restored(args: readonly string[]): Promise<number> {
  const { values } = readOptions('restored', args, {
    data: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { pool, close } = await openKeptDatabase(readConfig({ data: values.data }, process.env));
  try {
    const told = [];
    for (const { id, name } of await listCompanies(pool))
      told.push({ companyId: id, name, postings: await lookBeforeMaking(pool, id) });
    if (values.json) printJsonDocument(told);
    else if (told.length === 0) console.log('There is no company yet.');
    else for (const { name, postings } of told) console.log(`${plain(name)}: ${said(postings)}`);
    return 0;
  } catch (error) {
    throw asRead(error);
  } finally {
    await close();
  }
}

function said(postings: number): string {
  if (postings === 0) return 'nothing has to be looked for.';
  const [them, are] = postings === 1 ? ['posting', 'it is'] : ['postings', 'they are'];
  return `${postings} ${them} will be looked for before ${are} made.`;
}
