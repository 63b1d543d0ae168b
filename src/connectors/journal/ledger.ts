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

  /** Every transaction of ours. */
  async all(): Promise<(Found & { readonly reference: string })[]> {
    const journal = await this.folder.load();
    const all = [];
    for (const file of journal?.files ?? []) {
      if (file.scan.byReference.size === 0) continue;
      const { bytes, path, scan } = await this.folder.files.read(file.path);
      for (const [reference, blocks] of scan.byReference)
        for (const block of blocks) all.push({ ...foundAt(path, bytes, block), reference });
    }
    return all;
  }

  /** The journal as it is for a write, begun if need be, and the transaction if it is there. */
  async look(call: Call, reference: string): Promise<{ journal: Journal; found: Found | null }> {
    const journal = await this.folder.begin(call);
    return { journal, found: await this.foundIn(journal, reference) };
  }

  /** As {@link look}, for a transaction that must be there as it was last seen. */
  async expect(
    reference: string,
    version: string | null,
  ): Promise<{ journal: Journal; found: Found }> {
    this.folder.expectJournal();
    const journal = await this.reload();
    const found = await this.foundIn(journal, reference);
    if (!found || found.version !== version) throw stale(reference);
    return { journal, found };
  }

  /** The caller has looked that it is not there. */
  async add(call: Call, journal: Journal, reference: string, next: NewTransaction): Promise<Found> {
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
    return this.confirm(path, reference, next.text);
  }

  /** Puts a new text in place of a transaction, if it is still the one that was found. */
  async replace(
    call: Call,
    journal: Journal,
    reference: string,
    found: Found,
    next: NewTransaction,
  ): Promise<Found> {
    const ours = dirname(found.file) === dirname(this.folder.indexFile);
    await this.declare(call, journal, next, null);
    await this.folder.write(call, found.file, next.text, (bytes, scan) => {
      const block = stillThere(bytes, scan, reference, found.version);
      if (!ours || block.date === next.date) return replaceTransaction(bytes, block, next.text);
      const without = removeTransaction(bytes, block);
      return insertTransaction(without, scanFile(without), next.text, next.date);
    });
    return this.confirm(found.file, reference, next.text);
  }

  async remove(call: Call, reference: string, found: Found): Promise<void> {
    await this.folder.write(call, found.file, null, (bytes, scan) =>
      removeTransaction(bytes, stillThere(bytes, scan, reference, found.version)),
    );
  }

  /** What was just written, read back. If that fails nobody knows what is there: the next look decides. */
  private async confirm(path: string, reference: string, text: string): Promise<Found> {
    try {
      const { bytes, scan } = await this.folder.files.read(path);
      return foundAt(path, bytes, stillThere(bytes, scan, reference, sha256(text)));
    } catch (error) {
      const { code, originalMessage } = fileFailure(error, path).details;
      throw new SyncFailure(code, {
        subject: reference,
        originalMessage: originalMessage ?? undefined,
        uncertain: true,
        cause: error,
      });
    }
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
    return foundAt(path, bytes, occurrence.block);
  }

  private async reload(): Promise<Journal> {
    const journal = await this.folder.load();
    if (!journal) throw journalAway(this.folder.mainFile, 'the main file is not there');
    return journal;
  }
}

function foundAt(file: string, bytes: Buffer, block: Block): Found {
  const text = transactionBytes(bytes, block);
  return { file, line: block.line, text: text.toString('utf8'), version: sha256(text) };
}

function stale(reference: string): SyncFailure {
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
