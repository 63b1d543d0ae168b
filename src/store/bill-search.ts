/** What is searched for in the list of bills: a text, the supplier's number, or an amount. */
import { currencyDecimals, MoneyError, toMinor } from '../core/money.ts';
import { readTypedAmount } from '../core/typed-amount.ts';

export interface BillSearch {
  /** For `ilike`, in supplier or number. */
  readonly text: string;
  /** … in the number the supplier is known by: VAT, company or GLN. */
  readonly supplier: string | null;
  /** In minor units, by how many decimals a currency has: 0 to 4. */
  readonly amounts: readonly (number | null)[] | null;
}

/** Fewer digits stand in too many numbers. */
const DIGITS_OF_A_NUMBER = /(?:\d\s*){4}/;
/** By decimals: none, two (as in most), three, four. */
const CURRENCIES = ['JPY', null, 'DKK', 'KWD', 'UYW'];

/** Currencies with other than two decimals, and how many: for PostgreSQL, which doesn't know. */
export const DECIMALS_BUT_TWO = JSON.stringify(
  Object.fromEntries(
    Intl.supportedValuesOf('currency')
      .map((currency) => [currency, currencyDecimals(currency)] as const)
      .filter(([, decimals]) => decimals !== 2),
  ),
);

/** @param decimal the sign that the reader's language has in amounts */
export function billSearch(typed: string, decimal: ',' | '.'): BillSearch {
  const amount = readTypedAmount(typed, decimal);
  return {
    text: within(typed),
    supplier: DIGITS_OF_A_NUMBER.test(typed) ? within(typed.replaceAll(/\s+/g, '')) : null,
    amounts: amount === null ? null : CURRENCIES.map((currency) => minorIn(currency, amount)),
  };
}

function minorIn(currency: string | null, amount: string): number | null {
  try {
    return currency === null ? null : toMinor(amount, currency);
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}

function within(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
