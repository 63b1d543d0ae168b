/** `spor resync`: *Synkroniser igen*, for one bill, for all in a state, or for all that fails by a cause. */
import { postingsState } from '../contract/resync-shapes.ts';
import { failureCode, postingKind } from '../contract/sync-shapes.ts';
import { foundBill, foundConnection } from './found-bill.ts';
import {
  CommandRefused,
  oneOf,
  readOptions,
  SERVICE_HELP,
  SERVICE_OPTIONS,
  usage,
} from './options.ts';
import { chosenCompany, type Reached, reachService } from './reach-service.ts';
import { resyncMany, stopMany } from './resync-many.ts';
import { plain, printJsonDocument } from './terminal.ts';
import { waitForAttempts } from './wait-for-attempts.ts';

const HELP = `Usage: spor resync BILL --posting supplier-invoice|supplier-payment [options]
       spor resync --failed [options]
       spor resync --state STATE [options]
       spor resync --failure CODE [options]

Updates the posting if it is in the accounting system, else creates it, with the bill as
it is at that moment. BILL is a bill's id or number.

  --posting KIND     supplier-invoice or supplier-payment; for many bills, both when left out
  --keep             it was changed in the accounting system and waits for a decision: keep it so
  --overwrite        also over what was kept as it is in the accounting system
  --replace          if it can be changed no more there: credit the invoice, and make it anew
  --link             if somebody booked the invoice there by hand: link that one, as it is;
                     of many bills, where kind, day, currency and total agree as well
  --recreate         of many bills, too: make again what was deleted in the accounting system
  --connection NAME  the integration; when left out, the only one, or for many bills all
  --wait             wait for the outcome; exit code 1 when it is not in step
  --timeout SECONDS  how long to wait at most   (default 60)
  --failed           all postings that failed
  --state STATE      all postings in a state:
                     ${postingsState.options.join(', ')}
  --failure CODE     what fails by this cause now, once the cause is mended; spor failures
                     names the codes
  --stop             with one of these three: ask for no more of it
${SERVICE_HELP}`;

export async function resync(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    'resync',
    args,
    {
      ...SERVICE_OPTIONS,
      posting: { type: 'string' },
      connection: { type: 'string' },
      keep: { type: 'boolean' },
      overwrite: { type: 'boolean' },
      replace: { type: 'boolean' },
      link: { type: 'boolean' },
      recreate: { type: 'boolean' },
      wait: { type: 'boolean' },
      timeout: { type: 'string' },
      failed: { type: 'boolean' },
      state: { type: 'string' },
      failure: { type: 'string' },
      stop: { type: 'boolean' },
    },
    { most: 1, advice: 'name one bill' },
  );
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [wanted] = positionals;
  const posting =
    values.posting === undefined
      ? undefined
      : oneOf('resync', '--posting', values.posting, postingKind.options);
  const state = values.failed
    ? 'failed'
    : values.state === undefined
      ? undefined
      : oneOf('resync', '--state', values.state, postingsState.options);
  const failure =
    values.failure === undefined
      ? undefined
      : oneOf('resync', '--failure', values.failure, failureCode.options);
  if ([wanted, state, failure].filter((said) => said !== undefined).length !== 1)
    throw usage('resync', 'Name a bill, or say one of --failed, --state and --failure.');
  if (values.stop && wanted !== undefined)
    throw usage('resync', '--stop is for many bills: say which, as when they were asked for.');
  if (values.keep && values.overwrite)
    throw usage('resync', '--keep and --overwrite are opposite decisions: give one.');
  const timeoutMs = secondsOf(values.timeout) * 1000;
  if (wanted === undefined) {
    for (const flag of ['wait', 'keep', 'overwrite', 'replace'] as const)
      if (values[flag]) throw usage('resync', `--${flag} is for one bill.`);
    if (values.link && posting === 'supplier-payment')
      throw usage('resync', '--link is for supplier invoices.');
    if (values.link && values.recreate)
      throw usage('resync', '--link and --recreate are opposite decisions: give one.');
    const reached = reachService(values, process.env);
    const { id: companyId } = await chosenCompany(reached.client, values.company);
    const { connection, json, link = false, recreate = false } = values;
    const of =
      failure === undefined
        ? ({ by: 'state', state: state! } as const)
        : ({ by: 'failure', failure } as const);
    const meant = link ? ('supplier-invoice' as const) : posting;
    const decision = { link, recreate };
    const given = { companyId, of, posting: meant, ...decision, connection, json: json ?? false };
    return (values.stop ? stopMany : resyncMany)(reached, given);
  }
  if (values.recreate)
    throw usage(
      'resync',
      '--recreate is for many bills: of one bill, what was deleted is made again.',
    );
  if (posting === undefined)
    throw usage('resync', `Say which posting: --posting ${postingKind.options.join(' or ')}.`);
  if (values.replace && (values.keep || posting !== 'supplier-invoice'))
    throw usage('resync', '--replace is for a supplier invoice, and not with --keep.');
  if (values.link && (values.keep || values.replace || posting !== 'supplier-invoice'))
    throw usage('resync', '--link is for a supplier invoice, and not with --keep or --replace.');
  const reached = reachService(values, process.env);
  const { client } = reached;
  const { id: companyId } = await chosenCompany(client, values.company);
  const { id: billId, number } = await foundBill(client, companyId, wanted);
  const connection = await foundConnection(client, companyId, values.connection);
  const params = { companyId, billId };
  const { overwrite = false, replace = false, link = false } = values;
  const asked = values.keep
    ? await keep(reached, params, connection.id, posting)
    : await client.resync({
        params,
        body: { connectionId: connection.id, posting, overwrite, replace, link },
      });
  if (values.wait) {
    const waiting = { params, ...asked, timeoutMs, json: values.json ?? false };
    return waitForAttempts(reached, waiting);
  }
  if (values.json) printJsonDocument(asked);
  else console.log(`Asked for: bill ${plain(number)} in ${plain(connection.name)}.`);
  return 0;
}

/** Each posting of that kind which waits for a decision stays as it is in the accounting system. */
async function keep(
  { client }: Reached,
  params: { companyId: string; billId: string },
  connectionId: string,
  kind: (typeof postingKind.options)[number],
) {
  const { items } = await client.listPostings({ params });
  const undecided = items.filter(
    (one) =>
      one.connectionId === connectionId &&
      one.kind === kind &&
      one.failure?.code === 'changed-in-target' &&
      one.lastAttemptId !== null,
  );
  if (undecided.length === 0)
    throw new CommandRefused('Nothing waits for a decision: the posting is not changed there.');
  const asked = { postingIds: [] as string[], requestedAt: '' };
  for (const { id: postingId, lastAttemptId } of undecided) {
    const body = { attemptId: lastAttemptId! };
    const kept = await client.keepInTarget({ params: { ...params, postingId }, body });
    asked.postingIds.push(...kept.postingIds);
    asked.requestedAt ||= kept.requestedAt;
  }
  return asked;
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return 60;
  if (!/^\d{1,5}$/.test(text))
    throw usage('resync', `--timeout is "${text}", but must be a whole number of seconds.`);
  return Number(text);
}
