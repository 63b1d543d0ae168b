/**
 * The journal: a plain-text double-entry ledger that hledger and ledger read, one folder a company.
 * The accounting system that is always there: no account with anybody, no network.
 */
import { resolve } from 'node:path';
import type { Connector } from '../../sdk/connector.ts';
import { JournalSession } from './session.ts';
import { journalSettings } from './settings.ts';
import type { JournalSettings } from './settings.ts';

export const journal: Connector<JournalSettings> = {
  id: 'journal',
  name: 'hledger',
  settings: journalSettings,
  secretSettings: [],
  capabilities: {
    remove: true,
    list: true,
    suppliers: false,
    attachments: true,
    departments: true,
    projects: true,
    link: false,
  },
  // What writes is this process: when it has gone, nothing is written any more.
  limits: () => ({ concurrent: 1, perMinute: null, arrivesWithinMs: 0 }),
  // Whatever the main file is called: our files beside it are in the folder.
  books: ({ folder }) => resolve(folder),
  open: (context) => new JournalSession(context),
};

export type { JournalSettings } from './settings.ts';
