/**
 * Can the journal be written and read? Writes and removes a file beside it, and asks hledger to read it when hledger is
 * installed; without it the first must do. A folder that is still to be made, and a journal that is not begun yet, stay so: a
 * check changes no books.
 */
import { execFile } from 'node:child_process';
import { access, constants, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SyncFailure } from '../../core/failure.ts';
import type { Call } from '../../sdk/connector.ts';
import { errorCode, fileFailure, journalUnreadable } from './failures.ts';
import type { JournalFolder } from './journal-folder.ts';
import { writeAtomically } from './write-file.ts';

const run = promisify(execFile);

export async function checkFolder(
  call: Call,
  folder: JournalFolder,
  timeoutMs: number,
): Promise<void> {
  if (!(await folder.isMade())) return checkPlace(dirname(folder.path));
  const begun = await folder.locked(call, async () => {
    const probe = join(folder.path, '.spor-check');
    await writeAtomically(probe, Buffer.from('Spor checks that it may write here.\n'));
    await unlink(probe).catch((error: unknown) => {
      throw fileFailure(error, probe);
    });
    return (await folder.load()) !== null;
  });
  if (begun) await askHledger(folder.mainFile, timeoutMs, call.signal);
}

/** Where the folder is to be made. `settings-wrong`: there is no such place. */
async function checkPlace(path: string): Promise<void> {
  try {
    await access(join(path, '/'), constants.W_OK | constants.X_OK);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileFailure(error, path);
    throw new SyncFailure('settings-wrong', {
      subject: path,
      originalMessage: `the folder ${path} is not there`,
      cause: error,
    });
  }
}

/** The basic checks only: what a person has not declared is no reason to stop syncing. */
async function askHledger(mainFile: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  try {
    await run('hledger', ['-f', mainFile, 'check'], {
      // hledger stops at the first letter outside ASCII unless the locale is UTF-8.
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      timeout: timeoutMs,
      signal,
    });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    // Killed by the time limit: a long journal, no fault found.
    if (said !== '') throw journalUnreadable(mainFile, said);
  }
}
