/** `spor failures`: what failed lately, by cause: one fix may mend many. */
import type { FailureCauseShape } from '../contract/sync-shapes.ts';
import type { Language } from '../messages/languages.ts';
import { foundConnection } from './found-bill.ts';
import { readOptions, SERVICE_HELP, SERVICE_OPTIONS, usage } from './options.ts';
import { chosenCompany, reachService } from './reach-service.ts';
import { localTime, printJsonDocument, table } from './terminal.ts';

const HELP = `Usage: spor failures [options]

The causes by which attempts of the last days failed, for each integration: how many
attempts and postings, how many of the postings fail by it still, and what to do.
spor bills list --failure CODE names the bills; when the cause is mended,
spor resync --failure CODE syncs them again.

  --connection NAME  only one integration
  --days N           how many days back, 1 to 366   (default 30)
${SERVICE_HELP}`;

const MOST_DAYS = 366;

const WORDS: Readonly<Record<Language, { columns: readonly string[]; none: string }>> = {
  da: {
    columns: ['Fejler stadig', 'Posteringer', 'Forsøg', 'Seneste gang', 'Integration', 'Kode'],
    none: 'Intet er fejlet i de dage.',
  },
  en: {
    columns: ['Failing still', 'Postings', 'Attempts', 'Last seen', 'Integration', 'Code'],
    none: 'Nothing has failed in those days.',
  },
};

export async function failures(args: readonly string[]): Promise<number> {
  const { values } = readOptions('failures', args, {
    ...SERVICE_OPTIONS,
    connection: { type: 'string' },
    days: { type: 'string' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const days = daysOf(values.days);
  const { client, language } = reachService(values, process.env);
  const { id: companyId } = await chosenCompany(client, values.company);
  const connectionId =
    values.connection === undefined
      ? undefined
      : (await foundConnection(client, companyId, values.connection)).id;
  const params = { companyId };
  const answer = await client.listFailures({ params, query: { days, connectionId } });
  if (values.json) printJsonDocument(answer);
  else if (answer.items.length === 0) console.log(WORDS[language].none);
  else {
    const { items } = await client.listConnections({ params });
    const names = new Map(items.map(({ id, name }) => [id, name]));
    console.log(causesText(answer.items, names, language));
  }
  return 0;
}

function causesText(
  causes: readonly FailureCauseShape[],
  names: ReadonlyMap<string, string>,
  language: Language,
): string {
  const { columns } = WORDS[language];
  const rows = causes.map((cause) => ({
    cells: [
      String(cause.failing),
      String(cause.postings),
      String(cause.attempts),
      localTime(cause.lastAt),
      names.get(cause.connectionId) ?? cause.connectionId,
      cause.code,
    ],
    below: [cause.title, `→ ${cause.remedy}`],
  }));
  return table(
    columns.map((title, index) => (index < 3 ? { title, align: 'right' } : { title })),
    rows,
  );
}

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > MOST_DAYS)
    throw usage('failures', `--days is "${text}", but must be from 1 to ${MOST_DAYS}.`);
  return days;
}
