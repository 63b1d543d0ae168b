/** A payment as the values of an `account.move`. */
import { SyncFailure } from '../../core/failure.ts';
import { divideHalfEven, fromMinor, currencyDecimals, parseDecimal } from '../../core/money.ts';
import type { SupplierPaymentDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';
import type { TrytonSettings } from './index.ts';
import type { Currency, Lookups } from './lookups.ts';
import { moveDescription } from './marks.ts';
import {
  countsAsPaymentLine,
  leftMinor,
  type PayableInvoice,
  ratesHaveMoved,
} from './payable-invoice.ts';
import { bankLine, type MoveRecord, outOf, payableLine } from './payment-record.ts';
import type { Rpc } from './rpc.ts';
import { day, decimal, type Json } from './values.ts';

export interface Place {
  /** The draft that is written over. */
  readonly there: MoveRecord | null;
  /** The move that counts no more by then, and what it took of the invoice. */
  readonly replaced: MoveRecord | null;
  readonly freedMinor: number;
}
export const NEW: Place = { there: null, replaced: null, freedMinor: 0 };

export async function moveValues(
  { rpc, lookups, settings }: { rpc: Rpc; lookups: Lookups; settings: TrytonSettings },
  call: Call,
  document: SupplierPaymentDocument,
  invoice: PayableInvoice,
  { there, replaced, freedMinor }: Place,
): Promise<Json> {
  const { paidOn, account, currency } = document;
  const period = await lookups.period(call, paidOn);
  const bank = (await lookups.accounts(call, [account], paidOn)).get(account)!;
  if (bank.id === invoice.accountId || bank.partyRequired)
    throw new SyncFailure('account-invalid', {
      subject: account,
      originalMessage: `${account} is an account of parties in Tryton: nothing is paid from it.`,
    });
  const journal = await lookups.journal(call, 'cash', settings.paymentJournal);
  const money = await amounts(lookups, call, document);
  const { companyId } = await rpc.signed(call);
  const side = (isDebit: boolean) => ({
    debit: decimal(isDebit ? money.own : '0'),
    credit: decimal(isDebit ? '0' : money.own),
    second_currency: money.second === null ? null : money.second.currencyId,
    amount_second_currency:
      money.second === null
        ? null
        : decimal(isDebit ? money.second.amount : `-${money.second.amount}`),
  });
  const paysOut = outOf(document) === 1;
  if (settings.takeTo === 'posted' && money.second !== null) {
    const own = { debit: paysOut ? money.own : '0', credit: paysOut ? '0' : money.own };
    const old = (replaced && payableLine(replaced)?.id) ?? null;
    const counts = await countsAsPaymentLine(rpc, call, invoice, own, old);
    const settles = document.amountMinor === leftMinor(invoice, document) + freedMinor;
    const isWrittenOff = settles && settings.exchangeWriteOff !== undefined;
    if (!counts && !isWrittenOff) throw ratesHaveMoved();
  }
  const payable = {
    ...side(paysOut),
    account: invoice.accountId,
    party: invoice.partyRequired ? invoice.partyId : null,
  };
  const paidFrom = { ...side(!paysOut), account: bank.id };
  const lines = there ? linesOf(there, payable, paidFrom) : [['create', [payable, paidFrom]]];
  return {
    ...(there ? {} : { company: companyId }),
    journal,
    period,
    date: day(paidOn),
    description: moveDescription(`${document.number} ${currency}`, document.reference),
    origin: `account.invoice,${invoice.id}`,
    lines,
  };
}

/** Both lines in one command each, so that the move balances at its end. */
function linesOf(there: MoveRecord, payable: Json, paidFrom: Json): Json {
  const had = [payableLine(there), bankLine(there)];
  const others = there['lines.'].filter((line) => !had.includes(line)).map((line) => line.id);
  const [first, second] = had;
  return [
    ['delete', others],
    first ? ['write', [first.id], payable] : ['create', [payable]],
    second ? ['write', [second.id], paidFrom] : ['create', [paidFrom]],
  ];
}

/** In the company's currency at the day's rate, and as it was paid when that is another. */
async function amounts(
  lookups: Lookups,
  call: Call,
  { amountMinor, currency, paidOn }: SupplierPaymentDocument,
) {
  const own = await lookups.companyCurrency(call);
  const paid = fromMinor(amountMinor, currency);
  if (own === currency) return { own: paid, second: null };
  const from = await lookups.currency(call, currency, paidOn);
  const to = await lookups.currency(call, own, paidOn);
  return {
    own: fromMinor(converted(amountMinor, from, to), own),
    second: { currencyId: from.id, amount: paid },
  };
}

/** As Tryton does: amount ÷ rate × rate, rounded to the currency's smallest unit, halves to the even one. */
function converted(minor: number, from: Currency, to: Currency): number {
  const fromRate = parseDecimal(from.rate);
  const toRate = parseDecimal(to.rate);
  const scale =
    currencyDecimals(to.code) - currencyDecimals(from.code) + fromRate.scale - toRate.scale;
  const up = scale > 0 ? 10n ** BigInt(scale) : 1n;
  const down = scale < 0 ? 10n ** BigInt(-scale) : 1n;
  return Number(divideHalfEven(BigInt(minor) * toRate.unscaled * up, fromRate.unscaled * down));
}
