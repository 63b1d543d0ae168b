/** A journal as a target of the conformance suite: what a person can do to it with an editor. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConnectorHarness, OpenTarget } from '../../sdk/testing/conformance/harness.ts';
import { ALL_VAT, WIDE_PALETTE } from '../../sdk/testing/document-palette.ts';
import { journal } from './index.ts';
import type { JournalSettings } from './index.ts';
import { scanFile } from './scan-file.ts';
import { hledger } from './test-journal.ts';

export const journalHarness: ConnectorHarness<JournalSettings> = {
  connector: journal,
  abilities: ['edit', 'remove', 'duplicate', 'lock', 'lockPeriod', 'stop'],
  faults: [],
  palette: {
    ...WIDE_PALETTE,
    accounts: ['5010', 'Omkostninger:Kontor', 'Omkostninger:Fragt'],
    paymentAccounts: ['Aktiver:Bank', '5810'],
    vat: [{ category: 'S', percent: '25', code: 'I25' }, ...ALL_VAT],
    departments: ['Salg', 'Lager: nord, syd'],
    projects: ['P1; P2'],
  },
  timeoutMs: 30_000,
  testTimeoutMs: 120_000,
  open: () => Promise.resolve(openTarget()),
};

function openTarget(): OpenTarget<JournalSettings> {
  const parent = mkdtempSync(join(tmpdir(), 'journal-'));
  const folder = join(parent, 'firma');
  // The connector reads the lock when it needs it, so a test can lock what is open.
  const settings = { ...journal.settings.parse({ folder }) };
  const change = (reference: string, by: (text: string) => string) => {
    const { path, bytes, start, end } = place(folder, reference);
    const text = by(bytes.subarray(start, end).toString('utf8'));
    writeFileSync(
      path,
      Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)]),
    );
  };
  const done = (act: () => void) => {
    act();
    return Promise.resolve();
  };
  return {
    settings,
    close: () =>
      done(() => {
        // Whatever happened to it, hledger can read what is left.
        const main = join(folder, settings.fileName);
        if (existsSync(main)) hledger(main, 'check', '--strict');
        rmSync(parent, { recursive: true, force: true });
      }),
    control: {
      count: (reference) => Promise.resolve(places(folder, reference).length),
      edit: (reference) =>
        done(() => change(reference, (text) => text.replace('Faktura', 'Kvittering'))),
      remove: (reference) => done(() => change(reference, () => '')),
      duplicate: (reference) => done(() => change(reference, (text) => `${text}\n${text}`)),
      lock: (reference) =>
        done(() => {
          settings.lockedUntil = place(folder, reference).date;
        }),
      lockPeriod: (through) =>
        done(() => {
          settings.lockedUntil = through;
        }),
      stop: () => done(() => renameSync(folder, join(dirname(folder), 'væk'))),
    },
  };
}

function places(folder: string, reference: string) {
  if (!existsSync(join(folder, 'spor'))) return [];
  return readdirSync(join(folder, 'spor'))
    .map((name) => join(folder, 'spor', name))
    .flatMap((path) => {
      const bytes = readFileSync(path);
      const blocks = scanFile(bytes).byReference.get(reference) ?? [];
      return blocks.map((block) => ({ path, bytes, ...block }));
    });
}

function place(folder: string, reference: string) {
  const [first] = places(folder, reference);
  if (!first) throw new Error(`${reference} is not in the journal`);
  return first;
}
