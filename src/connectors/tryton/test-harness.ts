/** A real Tryton as a target of the conformance suite: what people, administrators and networks do to it. Tests only. */
import { DatabaseSync } from 'node:sqlite';
import {
  type ConnectorHarness,
  type OpenTarget,
  TARGET_FAULTS,
} from '../../sdk/testing/conformance/harness.ts';
import { type DocumentPalette, WIDE_PALETTE } from '../../sdk/testing/document-palette.ts';
import { tryton, type TrytonSettings } from './index.ts';
import { like } from './marks.ts';
import { closePeriods, type Person, signInAs } from './test-client.ts';
import { startFaultyProxy } from './test-proxy.ts';
import { databaseFile, putBooksBack, type TrytonServer } from './test-server.ts';

export const palette: DocumentPalette = {
  ...WIDE_PALETTE,
  accounts: ['3600', '3604', '2750'],
  paymentAccounts: ['5820', '5810'],
  currencies: ['DKK', 'EUR', 'JPY'],
  vat: [
    { category: 'S', percent: '25', code: 'I25' },
    { category: 'AE', percent: '0', code: 'IEUY' },
    { category: 'Z', percent: '0', code: null },
    { category: 'E', percent: '0', code: null },
  ],
  departments: ['Salg', 'Udvikling'],
  projects: ['INT', 'WEB'],
};

export function settingsFor(
  server: TrytonServer,
  given: Partial<TrytonSettings> & { baseUrl: string },
): TrytonSettings {
  return tryton.settings.parse({
    database: 'demo',
    username: 'spor',
    password: server.userPassword,
    roundingAccount: '3690',
    departmentRoot: 'AFD',
    projectRoot: 'PRJ',
    ...given,
  });
}

async function openTarget(server: TrytonServer): Promise<OpenTarget<TrytonSettings>> {
  putBooksBack(server);
  const proxy = await startFaultyProxy(server.url);
  let signedIn: Promise<Person> | null = null;
  const admin = () => (signedIn ??= signInAs(server, 'admin'));
  let wasRevoked = false;
  const invoices = async (reference: string) =>
    (await admin()).search('account.invoice', [
      ['comment', 'like', like(reference)],
      ['state', '!=', 'cancelled'],
    ]);
  const moves = async (reference: string) =>
    (await admin()).search('account.move', [['description', 'like', like(reference)]]);
  const forget = (sql: string) => {
    const database = new DatabaseSync(databaseFile(server), { timeout: 5000 });
    database.exec(sql);
    database.close();
  };
  return {
    settings: settingsFor(server, { baseUrl: proxy.url }),
    async close() {
      await proxy.close();
      // Tryton remembers who may sign in, whatever books are put in the place of these.
      if (!wasRevoked) return;
      const ids = await (
        await admin()
      ).search('res.user', [
        ['login', '=', 'spor'],
        ['active', '=', false],
      ]);
      await (await admin()).call('res.user.write', ids, { active: true });
    },
    control: {
      count: async (reference) =>
        (await invoices(reference)).length + (await moves(reference)).length,
      countSuppliers: async (key) =>
        (
          await (
            await admin()
          ).search('party.party', [['identifiers.code', '=', key.split(':')[1]]])
        ).length,
      edit: async (reference) =>
        (await admin()).call<void>('account.invoice.write', await invoices(reference), {
          reference: 'RETTET',
        }),
      remove: async (reference) =>
        (await admin()).call<void>('account.invoice.delete', await invoices(reference)),
      duplicate: async (reference) =>
        (await admin()).call<void>('account.invoice.copy', await invoices(reference)),
      lock: async (reference) =>
        (await admin()).call<void>('account.invoice.post', await invoices(reference)),
      lockPeriod: async (through) => closePeriods(await admin(), through),
      archiveAccount: async (account) => {
        const ids = await (await admin()).search('account.account', [['code', '=', account]]);
        await (await admin()).call('account.account.write', ids, { closed: true });
      },
      fault: async (kind, options) => proxy.fault(kind, options),
      expireTokens: async () => forget('delete from ir_session where create_uid <> 1'),
      revokeAccess: async () => {
        const ids = await (await admin()).search('res.user', [['login', '=', 'spor']]);
        await (await admin()).call('res.user.write', ids, { active: false });
        wasRevoked = true;
        forget('delete from ir_session where create_uid <> 1');
      },
      tokenRequests: async () => proxy.signIns(),
      received: () => Promise.resolve([...proxy.received]),
      stop: () => proxy.close(),
    },
  };
}

export const harnessFor = (server: TrytonServer): ConnectorHarness<TrytonSettings> => ({
  connector: tryton,
  palette,
  // Each is a score of requests to a real server.
  runs: 4,
  timeoutMs: 4000,
  testTimeoutMs: 120_000,
  faults: TARGET_FAULTS,
  abilities: [
    'countSuppliers',
    'edit',
    'remove',
    'duplicate',
    'lock',
    'lockPeriod',
    'archiveAccount',
    'expireTokens',
    'revokeAccess',
    'tokenRequests',
    'received',
    'stop',
  ],
  open: () => openTarget(server),
});
