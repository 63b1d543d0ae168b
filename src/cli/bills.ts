/** `spor bills`: what comes in, and what is there. */
import { importBills } from './bills-import.ts';
import { listBills } from './bills-list.ts';
import { usage } from './options.ts';

const HELP = `Usage: spor bills import FILE|FOLDER… [options]
       spor bills list [options]

spor bills import --help and spor bills list --help say more.`;

export async function bills([name, ...rest]: readonly string[]): Promise<number> {
  if (name === 'import') return importBills(rest);
  if (name === 'list') return listBills(rest);
  if (name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  throw usage('bills', name === undefined ? 'Say import or list.' : `There is no "bills ${name}".`);
}
