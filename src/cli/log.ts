/** `spor log`: a bill's integration log, and everything about one attempt. */
import type { ArchivedAttemptsShape, AttemptShape } from '../contract/sync-shapes.ts';
import { foundBill, foundConnection } from './found-bill.ts';
import { attemptText } from './log-attempt.ts';
import { CommandRefused, readOptions, SERVICE_HELP, SERVICE_OPTIONS, usage } from './options.ts';
import { chosenCompany, type Reached, reachService } from './reach-service.ts';
import { localTime, plain, printJson, printJsonDocument, table } from './terminal.ts';
import { triggerText, WORDS } from './words.ts';

const HELP = `Usage: spor log BILL [options]
       spor log [BILL] --attempt ID [options]
       spor log archive --before MONTH …        old months leave; see its --help

BILL is a bill's id or number. Shows its sync attempts, newest first: when, why, what
happened, and what to do about a failure.

  --attempt ID       everything about one attempt: what was sent, what was answered
  --connection NAME  only one integration
${SERVICE_HELP}
--json prints one attempt a line; with --attempt, one document.`;

export async function log(args: readonly string[]): Promise<number> {
  if (args[0] === 'archive') return (await import('./log-archive.ts')).logArchive(args.slice(1));
  const { values, positionals } = readOptions(
    'log',
    args,
    {
      ...SERVICE_OPTIONS,
      attempt: { type: 'string' },
      connection: { type: 'string' },
    },
    { most: 1, advice: 'name one bill' },
  );
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [wanted] = positionals;
  if (wanted === undefined && values.attempt === undefined) throw usage('log', 'Name a bill.');
  const reached = reachService(values, process.env);
  const { id: companyId } = await chosenCompany(reached.client, values.company);
  const bill = wanted === undefined ? null : await foundBill(reached.client, companyId, wanted);
  if (values.attempt !== undefined) {
    const attempt = await reached.client.getAttempt({
      params: { companyId, attemptId: values.attempt },
    });
    if (bill && attempt.billId !== bill.id)
      throw new CommandRefused(`The attempt is one of another bill (${attempt.bill.number}).`);
    const connections = await connectionNames(reached, companyId);
    if (values.json) printJsonDocument(attempt);
    else console.log(attemptText(attempt, connections, reached.language));
    return 0;
  }
  const only =
    values.connection === undefined
      ? undefined
      : (await foundConnection(reached.client, companyId, values.connection)).id;
  const { attempts, archived } = await allAttempts(reached, { companyId, billId: bill!.id }, only);
  if (values.json) for (const attempt of attempts) printJson(attempt);
  else await printLog(reached, companyId, attempts, archived);
  return 0;
}

async function allAttempts(
  { client }: Reached,
  params: { companyId: string; billId: string },
  connectionId: string | undefined,
): Promise<{ attempts: AttemptShape[]; archived: ArchivedAttemptsShape[] }> {
  const attempts: AttemptShape[] = [];
  const archived: ArchivedAttemptsShape[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listAttempts({ params, query: { limit: 200, cursor, connectionId } });
    attempts.push(...page.items);
    archived.push(...page.archived);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return { attempts, archived };
}

async function printLog(
  reached: Reached,
  companyId: string,
  attempts: readonly AttemptShape[],
  archived: readonly ArchivedAttemptsShape[],
): Promise<void> {
  const { language } = reached;
  const words = WORDS[language];
  if (attempts.length > 0) await printAttempts(reached, companyId, attempts);
  else if (archived.length === 0) console.log(words.nothing);
  if (archived.length > 0) console.log(words.archived);
  for (const { month, attempts: count, archivedTo } of archived)
    console.log(plain(`  ${month}  ${count}  ${archivedTo ?? words.notKept}`));
}

async function printAttempts(
  reached: Reached,
  companyId: string,
  attempts: readonly AttemptShape[],
): Promise<void> {
  const { language } = reached;
  const words = WORDS[language];
  const connections = await connectionNames(reached, companyId);
  const { columns } = words;
  const rows = attempts.map((attempt) => ({
    cells: [
      localTime(attempt.openedAt),
      connections.get(attempt.connectionId) ?? attempt.connectionId,
      words.posting[attempt.kind],
      triggerText(attempt, language),
      words.outcome[attempt.outcome ?? 'under-way'],
      attempt.id,
    ],
    below: attempt.failure ? [attempt.failure.title, `→ ${attempt.failure.remedy}`] : [],
  }));
  const titles = [
    columns.when,
    columns.connection,
    columns.posting,
    columns.trigger,
    columns.outcome,
    columns.attempt,
  ];
  console.log(
    table(
      titles.map((title) => ({ title })),
      rows,
    ),
  );
}

async function connectionNames(
  { client }: Reached,
  companyId: string,
): Promise<ReadonlyMap<string, string>> {
  const { items } = await client.listConnections({ params: { companyId } });
  return new Map(items.map(({ id, name }) => [id, name]));
}
