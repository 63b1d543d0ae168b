/**
 * Is it the database itself that fails, whoever asks? A server that is gone, starting, full, out of
 * connections or silent: what waits for it must wait, and nothing is to be concluded of the work.
 */

/**
 * Class 08: no connection; 25006: a server that only reads; 25P03: it did not hear from us in the middle of a
 * transaction, for the line was cut; 28, 3D: not let in, no such database; 53: no room (for a connection, on
 * the disk); 57: shutting down, starting up or cancelled; 58: its system failed.
 */
const CODES = /^(08|25006|25P03|28|3D|53|57|58)/;

/** What `pg` says without a code. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after)/;

export function isDatabaseTrouble(error: unknown): boolean {
  const code = codeOf(error);
  if (/^[0-9A-Z]{5}$/.test(code) && CODES.test(code)) return true;
  if (!(error instanceof Error)) return false;
  const isOfSocket = 'syscall' in error && /^E[A-Z]+$/.test(code);
  return isOfSocket || code.startsWith('ECONN') || WORDS.test(error.message);
}

/** 40001, 40P01: it and another transaction were in each other's way; all was rolled back, and a second try may well pass. */
export function isInTheWay(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error));
}

/** The connection it was asked on is of no use any more, not even for a rollback. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** What PostgreSQL or the socket called it; empty: neither. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
