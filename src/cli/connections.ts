/** `spor connections`: a company's integrations: list, check, add. */
import { addConnection } from './connections-add.ts';
import { foundConnection } from './found-bill.ts';
import { readOptions, SERVICE_HELP, SERVICE_OPTIONS, usage } from './options.ts';
import { chosenCompany, type Reached, reachService } from './reach-service.ts';
import { plain, printJson, printJsonDocument, table } from './terminal.ts';

const HELP = `Usage: spor connections [list] [options]
       spor connections check NAME [options]
       spor connections add CONNECTOR [options]

Lists a company's integrations; check says whether Spor can sign in and see the books
(exit code 1 when not). spor connections add --help says more about adding one.

${SERVICE_HELP}`;

export async function connections(args: readonly string[]): Promise<number> {
  if (args[0] === 'add') return addConnection(args.slice(1));
  const { values, positionals } = readOptions('connections', args, SERVICE_OPTIONS, { most: 2 });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [name = 'list', wanted] = positionals;
  if (name !== 'list' && name !== 'check')
    throw usage('connections', `There is no "connections ${name}".`);
  if (name === 'list' && wanted !== undefined)
    throw usage('connections', `"${wanted}" is too much.`);
  if (name === 'check' && wanted === undefined) throw usage('connections', 'Name an integration.');
  const reached = reachService(values, process.env);
  const { id: companyId } = await chosenCompany(reached.client, values.company);
  const json = values.json ?? false;
  return name === 'list'
    ? list(reached, companyId, json)
    : check(reached, companyId, wanted!, json);
}

async function list({ client }: Reached, companyId: string, json: boolean): Promise<number> {
  const { items } = await client.listConnections({ params: { companyId } });
  if (json) {
    for (const connection of items) printJson(connection);
    return 0;
  }
  if (items.length === 0) {
    console.log('The company has no integration yet; see spor connections add --help.');
    return 0;
  }
  const titles = ['Name', 'Connector', 'State', 'Waiting', 'Id'];
  const rows = items.map(({ id, name, connector, enabled, lane }) => ({
    cells: [name, connector, enabled ? lane.state : 'off', String(lane.due), id],
    below: lane.failure ? [lane.failure.title, `→ ${lane.failure.remedy}`] : [],
  }));
  console.log(
    table(
      titles.map((title) => (title === 'Waiting' ? { title, align: 'right' } : { title })),
      rows,
    ),
  );
  return 0;
}

async function check(
  { client }: Reached,
  companyId: string,
  wanted: string,
  json: boolean,
): Promise<number> {
  const { id: connectionId, name } = await foundConnection(client, companyId, wanted);
  const answer = await client.checkConnection({ params: { companyId, connectionId } });
  if (json) printJsonDocument(answer);
  else if (answer.failure)
    console.log(
      [
        `${plain(name)}: ${plain(answer.failure.title)}`,
        `    → ${plain(answer.failure.remedy)}`,
        ...(answer.failure.originalMessage ? [`    ${plain(answer.failure.originalMessage)}`] : []),
      ].join('\n'),
    );
  else console.log(`${plain(name)}: in order (${answer.durationMs} ms)`);
  return answer.ok ? 0 : 1;
}
