/**
 * Our transactions in a journal: find, add, replace, remove. Changes only under the folder's lock.
 *
 * Must stay true:
 * - a transaction is in exactly one file and stays there when its date changes, so that every change
 *   is one rename and no crash can leave it twice or nowhere;
 * - a new file is included before a transaction is in it, so that what was written can be found.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { SyncFailure } from '../../core/failure.ts';
import type { Call } from '../../sdk/connector.ts';
import { sha256 } from './attachment-files.ts';
import {
  appendLines,
  insertTransaction,
  removeTransaction,
  replaceTransaction,
  transactionBytes,
} from './edit-file.ts';
import { errorCode, fileFailure, journalAway, journalUnreadable } from './failures.ts';
import type { Journal, Occurrence } from './journal-files.ts';
import type { JournalFolder } from './journal-folder.ts';
import * as layout from './layout.ts';
import { scanFile } from './scan-file.ts';
import type { Block, FileScan } from './scan-file.ts';

/** A transaction of ours as it stands. */
export interface Found {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly version: string;
}

/** A transaction about to be written, and what it needs declared. */
export interface NewTransaction {
  readonly text: string;
  readonly date: string;
  readonly accounts: readonly string[];
  readonly currency: string;
}

export class Ledger {
  private readonly folder: JournalFolder;

  constructor(folder: JournalFolder) {
    this.folder = folder;
  }

  /** Null: the journal was read whole and has no such transaction, or no journal was ever begun. */
  async find(reference: string): Promise<Found | null> {
    const journal = await this.folder.load();
    return journal ? this.foundIn(journal, reference) : null;
  }

  /** As {@link find}, for a transaction that has been here: no journal at all is then a failure. */
  async findAgain(reference: string): Promise<Found | null> {
    this.folder.expectJournal();
    return this.find(reference);
  }

  /** The caller has looked that it is not there. */
  async add(call: Call, reference: string, next: NewTransaction): Promise<Found> {
    const journal = await this.folder.begin(call);
    const month = next.date.slice(0, 7);
    const file = layout.openPeriodFile(journal.files, dirname(this.folder.indexFile), month);
    const path = file?.path ?? (await this.startPeriodFile(call, journal, month));
    await this.declare(call, journal, next, file ? null : path);
    if (!file && !(await this.reload()).file(path))
      throw journalUnreadable(path, 'is not included by the main file');
    await this.folder.write(call, path, next.text, (bytes, scan) => {
      if (scan.byReference.has(reference)) throw stale(reference);
      return insertTransaction(bytes, scan, next.text, next.date);
    });
    return this.confirm(reference, next.text);
  }

  /** Puts a new text in place of a transaction, if it is still the one that was seen. */
  async replace(
    call: Call,
    reference: string,
    version: string,
    next: NewTransaction,
  ): Promise<Found> {
    const journal = await this.reload();
    const path = await this.pathOf(journal, reference, version);
    const ours = dirname(path) === dirname(this.folder.indexFile);
    await this.declare(call, journal, next, null);
    await this.folder.write(call, path, next.text, (bytes, scan) => {
      const block = stillThere(bytes, scan, reference, version);
      if (!ours || block.date === next.date) return replaceTransaction(bytes, block, next.text);
      const without = removeTransaction(bytes, block);
      return insertTransaction(without, scanFile(without), next.text, next.date);
    });
    return this.confirm(reference, next.text);
  }

  async remove(call: Call, reference: string, version: string): Promise<void> {
    const path = await this.pathOf(await this.reload(), reference, version);
    await this.folder.write(call, path, null, (bytes, scan) =>
      removeTransaction(bytes, stillThere(bytes, scan, reference, version)),
    );
  }

  private async confirm(reference: string, text: string): Promise<Found> {
    const found = await this.find(reference);
    if (found?.version === sha256(text)) return found;
    // Somebody saved over it in the moment after; the next look decides.
    throw new SyncFailure('version-stale', { subject: reference, uncertain: true });
  }

  /** A month file with a heading only; the index includes it before it has a transaction. */
  private async startPeriodFile(call: Call, journal: Journal, month: string): Promise<string> {
    const header = layout.periodHeader(month);
    for (let number = 1; ; number++) {
      const path = join(dirname(this.folder.indexFile), layout.periodFileName(month, number));
      if (journal.file(path)) continue;
      const there = await readFile(path, 'utf8').catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return null;
        throw fileFailure(error, path);
      });
      // Just the heading: left by a crash before it was included. Anything else is somebody's.
      if (there !== null && there !== header) continue;
      if (there === null) await this.folder.write(call, path, header, () => Buffer.from(header));
      return path;
    }
  }

  private async declare(
    call: Call,
    journal: Journal,
    { accounts, currency }: NewTransaction,
    include: string | null,
  ): Promise<void> {
    const { indexFile } = this.folder;
    const lines = [
      ...(journal.declares('commodities', currency) ? [] : [layout.commodityDeclaration(currency)]),
      ...accounts
        .filter((name) => !journal.declares('accounts', name))
        .map((name) => `account ${name}\n`),
      ...(include === null ? [] : [`include ${relative(dirname(indexFile), include)}\n`]),
    ].join('');
    if (lines !== '')
      await this.folder.write(call, indexFile, lines, (bytes) => appendLines(bytes, lines));
  }

  private async foundIn(journal: Journal, reference: string): Promise<Found | null> {
    const occurrence = onlyOne(journal.occurrences(reference), reference);
    if (occurrence === null) return null;
    const { bytes, path, stamp } = await this.folder.files.read(occurrence.file.path);
    // Saved since it was scanned: look everywhere again.
    if (stamp !== occurrence.file.stamp) return this.find(reference);
    const text = transactionBytes(bytes, occurrence.block);
    return {
      file: path,
      line: occurrence.block.line,
      text: text.toString('utf8'),
      version: sha256(text),
    };
  }

  private async pathOf(journal: Journal, reference: string, version: string): Promise<string> {
    const found = await this.foundIn(journal, reference);
    if (found?.version !== version) throw stale(reference);
    return found.file;
  }

  private async reload(): Promise<Journal> {
    const journal = await this.folder.load();
    if (!journal) throw journalAway(this.folder.mainFile, 'the main file is not there');
    return journal;
  }
}

export function stale(reference: string): SyncFailure {
  return new SyncFailure('version-stale', {
    subject: reference,
    originalMessage: 'the transaction was changed in the journal since it was read',
  });
}

function onlyOne(occurrences: readonly Occurrence[], reference: string): Occurrence | null {
  if (occurrences.length <= 1) return occurrences[0] ?? null;
  const places = occurrences.map(({ file, block }) => `${file.path}:${block.line}`);
  throw new SyncFailure('duplicate-in-target', {
    subject: reference,
    originalMessage: `the reference is on ${places.length} transactions: ${places.join(', ')}`,
  });
}

function stillThere(bytes: Buffer, scan: FileScan, reference: string, version: string): Block {
  const blocks = scan.byReference.get(reference) ?? [];
  const block = blocks[0];
  if (blocks.length !== 1 || !block || sha256(transactionBytes(bytes, block)) !== version)
    throw stale(reference);
  return block;
}
