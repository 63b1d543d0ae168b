/** One signed-in conversation with Tryton: hands each posting to its kind. */
import { z } from 'zod';
import { dayOf } from '../../core/day.ts';
import type { SupplierInvoiceDocument, SupplierPaymentDocument } from '../../core/posting.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { Call, ConnectionContext, ConnectorSession } from '../../sdk/connector.ts';
import type { TrytonSettings } from './index.ts';
import { createInvoices } from './invoices.ts';
import { listRecords } from './list-records.ts';
import { createLookups } from './lookups.ts';
import { ensureParty } from './parties.ts';
import { createPayments } from './payments.ts';
import { createRpc } from './rpc.ts';

const WRITTEN = ['party.party', 'account.invoice', 'account.move'] as const;
const right = z.union([z.boolean(), z.number()]);
const ACCESS = z.record(z.string(), z.looseObject({ create: right, write: right }));

export function openTryton(context: ConnectionContext<TrytonSettings>): ConnectorSession {
  const { settings, clock } = context;
  const rpc = createRpc(context);
  const lookups = createLookups(rpc);
  const invoices = createInvoices(rpc, lookups, context);
  const payments = createPayments(rpc, lookups, context);

  /** What the user may do with whole models (trytond/ir/model.py, `get_access`, 6.0.29, read 2026-11-29). */
  const assertHasRights = async (call: Call) => {
    const may = await rpc.read(call, 'ir.model.access.get_access', [[...WRITTEN]], ACCESS);
    const refused = WRITTEN.filter((model) => !may[model]?.create || !may[model].write);
    if (refused.length === 0) return;
    throw new SyncFailure('access-denied', {
      originalMessage: `The user ${settings.username} may not write ${refused.join(', ')} in Tryton: give it the group Accounting.`,
    });
  };

  return {
    /** Sees the books, that they may be written, and that what the settings name is there. */
    async check(call) {
      await rpc.read(call, 'account.invoice.search', [[], 0, 1, null], z.array(z.int()));
      await rpc.read(call, 'account.move.search', [[], 0, 1, null], z.array(z.int()));
      await assertHasRights(call);
      await lookups.journal(call, 'expense', settings.invoiceJournal);
      await lookups.journal(call, 'cash', settings.paymentJournal);
      for (const root of [settings.departmentRoot, settings.projectRoot]) {
        if (root !== undefined) await lookups.dimensions(call, root, []);
      }
      if (settings.exchangeWriteOff !== undefined)
        await lookups.writeOff(call, settings.exchangeWriteOff);
      const { roundingAccount } = settings;
      if (roundingAccount === undefined) return;
      try {
        await lookups.accounts(call, [roundingAccount], dayOf(clock.now()));
      } catch (error) {
        if (!(error instanceof SyncFailure) || !error.details.code.startsWith('account-'))
          throw error;
        throw new SyncFailure('settings-wrong', {
          originalMessage: `The account for rounding, ${roundingAccount}, can't be used in Tryton (${error.details.code}).`,
        });
      }
    },

    stageFields: ['state'],

    fields: (document) =>
      document.kind === 'supplier-invoice' ? invoices.fields(document) : payments.fields(document),

    ensureSupplier: (call, supplier, supplierKey) => ensureParty(rpc, call, supplier, supplierKey),

    find: (call, document) =>
      document.kind === 'supplier-invoice'
        ? invoices.find(call, document)
        : payments.find(call, document),

    async findMany(call, documents) {
      const [bills, paid]: [SupplierInvoiceDocument[], SupplierPaymentDocument[]] = [[], []];
      for (const document of documents) {
        if (document.kind === 'supplier-invoice') bills.push(document);
        else paid.push(document);
      }
      const found = bills.length > 0 ? await invoices.findMany(call, bills) : new Map();
      return paid.length > 0
        ? new Map([...found, ...(await payments.findMany(call, paid))])
        : found;
    },

    read: (call, remoteId, document) =>
      document.kind === 'supplier-invoice'
        ? invoices.read(call, remoteId, document)
        : payments.read(call, remoteId, document),

    findByNumber: invoices.findByNumber,

    create: (call, document, options) =>
      document.kind === 'supplier-invoice'
        ? invoices.create(call, document, options)
        : payments.create(call, document),

    update: (call, there, document, options) =>
      document.kind === 'supplier-invoice'
        ? invoices.update(call, there, document, options)
        : payments.update(call, there, document),

    remove: (call, there, document) =>
      document.kind === 'supplier-invoice'
        ? invoices.remove(call, there, document)
        : payments.remove(call, there, document),

    list: listRecords(rpc, settings),

    close: () => rpc.close(),
  };
}
