/** `spor bills list`: bills newest first, each with the worst state of its postings. */
import { syncState } from '../contract/bill-shapes.ts';
import { failureCode } from '../contract/sync-shapes.ts';
import { foundConnection } from './found-bill.ts';
import { oneOf, readOptions, SERVICE_HELP, SERVICE_OPTIONS, usage } from './options.ts';
import { chosenCompany, reachService } from './reach-service.ts';
import { printJson, table } from './terminal.ts';

const HELP = `Usage: spor bills list [options]

  --sync STATE       only bills in a state:
                     ${syncState.options.join(', ')}
  --search TEXT      only bills with this in supplier or number, or of this amount
  --duplicates       only duplicates
  --failure CODE     only bills that fail by this; spor failures has the codes
  --connection NAME  with --failure: in this integration only
  --limit N          how many at most        (default 50)
  --all              all of them
${SERVICE_HELP}
--json prints one bill a line.`;

const PAGE = 200;

export async function listBills(args: readonly string[]): Promise<number> {
  const { values } = readOptions(
    'bills list',
    args,
    {
      ...SERVICE_OPTIONS,
      sync: { type: 'string' },
      search: { type: 'string' },
      duplicates: { type: 'boolean' },
      failure: { type: 'string' },
      connection: { type: 'string' },
      limit: { type: 'string' },
      all: { type: 'boolean' },
    },
    { advice: '--search looks for a text' },
  );
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const sync =
    values.sync === undefined
      ? undefined
      : oneOf('bills list', '--sync', values.sync, syncState.options);
  const failure =
    values.failure === undefined
      ? undefined
      : oneOf('bills list', '--failure', values.failure, failureCode.options);
  const limit = values.all ? Infinity : limitOf(values.limit);
  const { client } = reachService(values, process.env);
  const { id: companyId } = await chosenCompany(client, values.company);
  const connectionId =
    values.connection === undefined
      ? undefined
      : (await foundConnection(client, companyId, values.connection)).id;
  const rows: { cells: string[] }[] = [];
  let cursor: string | undefined;
  let shown = 0;
  do {
    const page = await client.listBills({
      params: { companyId },
      query: {
        limit: Math.min(limit - shown, PAGE),
        cursor,
        sync,
        search: values.search,
        duplicates: values.duplicates ? 'only' : undefined,
        failure,
        connectionId,
      },
    });
    for (const bill of page.items) {
      if (values.json) printJson(bill);
      else
        rows.push({
          cells: [
            bill.number,
            bill.supplierName,
            bill.issuedOn,
            bill.dueOn ?? '',
            `${bill.total} ${bill.currency}`,
            bill.duplicateOf === null ? bill.sync : 'duplicate',
            bill.id,
          ],
        });
    }
    shown += page.items.length;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && shown < limit);
  if (values.json) return 0;
  console.log(rows.length === 0 ? 'No bill fits.' : table(COLUMNS, rows));
  if (cursor !== undefined) console.log(`\nThere are more: --all shows them.`);
  return 0;
}

const COLUMNS = [
  { title: 'Number' },
  { title: 'Supplier' },
  { title: 'Issued' },
  { title: 'Due' },
  { title: 'Total', align: 'right' },
  { title: 'Sync' },
  { title: 'Id' },
] as const;

function limitOf(text: string | undefined): number {
  if (text === undefined) return 50;
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1)
    throw usage('bills list', `--limit is "${text}", but must be a whole number from 1.`);
  return limit;
}
