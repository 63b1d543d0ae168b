import { expect, test } from 'vitest';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import {
  describeConnector,
  type OpenTarget,
  TARGET_FAULTS,
} from '../../sdk/testing/describe-connector.ts';
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

const settingsFor = (system: SandboxSystem) =>
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

describeConnector('sandbox', {
  connector: sandbox,
  palette,
  runs: 60,
  timeoutMs: 500,
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
  open: openTarget,
});

test('a supplier that was there before is used, found by its VAT number', async () => {
  const system = await startSandboxSystem();
  const session = sandbox.open({
    connectionId: 'c',
    company: { id: 'c', name: 'Example company', baseCurrency: 'DKK' },
    settings: settingsFor(system),
    clock: { now: () => new Date() },
    random: Math.random,
    timeoutMs: 1000,
    attachmentContent: () => Promise.resolve(new Uint8Array()),
  });
  const { id } = system.books.createSupplier({
    reference: null,
    name: 'Entered by hand',
    vatNumber: 'DK10150817',
    companyNumber: null,
    gln: null,
    country: 'DK',
  });
  const supplier = { name: 'Nordlys Kontor A/S', vatNumber: 'DK10150817' };
  const call = createRecordingCall();
  expect(await session.ensureSupplier!(call, supplier, 'vat:DK10150817')).toBe(id);
  expect(call.intents).toHaveLength(0);
  await session.close();
  await system.close();
});

test('the link leads to a page people can read', async () => {
  const system = await startSandboxSystem();
  const headers = { accept: 'text/html' };
  expect(await (await fetch(system.url, { headers })).text()).toContain('The books are empty');
  const supplier = { vatNumber: null, companyNumber: null, gln: null, country: null };
  const { id } = system.books.createSupplier({ reference: 'x', name: '<Odd> & Co', ...supplier });
  const invoice = system.books.createInvoice({
    externalReference: 'ref-1',
    supplierId: id,
    type: 'INVOICE',
    number: '77',
    issuedOn: '2026-01-31',
    dueOn: null,
    currency: 'DKK',
    lines: [lineOf('100.00')],
    rounding: '0.00',
    total: '100.00',
    memo: '',
    correctsNumber: null,
  });
  const page = await fetch(`${system.url}/supplier-invoices/${invoice.id}`, { headers });
  expect(await page.text()).toContain('&lt;Odd&gt; &amp; Co');
  await system.close();
});

function lineOf(net: string) {
  return {
    reference: '1',
    description: 'Something',
    account: '5010',
    net,
    vat: '0.00',
    vatCode: null,
    department: null,
    project: null,
  };
}
