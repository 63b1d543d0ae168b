/** `spor reconcile`: compares bills and books, and waits for what comes out. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Client } from '../client/client.ts';
import type { ReconciliationShape } from '../contract/endpoints/reconciliations.ts';
import { isDay } from '../core/day.ts';
import { type Verdict, VERDICTS } from '../core/reconciliation.ts';
import { foundConnection } from './found-bill.ts';
import { CommandRefused, readOptions, SERVICE_HELP, SERVICE_OPTIONS, usage } from './options.ts';
import { chosenCompany, reachService } from './reach-service.ts';
import { plain, printJsonDocument } from './terminal.ts';

const HELP = `Usage: spor reconcile [options]

Looks in the accounting system for every posting of the bills issued in the period, and for
records nobody asked for: same, missing, duplicate, deviates, unknown. It writes nothing there
and gives way to syncing. Exit code 1 when anything is not the same.

  --from DAY         bills issued from this day on   (default 90 days before --to)
  --to DAY           bills issued until this day     (default today)
  --connection NAME  the integration; when left out, all that are on
  --csv FILE         write every row to a file
${SERVICE_HELP}`;

const ASK_AGAIN_MS = 500;

export async function reconcile(args: readonly string[]): Promise<number> {
  const { values } = readOptions('reconcile', args, {
    ...SERVICE_OPTIONS,
    from: { type: 'string' },
    to: { type: 'string' },
    connection: { type: 'string' },
    csv: { type: 'string' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  for (const name of ['from', 'to'] as const)
    if (values[name] !== undefined && !isDay(values[name]))
      throw usage('reconcile', `--${name} is "${values[name]}", but must be a day: 2026-01-31.`);
  const { client } = reachService(values, process.env);
  const { id: companyId } = await chosenCompany(client, values.company);
  const connectionId =
    values.connection === undefined
      ? undefined
      : (await foundConnection(client, companyId, values.connection)).id;
  // Before the long work, so that it is not in vain.
  await using csv = values.csv === undefined ? null : await openForWriting(values.csv);
  const { items } = await client.startReconciliation({
    params: { companyId },
    body: { connectionId, fromOn: values.from, toOn: values.to },
  });
  const names = new Map(
    (await client.listConnections({ params: { companyId } })).items.map(({ id, name }) => [
      id,
      name,
    ]),
  );
  const done: ReconciliationShape[] = [];
  for (const { id, connectionId: of } of items) {
    const name = plain(names.get(of) ?? of);
    done.push(await waitFor(client, companyId, id, values.json ? null : name));
  }
  if (csv) await writeCsv(client, companyId, done, csv);
  if (values.json) printJsonDocument({ items: done });
  else for (const one of done) tell(one, plain(names.get(one.connectionId) ?? one.connectionId));
  return done.every(isSame) ? 0 : 1;
}

async function waitFor(
  client: Client,
  companyId: string,
  reconciliationId: string,
  name: string | null,
): Promise<ReconciliationShape> {
  let told = '';
  for (;;) {
    const one = await client.getReconciliation({ params: { companyId, reconciliationId } });
    const progress = `${name}: ${one.billsLookedAt} of ${one.bills} bills`;
    // On the error stream, so that what is piped on is the result.
    if (name !== null && progress !== told) console.error(progress);
    told = progress;
    if (one.finishedAt !== null) return one;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

function tell(one: ReconciliationShape, name: string): void {
  console.log(
    `${name}, ${one.fromOn} to ${one.toOn}${one.state === 'done' ? '' : ` (${one.state})`}`,
  );
  for (const verdict of VERDICTS) {
    const totals = one.totals.filter((total) => total.verdict === verdict);
    const sums = totals.map(({ amount, currency }) => `${amount} ${currency}`).join(', ');
    console.log(
      `  ${verdict.padEnd(10)} ${String(rowsIn(one, verdict)).padStart(7)}  ${sums}`.trimEnd(),
    );
  }
  if (one.failure) console.log(`  ${plain(one.failure.title)}. ${plain(one.failure.remedy)}`);
}

function rowsIn({ totals }: ReconciliationShape, verdict: Verdict): number {
  return totals.reduce((sum, total) => sum + (total.verdict === verdict ? total.rows : 0), 0);
}

function isSame(one: ReconciliationShape): boolean {
  return one.state === 'done' && one.totals.every(({ verdict }) => verdict === 'same');
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    // What is in it stays until there is something to write.
    return await open(path, 'a');
  } catch (error) {
    throw new CommandRefused(`${path} can't be written: ${(error as Error).message}.`);
  }
}

/** One file for all of them: the heading of the first is enough. */
async function writeCsv(
  client: Client,
  companyId: string,
  all: readonly ReconciliationShape[],
  file: FileHandle,
): Promise<void> {
  await file.truncate();
  for (const [index, { id: reconciliationId }] of all.entries()) {
    const answer = await client.reconciliationCsv({ params: { companyId, reconciliationId } });
    const text = await answer.text();
    const body =
      index === 0
        ? `\u{FEFF}${text.replace(/^\u{FEFF}/u, '')}`
        : text.slice(text.indexOf('\n') + 1);
    await file.writeFile(body);
  }
}
