/**
 * What the file system says, in our failure codes. Everything here concerns the journal as a whole:
 * a folder that is away, closed or full stops the connection, not one bill.
 */
import { SyncFailure } from '../../core/failure.ts';
import type { FailureCode } from '../../core/failure.ts';

const CODES: Readonly<Record<string, FailureCode>> = {
  EACCES: 'access-denied',
  EPERM: 'access-denied',
  EROFS: 'access-denied',
  ENOTDIR: 'settings-wrong',
  EISDIR: 'settings-wrong',
  ENAMETOOLONG: 'settings-wrong',
  ELOOP: 'settings-wrong',
  EINVAL: 'settings-wrong',
  ENOENT: 'target-unreachable',
  ENOSPC: 'target-unreachable',
  EDQUOT: 'target-unreachable',
  EFBIG: 'target-unreachable',
  EIO: 'target-unreachable',
  ENXIO: 'target-unreachable',
  ENODEV: 'target-unreachable',
  ESTALE: 'target-unreachable',
  ETIMEDOUT: 'target-unreachable',
  EHOSTDOWN: 'target-unreachable',
  ENOTCONN: 'target-unreachable',
  EMFILE: 'target-busy',
  ENFILE: 'target-busy',
  EBUSY: 'target-busy',
};

export function errorCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

/** A `SyncFailure` for anything thrown while reading or writing `path`; passes one on as it is. */
export function fileFailure(error: unknown, path: string, uncertain = false): SyncFailure {
  if (error instanceof SyncFailure) return error;
  const code = errorCode(error);
  return new SyncFailure((code === null ? undefined : CODES[code]) ?? 'target-error', {
    originalMessage: error instanceof Error ? error.message : String(error),
    subject: path,
    uncertain,
    cause: error,
  });
}

/** The journal was there and is not now: an unmounted disk looks just like this. */
export function journalAway(path: string, originalMessage: string): SyncFailure {
  return new SyncFailure('target-unreachable', { subject: path, originalMessage });
}

export function journalUnreadable(path: string, originalMessage: string): SyncFailure {
  return new SyncFailure('target-unreadable', { subject: path, originalMessage });
}
