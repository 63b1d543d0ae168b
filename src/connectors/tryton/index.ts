/**
 * The connector for Tryton 6.0 and 7.0, over its JSON-RPC API: supplier invoices as `account.invoice`, supplier
 * payments as `account.move`, as drafts for the bookkeeper or all the way to posted and reconciled.
 */
import { z } from 'zod';
import type { Connector } from '../../sdk/connector.ts';
import { originOf, webAddress } from '../../sdk/web-address.ts';
import { openTryton } from './session.ts';

const name = z.string().trim().min(1);

const settings = z.strictObject({
  /** The server, as Tryton's clients know it: `https://tryton.example.com`. */
  baseUrl: webAddress,
  database: z.string().regex(/^[\w.-]+$/),
  username: name,
  password: z.string().min(1),
  /** The company whose books they are, by its name in Tryton: needed where the user works for several. */
  company: name.optional(),
  /** How far a posting is taken; the rest is the bookkeeper's. */
  takeTo: z.enum(['draft', 'validated', 'posted']).default('draft'),
  /** Where a bill's rounding is booked; without it a bill that is rounded is refused. */
  roundingAccount: name.optional(),
  /** Codes of the analytic roots that departments and projects are kept under. */
  departmentRoot: name.optional(),
  projectRoot: name.optional(),
  /** Codes of journals; without them the first of its type. */
  invoiceJournal: name.optional(),
  paymentJournal: name.optional(),
  /** A write-off method of Tryton's (its name), for what exchange rates leave of a bill that is paid. */
  exchangeWriteOff: name.optional(),
  /** Tryton's web client, where there is one: postings link to it. */
  webUrl: webAddress.optional(),
  /** Requests at once. One by default: numbers are drawn under a lock. */
  concurrent: z.int().min(1).max(16).default(1),
});
export type TrytonSettings = z.infer<typeof settings>;

export const tryton: Connector<TrytonSettings> = {
  id: 'tryton',
  name: 'Tryton',
  settings,
  secretSettings: ['password'],
  secretsGoTo: ({ baseUrl }) => originOf(baseUrl),
  capabilities: {
    remove: true,
    suppliers: true,
    attachments: true,
    departments: true,
    projects: true,
    link: true,
    list: true,
  },
  // What a person posted is hers to credit.
  credits: ({ takeTo }) => takeTo === 'posted',
  books: ({ baseUrl, database, company }) =>
    [baseUrl.replace(/\/+$/, ''), database, company].filter(Boolean).join('/'),
  // An assumption: the server is at once, but a proxy before it gives up sooner (60 s is a usual time).
  limits: ({ concurrent }) => ({ concurrent, perMinute: null, arrivesWithinMs: 60_000 }),
  open: openTryton,
};
