/**
 * One company's journal folder: whether there is a journal, beginning one, and changing a file in it.
 *
 * Must stay true:
 * - a journal that was here and is not is away (an unmounted disk), never empty; what says that it
 *   was here is this session, our index file, or the marker beside the folder;
 * - the intent goes to the log before a file changes, and what a person saved meanwhile is kept: the
 *   file is read after the intent, just before the rename.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { Call } from '../../sdk/connector.ts';
import { appendLines } from './edit-file.ts';
import { errorCode, fileFailure, journalAway, journalUnreadable } from './failures.ts';
import { JournalFiles } from './journal-files.ts';
import type { Journal } from './journal-files.ts';
import * as layout from './layout.ts';
import { withLock } from './lock.ts';
import { loggedWrite } from './logged-write.ts';
import { scanFile } from './scan-file.ts';
import type { FileScan } from './scan-file.ts';
import type { JournalSettings } from './settings.ts';
import { clearTemporaries, writeAtomically } from './write-file.ts';

export class JournalFolder {
  readonly path: string;
  readonly mainFile: string;
  readonly indexFile: string;
  readonly files = new JournalFiles();
  private readonly lockFile: string;
  private readonly clock: Clock;
  private readonly timeoutMs: number;
  private readonly cleared = new Set<string>();
  private beenHere = false;
  private marked = false;

  constructor(settings: JournalSettings, clock: Clock, timeoutMs: number) {
    this.path = settings.folder;
    this.mainFile = join(settings.folder, settings.fileName);
    this.indexFile = join(settings.folder, layout.INDEX_FILE);
    this.lockFile = join(settings.folder, '.spor.lock');
    this.clock = clock;
    this.timeoutMs = timeoutMs;
  }

  /** Something was synced here before: from now on a missing journal is a failure. */
  expectJournal(): void {
    this.beenHere = true;
  }

  /** Null when no journal was ever begun here. */
  async load(): Promise<Journal | null> {
    if (!(await this.isThere(this.mainFile))) return null;
    this.beenHere = true;
    const journal = await this.files.load(this.mainFile);
    if (journal.file(this.indexFile) || !(await this.indexIncludesSomething())) return journal;
    // Joined by another since we looked; else the main file was replaced, and nothing was deleted.
    const now = await this.files.load(this.mainFile);
    if (now.file(this.indexFile)) return now;
    throw journalUnreadable(this.mainFile, `does not include ${layout.INDEX_FILE} any more`);
  }

  /** False when it is still to be made; throws when it is away. */
  isMade(): Promise<boolean> {
    return this.isThere(this.path);
  }

  async locked<T>(call: Call, work: () => Promise<T>): Promise<T> {
    if (!(await this.isMade())) await this.make();
    return withLock(this.lockFile, { timeoutMs: this.timeoutMs, signal: call.signal }, work);
  }

  /** Begins the journal where there is none and joins our index to a main file that lacks it. Under the lock. */
  async begin(call: Call): Promise<Journal> {
    let journal = await this.load();
    if (journal?.file(this.indexFile)) {
      await this.leaveMarker();
      return journal;
    }
    if (!(await exists(this.indexFile)))
      await this.write(call, this.indexFile, layout.INDEX_HEADER, () =>
        Buffer.from(layout.INDEX_HEADER),
      );
    const addition = journal
      ? `\n${layout.INDEX_INCLUDE}`
      : layout.MAIN_HEADER + layout.INDEX_INCLUDE;
    await this.write(call, this.mainFile, addition, (bytes) => appendLines(bytes, addition));
    await this.leaveMarker();
    journal = await this.load();
    if (!journal?.file(this.indexFile))
      throw journalUnreadable(this.mainFile, `does not include ${layout.INDEX_FILE}`);
    return journal;
  }

  /** One logged, atomic change of one file. `change` sees the bytes as they are after the intent was logged. Under the lock. */
  async write(
    call: Call,
    path: string,
    added: string | null,
    change: (bytes: Buffer, scan: FileScan) => Buffer,
  ): Promise<void> {
    const method = added === null ? 'REMOVE' : 'WRITE';
    await loggedWrite(call, this.clock, { method, target: path, body: added }, async () => {
      const there = await exists(path);
      // Whoever holds the lock holds a file here; without it the disk went away meanwhile.
      if (!there && !(await exists(this.lockFile)))
        throw journalAway(path, 'is not there any more');
      if (!there) await makeFolder(dirname(path));
      const { bytes, scan } = there ? await this.files.read(path) : EMPTY;
      const next = change(bytes, scan);
      await this.clearOnce(dirname(path));
      // We may have been stopped since the intent was logged, and somebody else at work.
      mayStillWrite(call, path);
      await writeAtomically(path, next);
      return `${path}: ${bytes.length} → ${next.length} bytes`;
    });
  }

  /** Never the one above: it may be where a disk is to be mounted. */
  private async make(): Promise<void> {
    await mkdir(this.path).catch((error: unknown) => {
      if (errorCode(error) === 'EEXIST') return;
      if (errorCode(error) === 'ENOENT')
        throw journalAway(this.path, `${dirname(this.path)} is not there`);
      throw fileFailure(error, this.path);
    });
  }

  private async clearOnce(folder: string): Promise<void> {
    if (this.cleared.has(folder)) return;
    this.cleared.add(folder);
    await clearTemporaries(folder);
  }

  /** Once a session: a crash, or a folder that was moved, may have left it out. */
  private async leaveMarker(): Promise<void> {
    if (this.marked) return;
    this.marked = true;
    if (await exists(layout.markerPath(this.path)).catch(() => true)) return;
    const text = Buffer.from(layout.markerText(this.mainFile));
    await writeAtomically(layout.markerPath(this.path), text).catch(() => {
      // The folder above may belong to somebody else; the marker is a second belt.
    });
  }

  /**
   * False when no journal was ever begun here; throws when one was and this is missing. What says that
   * it was begun is written after it, so a second look tells what went from what came as we looked.
   */
  private async isThere(path: string): Promise<boolean> {
    if (await exists(path)) return true;
    if (!(await this.wasBegun())) return false;
    if (await exists(path)) return true;
    const marker = layout.markerPath(this.path);
    throw journalAway(
      path,
      `${path} is not there, but a journal has been written here. To begin a new one, remove ${marker} and ${dirname(this.indexFile)} and restart.`,
    );
  }

  private async wasBegun(): Promise<boolean> {
    if (this.beenHere || (await this.indexIncludesSomething())) return true;
    return exists(layout.markerPath(this.path)).catch(() => false);
  }

  private async indexIncludesSomething(): Promise<boolean> {
    if (!(await exists(this.indexFile))) return false;
    return (await this.files.read(this.indexFile)).scan.includes.length > 0;
  }
}

const EMPTY = { bytes: Buffer.alloc(0), scan: scanFile(Buffer.alloc(0)) };

function mayStillWrite(call: Call, path: string): void {
  try {
    call.assertMayWrite();
  } catch (cause) {
    throw new SyncFailure('interrupted', { subject: path, cause });
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileFailure(error, path);
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw fileFailure(error, path);
  }
}
