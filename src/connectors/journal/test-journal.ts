/** A real journal in a temporary folder for tests: our session on one side, the real hledger and ledger on the other. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncFailure } from '../../core/failure.ts';
import { currencyDecimals } from '../../core/money.ts';
import type { FailureCode } from '../../core/failure.ts';
import type { SupplierInvoiceDocument, SupplierPaymentDocument } from '../../core/posting.ts';
import type { ConnectorSession } from '../../sdk/connector.ts';
import { journal } from './index.ts';
import type { JournalSettings } from './index.ts';
import { UNPACED } from '../../sdk/pace.ts';

const env = { ...process.env, LC_ALL: 'C.UTF-8' };

export interface TestJournal extends Disposable {
  /** One company's folder, inside a folder of its own. */
  readonly folder: string;
  readonly main: string;
  readonly session: ConnectorSession;
  /** A session as another process or a restart would have it. */
  open(settings?: Partial<JournalSettings>): ConnectorSession;
  text(path?: string): string;
  /** A person has a journal of their own before Spor writes in it. */
  begin(text: string): void;
  edit(path: string, change: (text: string) => string): void;
  /** Contents that the product would hand over, by attachment id. */
  readonly attachments: Map<string, Uint8Array>;
}

export const options = { idempotencyKey: 'k', supplierRemoteId: null };

export function testJournal(): TestJournal {
  const parent = mkdtempSync(join(tmpdir(), 'journal-'));
  const folder = join(parent, 'firma');
  const attachments = new Map<string, Uint8Array>();
  const open = (settings: Partial<JournalSettings> = {}) =>
    openSession(folder, settings, attachments);
  const at = (path = 'regnskab.journal') => join(folder, path);
  return {
    folder,
    main: at(),
    attachments,
    session: open(),
    open,
    begin: (text) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(at(), text);
    },
    text: (path) => readFileSync(at(path), 'utf8'),
    edit: (path, change) => writeFileSync(at(path), change(readFileSync(at(path), 'utf8'))),
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
}

export function openSession(
  folder: string,
  settings: Partial<JournalSettings> = {},
  attachments: ReadonlyMap<string, Uint8Array> = new Map(),
): ConnectorSession {
  return journal.open({
    connectionId: 'c1',
    company: { id: 'co1', name: 'Prøvefirma', baseCurrency: 'DKK' },
    settings: journal.settings.parse({ folder, ...settings }),
    clock: { now: () => new Date('2026-11-24T09:00:00Z') },
    random: () => 0.5,
    timeoutMs: 120_000,
    pace: UNPACED,
    attachmentContent: async (_billId, id) => attachments.get(id) ?? new Uint8Array(),
  });
}

export function hledger(main: string, ...args: string[]): string {
  return execFileSync('hledger', ['-f', main, ...args], {
    env,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function ledger(main: string, ...args: string[]): string {
  return execFileSync('ledger', ['-f', main, ...args], {
    env,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** `account currency` → minor units, as hledger adds it up. */
export function hledgerBalances(main: string): Record<string, number> {
  const [rows] = JSON.parse(hledger(main, 'bal', '--flat', '-O', 'json')) as [
    [
      string,
      string,
      number,
      { acommodity: string; aquantity: { decimalMantissa: number; decimalPlaces: number } }[],
    ][],
    unknown,
  ];
  const balances: Record<string, number> = {};
  for (const [account, , , amounts] of rows)
    for (const { acommodity, aquantity } of amounts) {
      const places = currencyDecimals(acommodity) - aquantity.decimalPlaces;
      const minor = aquantity.decimalMantissa * 10 ** places;
      if (minor !== 0) balances[`${account} ${acommodity}`] = minor;
    }
  return balances;
}

export async function failureOf(work: Promise<unknown>): Promise<FailureCode | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof SyncFailure) return error.details.code;
    throw error;
  }
}

export function invoice(change: Partial<SupplierInvoiceDocument> = {}): SupplierInvoiceDocument {
  return {
    kind: 'supplier-invoice',
    reference: '0193-1',
    billId: 'b1',
    billKind: 'invoice',
    supplierKey: 'vat:DK12345678',
    supplier: { name: 'Kontorforsyning A/S', vatNumber: 'DK12345678', country: 'DK' },
    number: 'F-1001',
    issuedOn: '2026-11-03',
    dueOn: '2026-12-03',
    currency: 'DKK',
    lines: [
      {
        id: '1',
        description: 'Kaffe, te og kage',
        account: 'Omkostninger:Forplejning',
        netMinor: 10000,
        vatMinor: 2500,
        vatCategory: 'S',
        vatPercent: '25',
        vatCode: 'I25',
        department: 'Salg',
        project: null,
      },
      {
        id: '2',
        description: 'Porto: breve',
        account: '5010',
        netMinor: 5000,
        vatMinor: 0,
        vatCategory: 'E',
        vatPercent: '0',
        vatCode: null,
        department: null,
        project: 'P1',
      },
    ],
    roundingMinor: 0,
    totalMinor: 17500,
    note: '',
    correctsNumber: null,
    attachments: [],
    ...change,
  };
}

export function payment(change: Partial<SupplierPaymentDocument> = {}): SupplierPaymentDocument {
  return {
    kind: 'supplier-payment',
    reference: '0193-2',
    billId: 'b1',
    billKind: 'invoice',
    supplierKey: 'vat:DK12345678',
    supplier: { name: 'Kontorforsyning A/S', vatNumber: 'DK12345678', country: 'DK' },
    number: 'F-1001',
    invoiceReference: '0193-1',
    invoiceRemoteId: '0193-1',
    paidOn: '2026-11-20',
    currency: 'DKK',
    amountMinor: 17500,
    account: 'Aktiver:Bank',
    markedAsPaid: false,
    ...change,
  };
}

export function attachment(id: string, name: string, content: Uint8Array) {
  return {
    id,
    name,
    mediaType: 'application/pdf',
    byteLength: content.byteLength,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
