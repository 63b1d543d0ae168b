/**
 * `spor verify`: makes the hashes of the integration log again, on the database itself, and names the
 * first attempt of each company that is not as it was written.
 */
import { readConfig } from '../service/config.ts';
import { type Company, listCompanies } from '../store/companies.ts';
import { type BrokenLink, verifyChain } from '../store/verify-chain.ts';
import { asRead, type OpenDatabase, openKeptDatabase } from './open-database.ts';
import { readOptions } from './options.ts';
import { named } from './reach-service.ts';
import { plain, printJsonDocument } from './terminal.ts';

const HELP = `Usage: spor verify [options]

Goes through the integration log of each company: every closed attempt carries the hash
of the one before it, so an attempt that was altered or taken out no longer fits, and is
named. The embedded database can be verified while no service uses it.

  --company NAME   only one company, by id or name
  --data DIR       the folder of the embedded database   (default .spor)
  --json           for machines
  --help           show this

Environment:
  DATABASE_URL     a PostgreSQL (15 or newer) to use instead of the embedded one

Exit code: 0 all is as it was written, 1 it is not, or it could not be read.`;

export async function verify(args: readonly string[]): Promise<number> {
  const { values } = readOptions('verify', args, {
    company: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const database = await openKeptDatabase(readConfig({ data: values.data }, process.env));
  try {
    const found = await verified(database, values.company);
    const broken = found.filter((each) => each.broken !== null);
    if (values.json) {
      printJsonDocument(
        found.map(({ company: { id, name }, broken }) => ({ companyId: id, name, broken })),
      );
    } else {
      for (const each of found) console.log(`${plain(each.company.name)}: ${said(each.broken)}`);
      if (found.length === 0) console.log('There is no company yet.');
    }
    return broken.length === 0 ? 0 : 1;
  } catch (error) {
    throw asRead(error);
  } finally {
    await database.close();
  }
}

async function verified(
  { pool }: OpenDatabase,
  wanted: string | undefined,
): Promise<{ company: Company; broken: BrokenLink | null }[]> {
  const all = await listCompanies(pool);
  const companies = wanted === undefined ? all : [named(all, wanted)];
  const found = [];
  for (const company of companies)
    found.push({ company, broken: await verifyChain(pool, company.id) });
  return found;
}

function said(broken: BrokenLink | null): string {
  if (broken === null) return 'the log is as it was written.';
  const { attemptId, chainNumber, reason } = broken;
  if (attemptId === null)
    return `ALTERED: attempts from number ${chainNumber} on were taken out at the end.`;
  return reason === 'missing'
    ? `ALTERED: one or more attempts before ${attemptId} (number ${chainNumber}) were taken out.`
    : `ALTERED: attempt ${attemptId} (number ${chainNumber}) is not as it was written.`;
}
