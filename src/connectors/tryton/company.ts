/**
 * Whose books are meant. A user of Tryton works for one company at a time, and with access to several changes
 * between them in the client. What it sees goes by that, whatever company a call names: with the company filter
 * _Current_, all other companies' records are not there for it (company/res.py and company/ir.py, 6.0.29 and
 * 7.0.30, read 2026-12-01). Spor follows nobody into other books, and takes nothing for deleted that it can't see.
 */
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import type { TrytonSettings } from './index.ts';
import type { Json } from './values.ts';

/** What is sent with every call; `companyId` is where new records go. */
export interface Signed {
  readonly companyId: number;
  readonly context: { readonly [name: string]: Json };
}

/** One call without a company. */
type Ask = <T>(method: string, params: readonly Json[], answer: z.ZodType<T>) => Promise<T>;

const current = z.looseObject({
  company: z.int().nullable().default(null),
  company_filter: z.string().nullable().default(null),
});
const membership = z.looseObject({ companies: z.array(z.int()).default([]) });
const named = z.object({ id: z.int(), rec_name: z.string() });

/**
 * Works in the books of the company the settings name, or of the only one there is. Throws `access-denied`
 * without any, and `settings-wrong` where it can't be told which, or can't be seen.
 */
export async function companyOf(ask: Ask, settings: TrytonSettings): Promise<Signed> {
  const { username, company: wanted } = settings;
  const preferences = async <T>(contextOnly: boolean, answer: z.ZodType<T>) =>
    ask('res.user.get_preferences', [contextOnly, {}], answer);
  const given = await preferences(true, current);
  const { companies } = await preferences(false, membership);
  const { company: now, company_filter: filter } = given;
  const ids = [...new Set([...(now === null ? [] : [now]), ...companies])];
  if (ids.length === 0)
    throw new SyncFailure('access-denied', {
      originalMessage: `The user ${username} belongs to no company in Tryton.`,
    });
  const context = { ...(given as Signed['context']), language: 'en' };
  if (wanted === undefined && ids.length === 1 && now !== null) return { companyId: now, context };

  const rows = await ask('company.company.read', [ids, ['rec_name'], {}], z.array(named));
  const names = rows.map(({ rec_name: name }) => name).join(', ');
  const refuse = (originalMessage: string): never => {
    throw new SyncFailure('settings-wrong', { subject: 'company', originalMessage });
  };
  if (wanted === undefined)
    return refuse(
      `The user ${username} has access to several companies in Tryton (${names}): the settings must name the one whose books are meant.`,
    );
  const [found, another] = rows.filter(({ rec_name: name }) => name === wanted);
  if (!found || another)
    return refuse(
      `The user ${username} has access to no company, or to more than one, named ${wanted} in Tryton: it has to ${names}.`,
    );
  if (found.id !== now && filter !== 'all')
    return refuse(
      `The user ${username} does not work for ${wanted} in Tryton at the moment, and sees nothing of its books: let it work for ${wanted} in its preferences there, or set its company filter to All.`,
    );
  const employee = found.id === now ? {} : { employee: null };
  return { companyId: found.id, context: { ...context, ...employee, company: found.id } };
}
