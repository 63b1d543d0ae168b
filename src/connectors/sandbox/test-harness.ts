/** The sandbox system as a target of the conformance suite: everything that can be done to it. Tests only. */
import {
  type ConnectorHarness,
  type OpenTarget,
  TARGET_FAULTS,
} from '../../sdk/testing/conformance/harness.ts';
import { type DocumentPalette, WIDE_PALETTE } from '../../sdk/testing/document-palette.ts';
import { SANDBOX_DEPARTMENTS, SANDBOX_PROJECTS } from '../../sdk/testing/sandbox-records.ts';
import { type SandboxSystem, startSandboxSystem } from '../../sdk/testing/sandbox-system.ts';
import { sandbox, type SandboxSettings } from './index.ts';

const palette: DocumentPalette = {
  ...WIDE_PALETTE,
  currencies: ['DKK', 'JPY', 'KWD', 'EUR', 'ISK'],
  vat: [
    { category: 'S', percent: '25', code: 'I25' },
    ...WIDE_PALETTE.vat.map((choice) => ({
      ...choice,
      code: choice.category === 'AE' ? 'REVERSE' : null,
    })),
  ],
  departments: SANDBOX_DEPARTMENTS,
  projects: SANDBOX_PROJECTS,
};

export const settingsFor = (system: SandboxSystem) =>
  sandbox.settings.parse({
    baseUrl: system.url,
    clientId: system.clientId,
    clientSecret: system.clientSecret,
  });

async function openTarget(): Promise<OpenTarget<SandboxSettings>> {
  const system = await startSandboxSystem({ clientSecret: 'S3cret/with +odd"chars' });
  const { books, faults, tokens } = system;
  const done = (act: () => unknown) => {
    act();
    return Promise.resolve();
  };
  let closed: Promise<void> | null = null;
  const close = () => (closed ??= system.close());
  return {
    settings: settingsFor(system),
    close,
    control: {
      count: (reference) => Promise.resolve(books.count(reference)),
      countSuppliers: (key) => Promise.resolve(books.suppliers.find(key).length),
      edit: (reference) => done(() => books.editByHand(reference)),
      remove: (reference) => done(() => books.deleteByHand(reference)),
      duplicate: (reference) =>
        done(() => {
          const [invoice] = books.invoices.find(reference);
          books.invoices.put({ ...invoice!, id: books.invoices.nextId() });
        }),
      bookByHand: (reference) => done(() => books.bookByHand(reference)),
      lock: (reference) => done(() => books.closeByHand(reference)),
      lockPeriod: (through) => done(() => (books.setup.lockedThrough = through)),
      archiveAccount: (account) => done(() => books.archiveAccount(account)),
      fault: (kind, { on, skip = 0, retryAfterSeconds = null }) =>
        done(() => faults.next({ kind, on, skip, retryAfter: retryAfterSeconds })),
      expireTokens: () => done(() => tokens.expireAll()),
      revokeAccess: () => done(() => (tokens.revoked = true)),
      tokenRequests: () => Promise.resolve(tokens.requests),
      received: () =>
        Promise.resolve(
          system.received
            .filter(({ method, path }) => method !== 'GET' && path !== '/token')
            .map(({ method, body, sha256 }) => ({ method, sha256: body === '' ? null : sha256 })),
        ),
      stop: close,
    },
  };
}

export const sandboxHarness: ConnectorHarness<SandboxSettings> = {
  connector: sandbox,
  findsMany: true,
  palette,
  runs: 60,
  // An answer byte by byte takes longer, a machine that stalls does not.
  timeoutMs: 2_000,
  faults: TARGET_FAULTS,
  abilities: [
    'countSuppliers',
    'edit',
    'remove',
    'duplicate',
    'bookByHand',
    'lock',
    'lockPeriod',
    'archiveAccount',
    'expireTokens',
    'revokeAccess',
    'tokenRequests',
    'received',
    'stop',
  ],
  open: openTarget,
};
