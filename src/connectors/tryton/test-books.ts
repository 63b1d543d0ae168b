/** Tryton's books as a bookkeeper looks at them: through Tryton's own records and balances. Tests only. */
import { expect, inject } from 'vitest';
import { SyncFailure } from '../../core/failure.ts';
import type { SupplierInvoiceDocument, SupplierPaymentDocument } from '../../core/posting.ts';
import type { ConnectorSession, RemotePosting } from '../../sdk/connector.ts';
import { UNPACED } from '../../sdk/pace.ts';
import { exampleInvoice, examplePayment } from '../../sdk/testing/example-documents.ts';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { tryton, type TrytonSettings } from './index.ts';
import { asAdmin } from './test-client.ts';
import { palette, settingsFor } from './test-harness.ts';
import { putBooksBack } from './test-server.ts';

export const server = inject('tryton');
const opened: ConnectorSession[] = [];
/** The administrator, at the books of this test. */
export const admin = asAdmin(server);

export function openBooks(): void {
  putBooksBack(server);
}

export async function closeBooks(): Promise<void> {
  for (const session of opened.splice(0)) await session.close();
}

export function open(given: Partial<TrytonSettings> = {}): ConnectorSession {
  const session = tryton.open({
    connectionId: 'books',
    company: { id: 'company', name: 'Nordlys Kontor ApS', baseCurrency: 'DKK' },
    settings: settingsFor(server, { baseUrl: server.url, takeTo: 'posted', ...given }),
    clock: { now: () => new Date() },
    random: Math.random,
    timeoutMs: 30_000,
    pace: UNPACED,
    attachmentContent: () => Promise.resolve(Uint8Array.of(1, 2, 3)),
  });
  opened.push(session);
  return session;
}

export const call = () => createRecordingCall();

export async function write(
  session: ConnectorSession,
  document: SupplierInvoiceDocument | SupplierPaymentDocument,
  there: RemotePosting | null = null,
): Promise<RemotePosting> {
  const supplierRemoteId = await session.ensureSupplier!(
    call(),
    document.supplier,
    document.supplierKey,
  );
  const options = { idempotencyKey: document.reference, supplierRemoteId };
  return there
    ? session.update(call(), there, document, options)
    : session.create(call(), document, options);
}

export async function failureOf(work: Promise<unknown>): Promise<SyncFailure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SyncFailure);
  return error as SyncFailure;
}

/** Balances of accounts as Tryton adds them up, by code: debit less credit. */
export async function balances(...codes: string[]): Promise<Record<string, string>> {
  const accounts = await admin.read<{ code: string; balance: { decimal: string } }>(
    'account.account',
    [['code', 'in', codes]],
    ['code', 'balance'],
  );
  return Object.fromEntries(
    accounts.map(({ code, balance }) => [code, Number(balance.decimal).toFixed(2)]),
  );
}

export async function invoice(id: string) {
  const [found] = await admin.read<{ state: string; number: string; reference: string }>(
    'account.invoice',
    [['id', '=', Number(id)]],
    ['state', 'number', 'reference'],
  );
  return found!;
}

export const bill = (given: Partial<SupplierInvoiceDocument> = {}): SupplierInvoiceDocument => ({
  ...exampleInvoice({ reference: crypto.randomUUID(), palette, number: 'F-1001' }),
  ...given,
});
/** 2,500.00 and 123.45, with 25 % VAT. */
export const TOTAL = 327_931;

export const payment = (
  of: SupplierInvoiceDocument,
  there: RemotePosting,
  amountMinor: number,
): SupplierPaymentDocument => ({
  ...examplePayment(of, {
    reference: crypto.randomUUID(),
    invoiceRemoteId: there.remoteId,
    palette,
  }),
  amountMinor,
});
