/**
 * Tryton's books as its administrator reads them, all at once and through nothing of the connector's: what
 * Spor has brought there is compared with what this says.
 */
import type { Person } from '../src/connectors/tryton/test-client.ts';

export interface BookedInvoice {
  readonly id: number;
  /** Of the last line of its comment; null when it carries no mark of Spor's. */
  readonly reference: string | null;
  readonly state: string;
  readonly number: string;
  readonly supplier: string;
  readonly on: string | null;
  readonly dueOn: string | null;
  readonly note: string;
  readonly currency: string;
  /** Account, description, amount, taxes; in order of their text. */
  readonly lines: readonly string[];
  readonly vat: string;
  readonly total: string;
  readonly paymentLines: readonly number[];
  /** Of what it owes, when it is posted: which reconciliation each line is in. */
  readonly owed: readonly (number | null)[];
}

export interface BookedPayment {
  readonly id: number;
  readonly reference: string | null;
  readonly state: string;
  /** Of the invoice it pays. */
  readonly invoiceId: number | null;
  readonly on: string;
  /** `5820 125.00`: the account it was paid from, and how much left it. */
  readonly paid: string;
  readonly payableLine: number | null;
  readonly reconciliation: number | null;
  /** How the move that reverses it stands; null: it is in force. */
  readonly reversal: string | null;
}

export interface Books {
  /** Those in force: without the cancelled ones. */
  readonly invoices: readonly BookedInvoice[];
  /** Moves that are no invoice's own, reversed ones too. */
  readonly payments: readonly BookedPayment[];
  readonly parties: readonly string[];
}

interface Decimal {
  readonly decimal: string;
}
interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
interface Move {
  readonly id: number;
  readonly description: string | null;
  readonly state: string;
  readonly date: Day;
  readonly origin: string | null;
}
interface MoveLine {
  readonly id: number;
  readonly move: number;
  readonly debit: Decimal;
  readonly credit: Decimal;
  readonly reconciliation: number | null;
  readonly 'account.': {
    readonly code: string;
    readonly 'type.': { readonly payable: boolean | number } | null;
  };
}
interface Invoice {
  readonly id: number;
  readonly state: string;
  readonly reference: string | null;
  readonly comment: string | null;
  readonly invoice_date: Day | null;
  readonly payment_term_date: Day | null;
  readonly tax_amount: Decimal;
  readonly total_amount: Decimal;
  readonly move: number | null;
  readonly cancel_move: number | null;
  readonly payment_lines: readonly number[];
  readonly 'party.': { readonly name: string };
  readonly 'currency.': { readonly code: string };
}
interface InvoiceLine {
  readonly invoice: number;
  readonly description: string;
  readonly amount: Decimal;
  readonly 'account.': { readonly code: string };
  readonly 'taxes.': readonly { readonly name: string }[];
}

const INVOICE_FIELDS = [
  'state',
  'reference',
  'comment',
  'invoice_date',
  'payment_term_date',
  'tax_amount',
  'total_amount',
  'move',
  'cancel_move',
  'payment_lines',
  'party.name',
  'currency.code',
];

export async function readBooks(person: Person): Promise<Books> {
  const all = await person.read<Invoice>('account.invoice', [['type', '=', 'in']], INVOICE_FIELDS);
  const lines = await person.read<InvoiceLine>(
    'account.invoice.line',
    [['invoice', 'in', all.map(({ id }) => id)]],
    ['invoice', 'description', 'amount', 'account.code', 'taxes.name'],
  );
  const moves = await person.read<Move>(
    'account.move',
    [],
    ['description', 'state', 'date', 'origin'],
  );
  const moveLines = await person.read<MoveLine>(
    'account.move.line',
    [],
    ['move', 'debit', 'credit', 'reconciliation', 'account.code', 'account.type.payable'],
  );
  const parties = await person.read<{ name: string }>('party.party', [], ['name']);
  const linesOf = (moveId: number | null) => moveLines.filter(({ move }) => move === moveId);
  const ownMoves = new Set(all.flatMap(({ move, cancel_move }) => [move, cancel_move]));
  return {
    invoices: all
      .filter(({ state }) => state !== 'cancelled')
      .map((invoice) => ({
        id: invoice.id,
        state: invoice.state,
        number: invoice.reference ?? '',
        supplier: invoice['party.'].name,
        on: written(invoice.invoice_date),
        dueOn: written(invoice.payment_term_date),
        ...marked(invoice.comment ?? ''),
        currency: invoice['currency.'].code,
        lines: lines
          .filter((line) => line.invoice === invoice.id)
          .map((line) =>
            [
              line['account.'].code,
              line.description,
              amount(line.amount),
              ...line['taxes.'].map(({ name }) => name),
            ].join(' '),
          )
          .sort(),
        vat: amount(invoice.tax_amount),
        total: amount(invoice.total_amount),
        paymentLines: invoice.payment_lines,
        owed: linesOf(invoice.move)
          .filter(isPayable)
          .map(({ reconciliation }) => reconciliation),
      })),
    payments: moves
      .filter(({ id, origin }) => !ownMoves.has(id) && !origin?.startsWith('account.move,'))
      .map((move) => {
        const [payable, bank] = [true, false].map((is) =>
          linesOf(move.id).find((line) => isPayable(line) === is),
        );
        const out = Number(bank?.credit.decimal ?? 0) - Number(bank?.debit.decimal ?? 0);
        return {
          id: move.id,
          reference: /(?:^|\s)Spor (\S+)$/.exec(move.description ?? '')?.[1] ?? null,
          state: move.state,
          invoiceId: Number(/^account\.invoice,(\d+)$/.exec(move.origin ?? '')?.[1]) || null,
          on: written(move.date)!,
          paid: `${bank?.['account.'].code} ${out.toFixed(2)}`,
          payableLine: payable?.id ?? null,
          reconciliation: payable?.reconciliation ?? null,
          reversal: moves.find(({ origin }) => origin === `account.move,${move.id}`)?.state ?? null,
        };
      }),
    parties: parties.map(({ name }) => name),
  };
}

const isPayable = (line: MoveLine) => Boolean(line['account.']['type.']?.payable);
const amount = ({ decimal }: Decimal) => (Number(decimal) || 0).toFixed(2);

function marked(comment: string): Pick<BookedInvoice, 'reference' | 'note'> {
  const all = comment.trimEnd().split('\n');
  const reference = /^Spor (\S+)$/.exec(all.at(-1) ?? '')?.[1] ?? null;
  return { reference, note: (reference === null ? all : all.slice(0, -1)).join('\n').trim() };
}

function written(day: Day | null): string | null {
  if (!day) return null;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.year}-${two(day.month)}-${two(day.day)}`;
}
