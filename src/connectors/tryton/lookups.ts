/**
 * Our codes → Tryton's records, looked up before anything is written: what is missing, closed or
 * locked is refused here, by its name, because Tryton's own refusals carry only words.
 */
import { z } from 'zod';
import { type FailureCode, SyncFailure } from '../../core/failure.ts';
import type { Call } from '../../sdk/connector.ts';
import type { Rpc } from './rpc.ts';
import { day, dayValue, decimalValue, flag, type Json, text } from './values.ts';

export interface Account {
  readonly id: number;
  readonly code: string;
  readonly isCost: boolean;
  readonly partyRequired: boolean;
}

export interface Tax {
  readonly name: string;
  readonly id: number;
  /** A tax made of several is on a line by its name, in an invoice's tax lines by its parts. */
  readonly partIds: readonly number[];
}

export interface Currency {
  readonly id: number;
  readonly code: string;
  /** Units of it for one of the currency all rates refer to, as a decimal. */
  readonly rate: string;
}

function refuse(code: FailureCode, subject: string, originalMessage?: string): never {
  throw new SyncFailure(code, { subject, originalMessage });
}

export interface Lookups {
  /** The accounts with these codes; on this day they can be booked on. */
  accounts(call: Call, codes: Iterable<string>, on: string): Promise<Map<string, Account>>;
  /** The taxes with these names. */
  taxes(call: Call, names: Iterable<string>): Promise<Tax[]>;
  currency(call: Call, code: string, on: string): Promise<Currency>;
  /** The open period of a day. */
  period(call: Call, on: string): Promise<number>;
  journal(call: Call, type: 'expense' | 'cash', code: string | undefined): Promise<number>;
  /** Analytic accounts by code, below a root with a code. */
  dimensions(call: Call, root: string, codes: Iterable<string>): Promise<Dimensions>;
  companyCurrency(call: Call): Promise<string>;
  /** A write-off method by its name. */
  writeOff(call: Call, name: string): Promise<number>;
}

export interface Dimensions {
  readonly rootId: number;
  readonly ids: ReadonlyMap<string, number>;
}

export function createLookups(rpc: Rpc): Lookups {
  const ofCompany = async (call: Call): Promise<Json> => [
    'company',
    '=',
    (await rpc.signed(call)).companyId,
  ];

  return {
    async accounts(call, codes, on) {
      const wanted = [...new Set(codes)];
      const row = z.object({
        id: z.int(),
        code: z.string(),
        closed: flag,
        start_date: dayValue.nullable(),
        end_date: dayValue.nullable(),
        party_required: flag,
        'type.': z.object({ expense: flag, debt: flag }).nullable(),
      });
      const found = await rpc.search(
        call,
        'account.account',
        [['code', 'in', wanted], await ofCompany(call)],
        ['code', 'closed', 'start_date', 'end_date', 'party_required', 'type.expense', 'type.debt'],
        row,
        // Also those that are out of use, to say so.
        { context: { active_test: false, date: null } },
      );
      const byCode = new Map<string, Account>();
      for (const code of wanted) {
        const all = found.filter((account) => account.code === code);
        const inUse = all.find(
          ({ closed, start_date: from, end_date: to }) =>
            !closed && (from === null || from <= on) && (to === null || to >= on),
        );
        if (!inUse) refuse(all.length > 0 ? 'account-archived' : 'account-missing', code);
        const type = inUse['type.'];
        if (!type) refuse('account-invalid', code, `The account ${code} is a heading in Tryton.`);
        byCode.set(code, {
          id: inUse.id,
          code,
          isCost: type.expense || type.debt,
          partyRequired: inUse.party_required,
        });
      }
      return byCode;
    },

    async taxes(call, names) {
      const wanted = [...new Set(names)];
      if (wanted.length === 0) return [];
      const row = z.object({
        id: z.int(),
        name: z.string(),
        parent: z.int().nullable(),
        'group.': z.object({ kind: text }).nullable(),
      });
      const domain = [
        'OR',
        [
          ['name', 'in', wanted],
          ['parent', '=', null],
        ],
        [['parent.name', 'in', wanted]],
      ];
      const found = await rpc.search(
        call,
        'account.tax',
        [domain, await ofCompany(call)],
        ['name', 'parent', 'group.kind'],
        row,
      );
      return wanted.map((name) => {
        const all = found.filter(
          (tax) => tax.parent === null && tax.name === name && tax['group.']?.kind !== 'sale',
        );
        const [tax] = all;
        if (!tax) return refuse('vat-code-invalid', name);
        if (all.length > 1)
          refuse('vat-code-invalid', name, `Tryton has more than one tax named ${name}.`);
        const parts = found.filter(({ parent }) => parent === tax.id);
        return { name, id: tax.id, partIds: parts.map(({ id }) => id) };
      });
    },

    async currency(call, code, on) {
      const row = z.object({ id: z.int(), code: z.string(), rate: decimalValue.nullable() });
      const [found] = await rpc.search(
        call,
        'currency.currency',
        [['code', '=', code]],
        ['code', 'rate'],
        row,
        { context: { date: day(on) } },
      );
      if (!found) refuse('currency-unknown', code);
      const { id, rate } = found;
      if (rate === null || Number(rate) === 0)
        refuse('currency-unknown', code, `Tryton has no rate for ${code} on ${on}.`);
      return { id, code, rate };
    },

    async period(call, on) {
      const row = z.object({ id: z.int(), name: text, state: z.string() });
      const domain = [
        ['start_date', '<=', day(on)],
        ['end_date', '>=', day(on)],
        ['type', '=', 'standard'],
        ['fiscalyear.company', '=', (await rpc.signed(call)).companyId],
      ];
      const [found] = await rpc.search(call, 'account.period', domain, ['name', 'state'], row);
      if (!found) refuse('date-rejected', on, `Tryton has no fiscal year or period for ${on}.`);
      if (found.state !== 'open')
        refuse('period-locked', on, `The period ${found.name} is closed in Tryton.`);
      return found.id;
    },

    async journal(call, type, code) {
      const domain: Json[] = code === undefined ? [['type', '=', type]] : [['code', '=', code]];
      const row = z.object({ id: z.int() });
      const [found] = await rpc.search(call, 'account.journal', domain, ['code'], row);
      if (!found)
        throw new SyncFailure('settings-wrong', {
          originalMessage:
            code === undefined
              ? `Tryton has no journal of the type ${type}.`
              : `Tryton has no journal with the code ${code}.`,
        });
      return found.id;
    },

    async dimensions(call, root, codes) {
      const wanted = [...new Set(codes)];
      const row = z.object({
        id: z.int(),
        code: text,
        type: z.string(),
        'root.': z.object({ code: text }).nullable(),
      });
      const found = await rpc.search(
        call,
        'analytic_account.account',
        [
          await ofCompany(call),
          [
            'OR',
            [
              ['code', '=', root],
              ['type', '=', 'root'],
            ],
            [
              ['root.code', '=', root],
              ['code', 'in', wanted],
            ],
          ],
        ],
        ['code', 'type', 'root.code'],
        row,
      );
      const rootId = found.find((one) => one.type === 'root' && one.code === root)?.id;
      if (rootId === undefined)
        throw new SyncFailure('settings-wrong', {
          originalMessage: `Tryton has no analytic root with the code ${root}.`,
        });
      const ids = new Map(
        found
          .filter((one) => one.type !== 'root' && one['root.']?.code === root)
          .map((one) => [one.code, one.id]),
      );
      for (const code of wanted) if (!ids.has(code)) refuse('dimension-invalid', code);
      return { rootId, ids };
    },

    async writeOff(call, name) {
      const domain = [['name', '=', name], await ofCompany(call)];
      const row = z.object({ id: z.int() });
      const [found] = await rpc.search(
        call,
        'account.move.reconcile.write_off',
        domain,
        ['name'],
        row,
      );
      if (found) return found.id;
      throw new SyncFailure('settings-wrong', {
        originalMessage: `Tryton has no write-off method named ${name}.`,
      });
    },

    async companyCurrency(call) {
      const { companyId } = await rpc.signed(call);
      const row = z.object({ 'currency.': z.object({ code: z.string() }) });
      const [company] = await rpc.read(
        call,
        'company.company.read',
        [[companyId], ['currency.code']],
        z.array(row).min(1),
      );
      return company!['currency.'].code;
    },
  };
}
