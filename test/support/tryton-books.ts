/** Tryton's books as a bookkeeper reads them at Tryton's own client, by the numbers on the bills. */
import type { Person } from '../../src/connectors/tryton/test-client.ts';

interface Decimal {
  readonly decimal: string;
}
interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export interface InvoiceSeen {
  readonly state: string;
  readonly supplier: string;
  readonly day: string | null;
  readonly due: string | null;
  /** Account, description, net, taxes, analytic accounts. */
  readonly lines: readonly string[];
  readonly vat: string;
  readonly total: string;
  readonly files: readonly string[];
}

export interface TrytonBooks {
  /** By the supplier's number; null when there is none in force. */
  invoice(number: string): Promise<InvoiceSeen | null>;
  deleteInvoice(number: string): Promise<void>;
  postInvoice(number: string): Promise<void>;
  /** Books another like it under a number of its own, on the same day. */
  bookLike(number: string, own: string): Promise<void>;
  /** Debit less credit, by code. */
  balances(...codes: string[]): Promise<Record<string, string>>;
  /** How many lines of an account are not reconciled. */
  openLines(account: string): Promise<number>;
}

export function openTrytonBooks(person: Person): TrytonBooks {
  const ids = (number: string) =>
    person.search('account.invoice', [
      ['reference', '=', number],
      ['state', '!=', 'cancelled'],
    ]);
  return {
    async invoice(number) {
      const found = await ids(number);
      if (found.length > 1) throw new Error(`Tryton has ${found.length} invoices ${number}.`);
      const [invoice] = await person.read<{
        id: number;
        state: string;
        invoice_date: Day | null;
        payment_term_date: Day | null;
        tax_amount: Decimal;
        total_amount: Decimal;
        'party.': { name: string };
      }>(
        'account.invoice',
        [['id', 'in', found]],
        ['state', 'invoice_date', 'payment_term_date', 'tax_amount', 'total_amount', 'party.name'],
      );
      if (!invoice) return null;
      const lines = await person.read<{
        description: string;
        amount: Decimal;
        'account.': { code: string };
        'taxes.': { name: string }[];
        'analytic_accounts.': { 'account.': { code: string } | null }[];
      }>(
        'account.invoice.line',
        [['invoice', '=', invoice.id]],
        ['description', 'amount', 'account.code', 'taxes.name', 'analytic_accounts.account.code'],
      );
      const files = await person.read<{ name: string }>(
        'ir.attachment',
        [['resource', '=', `account.invoice,${invoice.id}`]],
        ['name'],
      );
      return {
        state: invoice.state,
        supplier: invoice['party.'].name,
        day: written(invoice.invoice_date),
        due: written(invoice.payment_term_date),
        lines: lines.map((line) =>
          [
            line['account.'].code,
            line.description,
            line.amount.decimal,
            ...line['taxes.'].map(({ name }) => name),
            ...line['analytic_accounts.'].flatMap((entry) => entry['account.']?.code ?? []),
          ].join(' '),
        ),
        vat: invoice.tax_amount.decimal,
        total: invoice.total_amount.decimal,
        files: files.map(({ name }) => name),
      };
    },
    deleteInvoice: async (number) => person.call('account.invoice.delete', await ids(number)),
    postInvoice: async (number) => person.call('account.invoice.post', await ids(number)),
    async bookLike(number, own) {
      const like = await ids(number);
      const [invoice] = await person.read<{ invoice_date: Day }>(
        'account.invoice',
        [['id', 'in', like]],
        ['invoice_date'],
      );
      const { year, month, day } = invoice!.invoice_date;
      const copied = await person.call<number[]>('account.invoice.copy', like, {
        comment: null,
        reference: own,
        invoice_date: { __class__: 'date', year, month, day },
      });
      await person.call('account.invoice.post', copied);
    },
    async balances(...codes) {
      const accounts = await person.read<{ code: string; balance: Decimal }>(
        'account.account',
        [['code', 'in', codes]],
        ['code', 'balance'],
      );
      return Object.fromEntries(
        accounts.map(({ code, balance }) => [code, Number(balance.decimal).toFixed(2)]),
      );
    },
    openLines: async (account) =>
      (
        await person.search('account.move.line', [
          ['account.code', '=', account],
          ['reconciliation', '=', null],
        ])
      ).length,
  };
}

function written(day: Day | null): string | null {
  if (!day) return null;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.year}-${two(day.month)}-${two(day.day)}`;
}
