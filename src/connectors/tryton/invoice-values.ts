/** A document as the values of an `account.invoice`, once everything it names was found. */
import { SyncFailure } from '../../core/failure.ts';
import { fromMinor } from '../../core/money.ts';
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';
import type { TrytonSettings } from './index.ts';
import { normal, signOf } from './invoice-fields.ts';
import type { InvoiceLine } from './invoice-record.ts';
import type { Lookups, Tax } from './lookups.ts';
import { comment, lineMark, readLineMark, roundingMark } from './marks.ts';
import type { Rpc } from './rpc.ts';
import { day, decimal, type Json } from './values.ts';

/** What the line is called in the books, and the account where it is missing. */
const ROUNDING = 'Øreafrunding';

export interface LineValues {
  readonly mark: string;
  readonly values: { readonly [name: string]: Json };
  readonly taxIds: readonly number[];
  /** Root → account, for the roots the settings name. */
  readonly dimensions: ReadonlyMap<number, number | null>;
}

export interface InvoiceValues {
  readonly header: { readonly [name: string]: Json };
  /** The supplier's, as it is kept there. */
  readonly number: string;
  readonly journalId: number;
  readonly lines: readonly LineValues[];
  readonly taxes: readonly Tax[];
}

export async function invoiceValues(
  given: { rpc: Rpc; lookups: Lookups; settings: TrytonSettings },
  call: Call,
  document: SupplierInvoiceDocument,
  bookedOn: string,
): Promise<InvoiceValues> {
  const { lookups, settings, rpc } = given;
  const codes = document.lines.map((line) => line.account);
  if (document.roundingMinor !== 0) codes.push(roundingAccount(settings));
  for (const line of document.lines) {
    if (line.vatCode === null && line.vatMinor !== 0)
      throw new SyncFailure('vat-code-invalid', {
        subject: `${line.vatCategory}${line.vatPercent}`,
      });
  }
  // A draft in a closed period could not be posted as it stands: better said now.
  await lookups.period(call, bookedOn);
  const accounts = await lookups.accounts(call, codes, bookedOn);
  for (const account of accounts.values()) {
    if (!account.isCost)
      throw new SyncFailure('account-invalid', {
        subject: account.code,
        originalMessage: `The account ${account.code} is of a type Tryton takes on no supplier invoice: it takes expense and debt.`,
      });
  }
  const taxes = await lookups.taxes(
    call,
    document.lines.flatMap((line) => line.vatCode ?? []),
  );
  const currency = await lookups.currency(call, document.currency, document.issuedOn);
  const journalId = await lookups.journal(call, 'expense', settings.invoiceJournal);
  const { companyId } = await rpc.signed(call);
  const dimensionsOf = await dimensionFinder(lookups, settings, call, document);

  const { lines, note, number } = normal(document);
  const sign = signOf(document);
  const price = (minor: number) => decimal(fromMinor(minor, document.currency));
  const common = { type: 'line', company: companyId, currency: currency.id, quantity: sign };
  const values: LineValues[] = lines.map((line) => ({
    mark: lineMark(line.id),
    values: {
      ...common,
      account: accounts.get(line.account)!.id,
      description: line.description,
      unit_price: price(line.netMinor),
    },
    taxIds: taxes.filter(({ name }) => name === line.vatCode).map(({ id }) => id),
    dimensions: dimensionsOf(line),
  }));
  if (document.roundingMinor !== 0)
    values.push({
      mark: roundingMark,
      values: {
        ...common,
        account: accounts.get(roundingAccount(settings))!.id,
        description: ROUNDING,
        unit_price: price(document.roundingMinor),
      },
      taxIds: [],
      dimensions: new Map(),
    });
  return {
    header: {
      currency: currency.id,
      reference: number,
      invoice_date: day(document.issuedOn),
      payment_term: null,
      payment_term_date: document.dueOn === null ? null : day(document.dueOn),
      comment: comment(note, document.reference),
    },
    number,
    journalId,
    lines: values,
    taxes,
  };
}

function roundingAccount(settings: TrytonSettings): string {
  if (settings.roundingAccount !== undefined) return settings.roundingAccount;
  throw new SyncFailure('account-missing', {
    subject: ROUNDING,
    originalMessage:
      "The bill is rounded, and the integration's settings name no account for rounding.",
  });
}

async function dimensionFinder(
  lookups: Lookups,
  { departmentRoot, projectRoot }: TrytonSettings,
  call: Call,
  { lines }: SupplierInvoiceDocument,
) {
  type Line = (typeof lines)[number];
  const of = async (root: string | undefined, code: (line: Line) => string | null) => {
    if (root === undefined) return null;
    const found = await lookups.dimensions(
      call,
      root,
      lines.flatMap((line) => code(line) ?? []),
    );
    return { ...found, code };
  };
  const all = [
    await of(departmentRoot, (line) => line.department),
    await of(projectRoot, (line) => line.project),
  ].filter((one) => one !== null);
  return (line: Line) =>
    new Map(all.map(({ rootId, ids, code }) => [rootId, ids.get(code(line) ?? '') ?? null]));
}

/** What makes the lines there those that are wanted; lines people added (but titles and remarks) go. */
export function lineCommands(wanted: readonly LineValues[], there: readonly InvoiceLine[]): Json {
  const had = there.filter((line) => line.type === 'line');
  const kept = new Map<string, InvoiceLine>();
  for (const line of had) {
    const mark = markOf(line);
    if (mark !== null && !kept.has(mark) && wanted.some((one) => one.mark === mark))
      kept.set(mark, line);
  }
  const stays = new Set(kept.values());
  const places = wanted.map((line, index) => ({ line, place: index + 1 }));
  return [
    ['delete', had.filter((line) => !stays.has(line)).map((line) => line.id)],
    ...places.flatMap(({ line, place }) => {
      const known = kept.get(line.mark);
      return known ? [['write', [known.id], changedLine(line, place, known)]] : [];
    }),
    [
      'create',
      places
        .filter(({ line }) => !kept.has(line.mark))
        .map(({ line, place }) => newLine(line, place)),
    ],
  ];
}

function markOf({ note }: InvoiceLine): string | null {
  const mark = readLineMark(note);
  if (mark.kind === 'foreign') return null;
  return mark.kind === 'rounding' ? roundingMark : lineMark(mark.id);
}

function newLine({ mark, values, taxIds, dimensions }: LineValues, place: number): Json {
  return {
    ...values,
    note: mark,
    sequence: place,
    taxes: [['add', taxIds]],
    ...(dimensions.size === 0
      ? {}
      : {
          analytic_accounts: [
            ['create', [...dimensions].map(([root, account]) => ({ root, account }))],
          ],
        }),
  };
}

/** What is there made the same; what people added to the line besides stays. */
function changedLine(
  { values, taxIds, dimensions }: LineValues,
  place: number,
  there: InvoiceLine,
): Json {
  const had = there['taxes.'].map((tax) => tax.id);
  const entries = there['analytic_accounts.'] ?? [];
  return {
    ...values,
    sequence: place,
    taxes: [
      ['remove', had.filter((id) => !taxIds.includes(id))],
      ['add', taxIds.filter((id) => !had.includes(id))],
    ],
    ...(dimensions.size === 0
      ? {}
      : {
          analytic_accounts: [...dimensions].map(([root, account]) => {
            const entry = entries.find((one) => one['root.']?.id === root);
            return entry ? ['write', [entry.id], { account }] : ['create', [{ root, account }]];
          }),
        }),
  };
}
