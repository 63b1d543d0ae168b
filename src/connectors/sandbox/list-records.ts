/** All records of a period, a page at a time: first the invoices, then the payments. */
import { z } from 'zod';
import { toMinor } from '../../core/money.ts';
import type { ConnectorSession, ListedRecord } from '../../sdk/connector.ts';
import type { HttpSession } from '../../sdk/http-session.ts';
import { invoiceAnswer, paymentAnswer } from './wire.ts';

/** As many as the system gives at once. */
const PAGE = 100;

const invoices = z.object({ items: z.array(invoiceAnswer) });
const payments = z.object({ items: z.array(paymentAnswer) });

export function listRecords(
  http: HttpSession,
  baseUrl: string,
): NonNullable<ConnectorSession['list']> {
  return async (call, { from, to }, after) => {
    const [shelf = 'supplier-invoices', start = '0'] = after?.split(' ') ?? [];
    const offset = Number(start);
    const path = `/${shelf}`;
    const request = { method: 'GET', path, query: { offset: start }, write: false } as const;
    const link = (id: string) => `${baseUrl}${path}/${id}`;
    let all: ListedRecord[];
    if (shelf === 'supplier-invoices') {
      const { body } = await http.request(call, { ...request, answer: invoices });
      all = body.items.map((one) => ({
        kind: 'supplier-invoice',
        remoteId: one.id,
        reference: one.externalReference,
        number: one.number,
        supplierName: one.supplier?.name ?? null,
        on: one.issuedOn,
        currency: one.currency,
        amountMinor: toMinor(one.total, one.currency),
        link: link(one.id),
      }));
    } else {
      const { body } = await http.request(call, { ...request, answer: payments });
      all = body.items.map((one) => ({
        kind: 'supplier-payment',
        remoteId: one.id,
        reference: one.externalReference,
        number: one.id,
        supplierName: null,
        on: one.paidOn,
        currency: one.currency,
        amountMinor: toMinor(one.amount, one.currency),
        link: link(one.id),
      }));
    }
    const more = all.length === PAGE ? `${shelf} ${offset + PAGE}` : null;
    return {
      items: all.filter(({ on }) => on >= from && on <= to),
      next: more ?? (shelf === 'supplier-invoices' ? 'supplier-payments 0' : null),
    };
  };
}
