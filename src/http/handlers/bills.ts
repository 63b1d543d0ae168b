/** Bills: coming in, being read, being changed. */
import * as edits from '../../core/bill-edits.ts';
import { dayOf } from '../../core/day.ts';
import { POSTING_STATES } from '../../core/posting-state.ts';
import { addBill } from '../../engine/record-change.ts';
import { IntakeError, readEInvoice } from '../../intake/index.ts';
import { listActivity } from '../../store/activity.ts';
import { readAttachment } from '../../store/attachments.ts';
import { billSearch } from '../../store/bill-search.ts';
import { type BillSync, listBills, readOverview } from '../../store/bill-list.ts';
import { acceptBill, acceptEdit, minorAt } from '../accept-bill.ts';
import { pageOf, readCursor } from '../cursor.ts';
import { type Handler, reading, writing } from '../handler.ts';
import { presentBill, presentBillItem } from '../present/bill.ts';
import { Refusal } from '../refusal.ts';
import { changed, foundBill, foundCompany, recordingOf, withinBounds } from './found.ts';

/** Of each state, none. */
const NONE_IS_SO = Object.fromEntries(
  [...POSTING_STATES, 'none' as const].map((state) => [state, 0]),
) as Record<BillSync, number>;

export const billHandlers = {
  overview: reading('overview', async (facts, { params }) => {
    await foundCompany(facts, params.companyId);
    const overview = await readOverview(facts.db, params.companyId);
    return {
      bills: overview.bills,
      duplicates: overview.duplicates,
      bySync: { ...NONE_IS_SO, ...overview.bySync },
    };
  }),

  listBills: reading('listBills', async (facts, { params, query }) => {
    await foundCompany(facts, params.companyId);
    if (query.connectionId !== undefined && query.failure === undefined)
      throw new Refusal('invalid-request', 'query.connectionId goes with query.failure.', [
        { path: 'query.connectionId', message: 'goes with failure' },
      ]);
    const rows = await listBills(facts.db, {
      companyId: params.companyId,
      before: readCursor(query.cursor),
      limit: query.limit + 1,
      search: query.search ? billSearch(query.search, facts.language === 'da' ? ',' : '.') : null,
      sync: query.sync ?? null,
      duplicatesOnly: query.duplicates === 'only',
      failure: query.failure ?? null,
      connectionId: query.connectionId ?? null,
    });
    const { items, next } = pageOf(rows, query.limit);
    return { items: items.map(presentBillItem), next };
  }),

  addBill: writing('addBill', async (facts, { params, body }) => {
    await foundCompany(facts, params.companyId);
    const given = { details: acceptBill(body), attachments: [], notices: [] };
    const bill = await withinBounds(() => addBill(recordingOf(facts), params.companyId, given));
    return { bill: presentBill(bill), duplicateOf: bill.duplicateOf };
  }),

  importBill: writing('importBill', async (facts, { params, body }) => {
    await foundCompany(facts, params.companyId);
    const incoming = readInvoice(body, facts.context.largestImportBytes);
    const given = {
      details: incoming.details,
      attachments: incoming.attachments,
      notices: incoming.warnings,
    };
    const bill = await withinBounds(() => addBill(recordingOf(facts), params.companyId, given));
    return { bill: presentBill(bill), duplicateOf: bill.duplicateOf };
  }),

  getBill: reading('getBill', async (facts, { params }) =>
    presentBill(await foundBill(facts, params)),
  ),

  editBill: writing('editBill', async (facts, { params, body }) =>
    presentBill(await changed(facts, params, (bill) => edits.editDetails(bill, acceptEdit(body)))),
  ),

  approveBill: writing('approveBill', async (facts, { params, query }) =>
    presentBill(
      await changed(facts, params, (bill) => edits.approve(bill, query.expectedRevision)),
    ),
  ),

  payBill: writing('payBill', async (facts, { params, body }) => {
    const id = facts.context.engine.ids.next();
    const { amount, paidOn, account } = body;
    const bill = await changed(facts, params, (before) => {
      const amountMinor = minorAt(amount, before.currency, 'amount');
      return edits.addPayment(before, { id, kind: 'registered', amountMinor, paidOn, account });
    });
    return presentBill(bill);
  }),

  removePayment: writing('removePayment', async (facts, { params }) =>
    presentBill(
      await changed(facts, params, (bill) => edits.removePayment(bill, params.paymentId)),
    ),
  ),

  markBillAsPaid: writing('markBillAsPaid', async (facts, { params, body }) => {
    const { clock, ids } = facts.context.engine;
    const paidOn = body.paidOn ?? dayOf(clock.now());
    return presentBill(
      await changed(facts, params, (bill) => edits.markAsPaid(bill, ids.next(), paidOn)),
    );
  }),

  cancelBill: writing('cancelBill', async (facts, { params }) =>
    presentBill(await changed(facts, params, edits.cancel)),
  ),

  acceptAsSeparate: writing('acceptAsSeparate', async (facts, { params }) =>
    presentBill(await changed(facts, params, edits.acceptAsSeparate)),
  ),

  listActivity: reading('listActivity', async (facts, { params, query }) => {
    await foundBill(facts, params);
    const before = readCursor(query.cursor);
    const rows = await listActivity(
      facts.db,
      params.companyId,
      params.billId,
      before,
      query.limit + 1,
    );
    const { items, next } = pageOf(rows, query.limit);
    return {
      next,
      items: items.map(({ companyId: _c, billId: _b, postingKind, at, ...line }) => ({
        ...line,
        at: at.toISOString(),
        posting: postingKind,
      })),
    };
  }),

  getAttachment: reading('getAttachment', async (facts, { params }) => {
    const bill = await foundBill(facts, params);
    const attachment = bill.attachments.find(({ id }) => id === params.attachmentId);
    const content =
      attachment &&
      (await readAttachment(facts.db, params.companyId, params.billId, attachment.id));
    if (!attachment || !content) throw new Refusal('not-found', 'The bill has no such attachment.');
    return new Response(Buffer.from(content), {
      headers: {
        // Never run as a page of ours, whatever a supplier sent.
        'content-type': ['application/pdf', 'image/png', 'image/jpeg'].includes(
          attachment.mediaType,
        )
          ? attachment.mediaType
          : 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${asExtendedValue(attachment.name)}`,
        'content-length': String(content.byteLength),
      },
    });
  }),
} satisfies Record<string, Handler>;

/** RFC 8187 §3.2.1: four characters that `encodeURIComponent` lets be mean something here. */
function asExtendedValue(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function readInvoice(bytes: Uint8Array, maxBytes: number) {
  try {
    return readEInvoice(bytes, { maxBytes });
  } catch (error) {
    if (!(error instanceof IntakeError)) throw error;
    const where = [
      error.place,
      error.line === null ? null : `line ${error.line}, column ${error.column}`,
    ]
      .filter((part) => part !== null)
      .join(', ');
    const path =
      error.place ?? (error.line === null ? 'body' : `body:${error.line}:${error.column}`);
    throw new Refusal(
      'invoice-unreadable',
      where === '' ? error.message : `${error.message} (${where})`,
      [{ path, message: error.code }],
    );
  }
}
