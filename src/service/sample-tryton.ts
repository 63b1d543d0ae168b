/**
 * A local Tryton (`script/tryton`) as the sample company's second accounting system: connected over the
 * API like anybody's, once; found again at its port when that has changed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '../client/client.ts';

const NAME = 'Tryton (lokal)';
const PASSWORD = 'user-password';

/** The company's categories → accounts of the books `script/tryton` makes. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  Revisor: '3640',
  Markedsføring: '2760',
  Rengøring: '3420',
  Personale: '3010',
  'El og varme': '3410',
  Fragt: '2770',
  Software: '3650',
  Forsikring: '3660',
  'Telefon og internet': '3604',
  Husleje: '3400',
  Repræsentation: '2750',
  Småanskaffelser: '3620',
  Kontorartikler: '3600',
};

export interface TrytonConnected {
  readonly at: string;
  readonly username: string;
  readonly passwordFile: string;
}

/** @param given.folder where `script/tryton` keeps it. Null: there is no company to connect. */
export async function connectTryton(given: {
  url: string;
  folder: string;
  person: string;
}): Promise<TrytonConnected | null> {
  const client = createClient({ baseUrl: given.url, person: () => given.person });
  const [company] = (await client.listCompanies()).items;
  if (!company) return null;
  const read = async (name: string) => (await readFile(join(given.folder, name), 'utf8')).trim();
  const at = `http://127.0.0.1:${await read('port')}`;
  const username = 'spor';
  const settings = {
    baseUrl: at,
    // The server serves Tryton's web client too, so that postings link to what people can open.
    webUrl: at,
    database: 'demo',
    username,
    password: await read(PASSWORD),
    takeTo: 'posted',
    roundingAccount: '3690',
    exchangeWriteOff: 'Valutakursdifference',
    departmentRoot: 'AFD',
    projectRoot: 'PRJ',
  };
  const params = { companyId: company.id };
  const { items } = await client.listConnections({ params });
  const there = items.find(({ connector, name }) => connector === 'tryton' && name === NAME);
  if (!there) {
    const rules = {
      // What is posted can't be changed: only what somebody approved goes there.
      beginOn: 'approved' as const,
      defaultAccount: '3600',
      paymentAccount: '5820',
      accounts: ACCOUNTS,
      vatCodes: { S25: 'I25' },
    };
    await client.createConnection({
      params,
      body: { connector: 'tryton', name: NAME, settings, rules },
    });
  } else if (there.settings['baseUrl'] !== at) {
    const ofConnection = { ...params, connectionId: there.id };
    await client.editConnection({ params: ofConnection, body: { settings } });
  }
  return { at, username, passwordFile: join(given.folder, PASSWORD) };
}
