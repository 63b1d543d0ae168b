import { expect, test } from 'vitest';
import type { SyncFailure } from '../../core/failure.ts';
import { describeConnector } from '../../sdk/testing/describe-connector.ts';
import { exampleInvoice } from '../../sdk/testing/example-documents.ts';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { type SandboxSystem, startSandboxSystem } from '../../sdk/testing/sandbox-system.ts';
import { sandboxHarness, settingsFor } from './test-harness.ts';
import { sandbox } from './index.ts';
import { UNPACED } from '../../sdk/pace.ts';

describeConnector('sandbox', sandboxHarness);

const openSession = (system: SandboxSystem) =>
  sandbox.open({
    connectionId: 'c',
    company: { id: 'c', name: 'Example company', baseCurrency: 'DKK' },
    settings: settingsFor(system),
    clock: { now: () => new Date() },
    random: Math.random,
    timeoutMs: 10_000,
    pace: UNPACED,
    attachmentContent: () => Promise.resolve(new Uint8Array(3)),
  });

test('a supplier that was there before is used, found by its VAT number', async () => {
  const system = await startSandboxSystem();
  const session = openSession(system);
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

// Used to count as half done, so that the next attempt made it again.
test('what somebody deletes before its file has come is told as deleted, and which it was', async () => {
  const system = await startSandboxSystem();
  const session = openSession(system);
  const document = exampleInvoice({ reference: 'ref-1', withAttachment: true });
  const made: string[] = [];
  const call = createRecordingCall({
    beforeWrite({ target }) {
      if (!target.includes('/attachments')) return;
      made.push(...system.books.invoices.find('ref-1').map(({ id }) => id));
      system.books.deleteByHand('ref-1');
    },
  });
  const key = 'vat:DK10150817';
  const supplierRemoteId = await session.ensureSupplier!(call, document.supplier, key);
  const creating = session.create(call, document, { idempotencyKey: 'k', supplierRemoteId });
  const error = (await creating.catch((thrown: unknown) => thrown)) as SyncFailure;
  expect(error.details.code).toBe('deleted-in-target');
  expect(error.uncertain).toBe(false);
  expect([error.remoteId]).toEqual(made);
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
