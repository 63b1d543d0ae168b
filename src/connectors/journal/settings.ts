/** What a person chooses for a journal: where it lies and which accounts are not given by the bill. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { isDay } from '../../core/day.ts';
import { isAccountName } from './accounts.ts';

const account = z.string().refine(isAccountName, 'is not an account name a journal can hold');

export const journalSettings = z.strictObject({
  /** The folder of one company's journal. */
  folder: z.string().refine(isAbsolute, 'must be an absolute path'),
  /** The main file, in the folder; a person may own it. */
  fileName: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} _.-]*\.(journal|hledger|ledger|j)$/u)
    .default('regnskab.journal'),
  payablesAccount: account.default('Passiver:Leverandørgæld'),
  inputVatAccount: account.default('Passiver:Moms:Købsmoms'),
  roundingAccount: account.default('Omkostninger:Øreafrunding'),
  /** Nothing dated on or before this day is written, changed or removed. */
  lockedUntil: z.string().refine(isDay, 'must be a day, YYYY-MM-DD').nullable().default(null),
});

export type JournalSettings = z.infer<typeof journalSettings>;
