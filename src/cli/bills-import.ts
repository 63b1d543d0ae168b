/**
 * `spor bills import`: e-invoices and JSON bills, four at a time, told in the order they were named.
 * What fails is told with its reason, and the rest goes on.
 */
import { Unreachable } from '../client/client.ts';
import { type Imported, importOne } from './import-one.ts';
import { type ImportUnit, importUnits } from './import-units.ts';
import { readOptions, SERVICE_HELP, SERVICE_OPTIONS, usage } from './options.ts';
import { chosenCompany, reachService } from './reach-service.ts';
import { plain, printJson } from './terminal.ts';

const HELP = `Usage: spor bills import FILE|FOLDER… [options]

Adds e-invoices (UBL 2.1: Peppol BIS Billing 3, OIOUBL 2): the files named, and the
*.xml files of the folders named, all the way down. A *.json file holds a bill, or an
array of bills, as the API takes them.

A bill with the supplier, kind and number of one that is there is kept as a duplicate
and not synced. A file that was imported before, byte for byte, in the last 30 days, is
recognised and not added again, so an import that broke off can simply be repeated; with
--again it is taken as new, which adds a duplicate, or the bill anew when the first was
cancelled.

  --again            take files that were imported before as new
${SERVICE_HELP}
--json prints one line for each bill. Exit code 1 when any failed.`;

const AT_ONCE = 4;

export async function importBills(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    'bills import',
    args,
    {
      ...SERVICE_OPTIONS,
      again: { type: 'boolean' },
    },
    { most: Infinity },
  );
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length === 0) throw usage('bills import', 'Name files or folders.');
  const { client } = reachService(values, process.env);
  const { id: companyId } = await chosenCompany(client, values.company);
  const units = await importUnits(positionals);
  const tell = teller(units.length, values.json ?? false);
  const counts = { added: 0, duplicate: 0, known: 0, failed: 0 };
  const away = await inOrder(
    units,
    (unit) => importOne(client, companyId, unit, values.again ?? false),
    (imported) => {
      counts[imported.status] += 1;
      tell(imported);
    },
  );
  const done = Object.values(counts).reduce((a, b) => a + b, 0);
  if (!values.json)
    console.log(
      `${done} of ${units.length}: ${counts.added} added, ${counts.duplicate} duplicates, ${counts.known} known already, ${counts.failed} failed.`,
    );
  if (away)
    throw new Unreachable(
      `${away.message} ${units.length - done} of ${units.length} are still to be imported; repeat the import when it does: nothing is added twice.`,
    );
  return counts.failed > 0 ? 1 : 0;
}

/**
 * Works on a few at once and hands the results on in order. When the service stays away, no more is
 * begun, and that is returned.
 */
async function inOrder(
  units: readonly ImportUnit[],
  work: (unit: ImportUnit) => Promise<Imported>,
  onDone: (imported: Imported) => void,
): Promise<Unreachable | null> {
  const results = new Map<number, Imported>();
  let begun = 0;
  let told = 0;
  let away: Unreachable | null = null;
  const worker = async () => {
    for (let index = begun++; index < units.length && !away; index = begun++) {
      try {
        results.set(index, await work(units[index]!));
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        away = error;
        return;
      }
      for (let next = results.get(told); next; next = results.get(told)) {
        results.delete(told);
        told += 1;
        onDone(next);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const [, imported] of [...results].sort(([a], [b]) => a - b)) onDone(imported);
  return away;
}

/** On a terminal: a counter, and lines for what deserves a look; else a line for each. */
function teller(total: number, json: boolean): (imported: Imported) => void {
  const counting = !json && process.stdout.isTTY;
  let done = 0;
  return (imported) => {
    done += 1;
    if (json) return printJson(machineLine(imported));
    if (counting) process.stdout.write('\r\u{1b}[K');
    if (!counting || imported.status !== 'added' || (imported.bill?.notices.length ?? 0) > 0)
      console.log(personLine(imported));
    if (counting && done < total) process.stdout.write(`${done} of ${total} …`);
  };
}

function personLine({ name, status, bill, original, failure }: Imported): string {
  const what = bill
    ? `${bill.number}, ${bill.supplier.name}, ${bill.totals.total} ${bill.currency}`
    : (failure?.reason ?? '');
  const more =
    status === 'known'
      ? ' (imported before)'
      : original
        ? ` (the same as ${original.number} of ${original.issuedOn}, ${original.id})`
        : '';
  const notices = (bill?.notices ?? []).map(({ message }) => `\n           ${plain(message)}`);
  return `${status.padEnd(9)}  ${plain(name)}: ${plain(what)}${plain(more)}${notices.join('')}`;
}

function machineLine({ name, status, bill, original, failure }: Imported): unknown {
  return {
    name,
    status,
    billId: bill?.id ?? null,
    number: bill?.number ?? null,
    duplicateOf: bill?.duplicateOf ?? null,
    originalNumber: original?.number ?? null,
    notices: bill?.notices ?? [],
    failure,
  };
}
