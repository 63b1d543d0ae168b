/**
 * All records of ours in these days, a page at a time in the order of their ids: first the invoices, then
 * the payments. An invoice that has no date yet (a copy a person made) counts by the day it was made.
 */
import { z } from 'zod';
import { addDays, type Day } from '../../core/day.ts';
import { parseDecimal, toMinorRounded } from '../../core/money.ts';
import type { Call, ConnectorSession, ListedRecord } from '../../sdk/connector.ts';
import type { TrytonSettings } from './index.ts';
import { linkTo } from './link.ts';
import { ANY_REFERENCE, like, readComment, readMoveMark } from './marks.ts';
import { bankLine, currencyOfMove, moneyOut, type MoveRecord } from './payment-record.ts';
import { createPaymentShelf } from './payment-shelf.ts';
import type { Rpc } from './rpc.ts';
import { day, dayValue, decimalValue, type Json, midnight, text } from './values.ts';

const PAGE = 100;

/** No more than it takes to name it. */
const invoiceRow = z.object({
  id: z.int(),
  reference: text,
  comment: text,
  invoice_date: dayValue.nullable(),
  create_date: z.object({ year: z.int(), month: z.int(), day: z.int() }).loose(),
  total_amount: decimalValue,
  'currency.': z.object({ code: z.string() }),
  'party.': z.object({ name: text }),
});
const INVOICE_ROW = [
  'reference',
  'comment',
  'invoice_date',
  'create_date',
  'total_amount',
  'currency.code',
  'party.name',
];

interface Period {
  readonly from: Day;
  readonly to: Day;
}

export function listRecords(
  rpc: Rpc,
  settings: TrytonSettings,
): NonNullable<ConnectorSession['list']> {
  const payments = createPaymentShelf(rpc, settings);

  async function invoices(call: Call, period: Period, after: number): Promise<Page> {
    const { companyId } = await rpc.signed(call);
    const domain: Json[] = [
      ['type', '=', 'in'],
      ['company', '=', companyId],
      ['state', '!=', 'cancelled'],
      ['comment', 'like', like(ANY_REFERENCE)],
      ['id', '>', after],
      datedIn(period),
    ];
    const most = { limit: PAGE };
    const rows = await rpc.search(call, 'account.invoice', domain, INVOICE_ROW, invoiceRow, most);
    return page(rows, (row) => {
      const { reference } = readComment(row.comment);
      const { code } = row['currency.'];
      const made = row.create_date;
      return (
        reference && {
          kind: 'supplier-invoice',
          remoteId: String(row.id),
          reference,
          number: row.reference,
          supplierName: row['party.'].name,
          on: row.invoice_date ?? dayValue.parse({ ...made, __class__: 'date' }),
          currency: code,
          amountMinor: toMinorRounded(parseDecimal(row.total_amount), code),
          link: linkTo(settings, 'account.invoice', row.id),
        }
      );
    });
  }

  async function moves(call: Call, { from, to }: Period, after: number): Promise<Page> {
    const domain: Json[] = [
      ['description', 'like', like(ANY_REFERENCE)],
      ['id', '>', after],
      ['date', '>=', day(from)],
      ['date', '<=', day(to)],
    ];
    const all = await payments.search(call, domain, PAGE);
    const inForce = new Set((await payments.inForce(call, all)).map(({ move }) => move));
    return page(all, (move) => {
      const reference = readMoveMark(move.description);
      return reference && inForce.has(move) && listedMove(move, reference, settings);
    });
  }

  return async (call, period, given) => {
    const [shelf = 'invoices', start = '0'] = given?.split(' ') ?? [];
    if (shelf !== 'invoices') {
      const { items, after } = await moves(call, period, Number(start));
      return { items, next: after === null ? null : `moves ${after}` };
    }
    const { items, after } = await invoices(call, period, Number(start));
    return { items, next: after === null ? 'moves 0' : `invoices ${after}` };
  };
}

function datedIn({ from, to }: Period): Json {
  return [
    'OR',
    [
      ['invoice_date', '>=', day(from)],
      ['invoice_date', '<=', day(to)],
    ],
    [
      ['invoice_date', '=', null],
      ['create_date', '>=', midnight(from)],
      ['create_date', '<', midnight(addDays(to, 1))],
    ],
  ];
}

interface Page {
  readonly items: readonly ListedRecord[];
  /** The id to go on after; null: that was all. */
  readonly after: number | null;
}

/** Full pages go on, whatever of them is ours. */
function page<Row extends { readonly id: number }>(
  rows: readonly Row[],
  listed: (row: Row) => ListedRecord | '' | false | null,
): Page {
  return {
    items: rows.map(listed).filter((one): one is ListedRecord => Boolean(one)),
    after: rows.length === PAGE ? rows.at(-1)!.id : null,
  };
}

function listedMove(move: MoveRecord, reference: string, settings: TrytonSettings): ListedRecord {
  const bank = bankLine(move);
  const currency = currencyOfMove(move);
  return {
    kind: 'supplier-payment',
    remoteId: String(move.id),
    reference,
    number: move.number,
    supplierName: null,
    on: move.date,
    currency,
    amountMinor: bank ? moneyOut(bank, currency) : 0,
    link: linkTo(settings, 'account.move', move.id),
  };
}
