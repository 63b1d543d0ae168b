/**
 * What the database may answer that is nobody's mistake: two transactions in each other's way, a
 * server that is gone, a value it can't hold. The first is tried again; the others are told.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

const TRIES = 5;
const PAUSE_MS = 20;

/** Serialization failure and deadlock: everything was rolled back, and a second try may well pass. */
const IN_THE_WAY = new Set(['40001', '40P01']);

/** Runs a transaction again when another was in its way. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (!IN_THE_WAY.has(codeOf(error)) || tried === TRIES) throw error;
      await pause(PAUSE_MS * tried);
    }
  }
}

/** Null: it is something else. */
export function refusalOfDatabase(error: unknown): Refusal | null {
  if (isGone(error) || IN_THE_WAY.has(codeOf(error))) {
    return new Refusal(
      'unavailable',
      'The database does not answer. Try again in a moment; with the same Idempotency-Key, nothing is done twice.',
    );
  }
  // Class 22: a value outside what its type holds; class 54: too large for an index.
  if (/^(22|54)/.test(codeOf(error)))
    return new Refusal('invalid-request', 'The request holds a value that cannot be stored.');
  return null;
}

/** Class 08: no connection; 28, 3D: not let in, no such database; 53: no room for one; 57: shutting down, starting up or cancelled. */
function isGone(error: unknown): boolean {
  if (/^(08|28|3D|53|57)/.test(codeOf(error))) return true;
  if (!(error instanceof Error)) return false;
  const isOfSocket = 'syscall' in error && /^E[A-Z]+$/.test(codeOf(error));
  const said =
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/;
  return isOfSocket || codeOf(error).startsWith('ECONN') || said.test(error.message);
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
