/** A connection's rules between the API and the core: amounts as decimal strings there, minor units here. */
import type { z } from 'zod';
import type { optOut, RulesShape } from '../contract/sync-shapes.ts';
import { fromMinor } from '../core/money.ts';
import type { ConnectionRules, OptOut } from '../core/rules.ts';
import { minorAt } from './accept-bill.ts';

type RulesInput = { readonly [K in keyof RulesShape]?: RulesShape[K] | undefined };

/** Only what was said: `undefined` means "as it is". */
export function acceptRules(input: RulesInput, baseCurrency: string): Partial<ConnectionRules> {
  const { optOuts, ...rest } = input;
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...said,
    ...(optOuts
      ? { optOuts: optOuts.map((each, index) => acceptOptOut(each, baseCurrency, index)) }
      : {}),
  };
}

function acceptOptOut(input: z.output<typeof optOut>, baseCurrency: string, index: number): OptOut {
  const { amountAtLeast, amountAtMost, ...rest } = input;
  const amounts = amountAtLeast !== undefined || amountAtMost !== undefined;
  const currency = input.currency ?? baseCurrency;
  const minor = (text: string | undefined, name: string) =>
    text === undefined ? undefined : minorAt(text, currency, `rules.optOuts.${index}.${name}`);
  return {
    ...rest,
    currency: amounts ? currency : input.currency,
    amountAtLeastMinor: minor(amountAtLeast, 'amountAtLeast'),
    amountAtMostMinor: minor(amountAtMost, 'amountAtMost'),
  };
}

export function presentRules(given: ConnectionRules, baseCurrency: string): RulesShape {
  return {
    ...given,
    accounts: { ...given.accounts },
    vatCodes: { ...given.vatCodes },
    optOuts: given.optOuts.map(
      ({ amountAtLeastMinor, amountAtMostMinor, supplierKey: _key, ...rest }) => ({
        ...rest,
        amountAtLeast:
          amountAtLeastMinor === undefined
            ? undefined
            : fromMinor(amountAtLeastMinor, rest.currency ?? baseCurrency),
        amountAtMost:
          amountAtMostMinor === undefined
            ? undefined
            : fromMinor(amountAtMostMinor, rest.currency ?? baseCurrency),
      }),
    ),
  };
}
