/**
 * The journal's files as they are now: the main file and everything it includes, each scanned once
 * and again only when it changed.
 *
 * Must stay true: a transaction is said to be missing only when every file the main file includes
 * was there and could be read. An include that leads nowhere is an unreadable journal (hledger says
 * the same), never a deletion.
 */
import { glob, open, stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { errorCode, fileFailure, journalUnreadable } from './failures.ts';
import { scanFile } from './scan-file.ts';
import type { Block, FileScan } from './scan-file.ts';

export interface JournalFile {
  /** As reached; a symbolic link is not followed, since hledger reads a link's includes from where the link lies. */
  readonly path: string;
  /** Changes whenever the content does. */
  readonly stamp: string;
  readonly scan: FileScan;
}

export interface Occurrence {
  readonly file: JournalFile;
  readonly block: Block;
}

export class Journal {
  readonly files: readonly JournalFile[];
  private readonly byPath: ReadonlyMap<string, JournalFile>;

  constructor(files: readonly JournalFile[]) {
    this.files = files;
    this.byPath = new Map(files.map((file) => [file.path, file]));
  }

  /** Every transaction that carries our reference; more than one when somebody copied it. */
  occurrences(reference: string): Occurrence[] {
    const found: Occurrence[] = [];
    for (const file of this.files)
      for (const block of file.scan.byReference.get(reference) ?? []) found.push({ file, block });
    return found;
  }

  file(path: string): JournalFile | undefined {
    return this.byPath.get(path);
  }

  declares(what: 'accounts' | 'commodities' | 'tags', name: string): boolean {
    return this.files.some((file) => file.scan[what].has(name));
  }
}

const LOOKS_AT_MOST = 5;

export class JournalFiles {
  private readonly seen = new Map<string, JournalFile>();

  /** Reads what changed since last time. Throws when the main file or an included one is not there. */
  async load(mainPath: string): Promise<Journal> {
    for (let attempt = 1; ; attempt++) {
      const files = new Map<string, JournalFile>();
      if (await this.visit(mainPath, files, null)) {
        const current = new Set([...files.values()].map((file) => file.path));
        for (const path of this.seen.keys()) if (!current.has(path)) this.seen.delete(path);
        return new Journal([...files.values()]);
      }
      if (attempt === LOOKS_AT_MOST) throw journalUnreadable(mainPath, 'changes as it is read');
    }
  }

  /** One file's bytes, and what they say, taken at one moment. */
  async read(path: string): Promise<JournalFile & { readonly bytes: Buffer }> {
    for (let attempt = 0; ; attempt++) {
      const handle = await open(path, 'r').catch((error: unknown) => {
        throw fileFailure(error, path);
      });
      try {
        const before = stampOf(await handle.stat({ bigint: true }));
        const bytes = await handle.readFile();
        if (before === stampOf(await handle.stat({ bigint: true })) || attempt === 5) {
          const known = this.seen.get(path);
          const scan = known?.stamp === before ? known.scan : scanFile(bytes);
          const file = { path, stamp: before, scan };
          this.seen.set(path, file);
          return { ...file, bytes };
        }
      } catch (error) {
        throw fileFailure(error, path);
      } finally {
        await handle.close();
      }
    }
  }

  /** False: something changed as we looked, and has to be looked at again. */
  private async visit(
    path: string,
    files: Map<string, JournalFile>,
    includedFrom: string | null,
  ): Promise<boolean> {
    const file = await this.current(path, includedFrom);
    // Two includes of one file, or a circle, are read once: a file is its device and inode. A number that
    // was given up by one file is soon another's, which was not read.
    const identity = file.stamp.split(':', 2).join(':');
    const before = files.get(identity);
    if (before) return before.stamp === file.stamp;
    files.set(identity, file);
    const included = await Promise.all(
      file.scan.includes.map((include) => includedPaths(include, file.path)),
    );
    const all = await Promise.all(
      included.flat().map((each) => this.visit(each, files, file.path)),
    );
    return all.every(Boolean);
  }

  private async current(path: string, includedFrom: string | null): Promise<JournalFile> {
    try {
      const known = this.seen.get(path);
      const found = await stat(path, { bigint: true });
      if (known?.stamp === stampOf(found)) return known;
      const { bytes: _, ...file } = await this.read(path);
      return file;
    } catch (error) {
      if (includedFrom === null || errorCode(error) !== 'ENOENT') throw fileFailure(error, path);
      throw journalUnreadable(path, `${includedFrom} includes ${path}, which is not there`);
    }
  }
}

/** The device is part of it: another disk may have been mounted in the same place. */
function stampOf(found: BigIntStats): string {
  return `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}

/** `include` as hledger 1.25 reads it: relative to the including file, `~/`, globs; other formats hold nothing of ours. */
async function includedPaths(include: string, from: string): Promise<string[]> {
  const format = /^(timedot|timeclock|csv|tsv|ssv|rules):/.exec(include);
  if (format || /\.(?:timedot|timeclock|csv|tsv|ssv|rules)$/.test(include)) return [];
  const written = include
    .replace(/^(?:journal|ledger|hledger):/, '')
    .replace(/^~(?=\/)/, homedir());
  const path = resolve(dirname(from), written);
  if (!/[*?[{]/.test(written)) return [path];
  const found: string[] = [];
  for await (const each of glob(written, { cwd: dirname(from) }))
    found.push(resolve(dirname(from), each));
  if (found.length === 0)
    throw journalUnreadable(path, `${from} includes ${include}, which matches no file`);
  return found.filter((each) => each !== from).sort();
}
