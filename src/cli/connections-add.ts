/** `spor connections add`: connects an accounting system, with the settings its connector asks for. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Client } from '../client/client.ts';
import { fileReason } from './import-units.ts';
import { CommandRefused, readOptions, SERVICE_HELP, SERVICE_OPTIONS, usage } from './options.ts';
import { chosenCompany, reachService } from './reach-service.ts';
import { plain, printJsonDocument } from './terminal.ts';

const HELP = `Usage: spor connections add CONNECTOR [options]

  --name NAME        what it is called          (default: the connector's own name)
  --set KEY=VALUE    one setting; may be repeated. Secrets are refused here, since others
                     on this machine could read them
  --settings FILE    settings as a JSON object, secrets too; - reads standard input
  --rules FILE       rules as a JSON object: accounts, VAT codes, what is left out
${SERVICE_HELP}`;

export async function addConnection(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    'connections add',
    args,
    {
      ...SERVICE_OPTIONS,
      name: { type: 'string' },
      set: { type: 'string', multiple: true },
      settings: { type: 'string' },
      rules: { type: 'string' },
    },
    { most: 1 },
  );
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [wanted] = positionals;
  if (wanted === undefined) throw usage('connections add', 'Name a connector.');
  const { client } = reachService(values, process.env);
  const connector = await foundConnector(client, wanted);
  const { id: companyId } = await chosenCompany(client, values.company);
  const settings = {
    ...(values.settings === undefined ? {} : await objectIn(values.settings)),
    ...Object.fromEntries((values.set ?? []).map((each) => setting(each, connector))),
  };
  const rules = values.rules === undefined ? {} : await objectIn(values.rules);
  const created = await client.createConnection({
    params: { companyId },
    body: { connector: connector.id, name: values.name ?? connector.name, settings, rules },
  });
  if (values.json) printJsonDocument(created);
  else console.log(`Added: ${plain(created.name)} (${created.id})`);
  return 0;
}

type Connector = Awaited<ReturnType<Client['listConnectors']>>['items'][number];

async function foundConnector(client: Client, wanted: string): Promise<Connector> {
  const { items } = await client.listConnectors();
  const found = items.find(({ id }) => id === wanted);
  if (found) return found;
  const known = items.map(({ id }) => id).join(', ');
  throw new CommandRefused(`There is no connector "${wanted}"; there are: ${known}.`);
}

/** `"year=2026"` as the connector's schema has it: a number, a truth value, else text. */
function setting(given: string, connector: Connector): [string, unknown] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (key === undefined || value === undefined)
    throw usage('connections add', `--set is "${given}", but must be KEY=VALUE.`);
  if (connector.secretSettings.includes(key))
    throw usage(
      'connections add',
      `"${key}" is secret: put it in a file and name that with --settings.`,
    );
  const properties = connector.settings['properties'] as
    | Readonly<Record<string, { readonly type?: string }>>
    | undefined;
  const type = properties?.[key]?.type;
  if (type === 'boolean' && /^(true|false)$/.test(value)) return [key, value === 'true'];
  if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/.test(value))
    return [key, Number(value)];
  return [key, value];
}

async function objectIn(file: string): Promise<Record<string, unknown>> {
  let content: string;
  try {
    content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandRefused(`${file}: ${fileReason(error)}`);
  }
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below; the reason could quote a secret.
  }
  throw new CommandRefused(`${file} does not hold a JSON object.`);
}
