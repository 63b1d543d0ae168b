/** A real Tryton as a target of the conformance suite: what people, administrators and networks do to it. Tests only. */
import {
  type ConnectorHarness,
  type OpenTarget,
  TARGET_FAULTS,
} from '../../sdk/testing/conformance/harness.ts';
import { type DocumentPalette, WIDE_PALETTE } from '../../sdk/testing/document-palette.ts';
import { tryton, type TrytonSettings } from './index.ts';
import { like } from './marks.ts';
import { asAdmin, closePeriods } from './test-client.ts';
import { startFaultyProxy } from './test-proxy.ts';
import { endSessions, forgetRefusals, putBooksBack, type TrytonServer } from './test-server.ts';

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

type TakeTo = TrytonSettings['takeTo'];

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

async function openTarget(
  server: TrytonServer,
  takeTo: TakeTo,
): Promise<OpenTarget<TrytonSettings>> {
  putBooksBack(server);
  const proxy = await startFaultyProxy(server.url);
  const admin = asAdmin(server);
  let wasRevoked = false;
  const invoices = async (reference: string) =>
    admin.search('account.invoice', [
      ['comment', 'like', like(reference)],
      ['state', '!=', 'cancelled'],
    ]);
  /** Those in force: without the ones another reverses. */
  const moves = async (reference: string) => {
    const ids = await admin.search('account.move', [['description', 'like', like(reference)]]);
    const origins = ids.map((id) => `account.move,${id}`);
    const reversals = await admin.read<{ origin: string }>(
      'account.move',
      [['origin', 'in', origins]],
      ['origin'],
    );
    return ids.filter((id) => !reversals.some(({ origin }) => origin === `account.move,${id}`));
  };
  return {
    settings: settingsFor(server, { baseUrl: proxy.url, takeTo }),
    async close() {
      await proxy.close();
      // Tryton remembers who may sign in, whatever books are put in the place of these.
      if (!wasRevoked) return;
      const ids = await admin.search('res.user', [
        ['login', '=', 'spor'],
        ['active', '=', false],
      ]);
      await admin.call('res.user.write', ids, { active: true });
    },
    control: {
      count: async (reference) =>
        (await invoices(reference)).length + (await moves(reference)).length,
      countSuppliers: async (key) =>
        (await admin.search('party.party', [['identifiers.code', '=', key.split(':')[1]]])).length,
      edit: async (reference) =>
        admin.call<void>('account.invoice.write', await invoices(reference), {
          reference: 'RETTET',
        }),
      remove: async (reference) =>
        admin.call<void>(
          takeTo === 'posted' ? 'account.invoice.cancel' : 'account.invoice.delete',
          await invoices(reference),
        ),
      duplicate: async (reference) =>
        admin.call<void>('account.invoice.copy', await invoices(reference)),
      bookByHand: async (reference) => {
        const [record] = await admin.read<{ reference: string }>(
          'account.invoice',
          [['id', 'in', await invoices(reference)]],
          ['reference'],
        );
        const byHand = { comment: null, reference: record!.reference };
        await admin.call('account.invoice.copy', await invoices(reference), byHand);
      },
      lock: async (reference) =>
        admin.call<void>('account.invoice.post', await invoices(reference)),
      lockPeriod: async (through) => closePeriods(admin, through),
      archiveAccount: async (account) => {
        const ids = await admin.search('account.account', [['code', '=', account]]);
        await admin.call('account.account.write', ids, { closed: true });
      },
      fault: async (kind, options) => proxy.fault(kind, options),
      expireTokens: async () => endSessions(server),
      revokeAccess: async () => {
        const ids = await admin.search('res.user', [['login', '=', 'spor']]);
        await admin.call('res.user.write', ids, { active: false });
        wasRevoked = true;
        forgetRefusals(server);
        endSessions(server);
      },
      tokenRequests: async () => proxy.signIns(),
      received: () =>
        Promise.resolve(proxy.received.map(({ method, sha256 }) => ({ method, sha256 }))),
      stop: () => proxy.close(),
    },
  };
}

/** What may be asked however far postings are taken. */
const ABILITIES = [
  'countSuppliers',
  'remove',
  'duplicate',
  'bookByHand',
  'lockPeriod',
  'archiveAccount',
  'received',
  'stop',
] as const;

/** Postings are left as drafts, the bookkeeper's to post. */
export const draftHarness = (server: TrytonServer): ConnectorHarness<TrytonSettings> => ({
  connector: tryton,
  findsMany: true,
  palette,
  // Each is a score of requests to a real server.
  runs: 3,
  timeoutMs: 4000,
  testTimeoutMs: 120_000,
  faults: TARGET_FAULTS,
  abilities: [...ABILITIES, 'edit', 'lock', 'expireTokens', 'revokeAccess', 'tokenRequests'],
  open: () => openTarget(server, 'draft'),
});

/**
 * Spor posts itself. Signing in and spoilt answers are the same code as for drafts and are not asked again;
 * that a paid invoice stays as it is, is in `books.tryton.test.ts`.
 */
export const postedHarness = (server: TrytonServer): ConnectorHarness<TrytonSettings> => ({
  ...draftHarness(server),
  isBooked: true,
  // A receipt is an invoice there, and each of these is booked, reversed and booked again.
  palette: { ...palette, billKinds: ['invoice', 'credit-note'], currencies: ['DKK', 'EUR'] },
  faults: ['drop-before-commit', 'drop-after-commit', 'rate-limited'],
  abilities: ABILITIES,
  open: () => openTarget(server, 'posted'),
});
