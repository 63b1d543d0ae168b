/**
 * What the database may answer that is nobody's mistake: two transactions in each other's way, a
 * server that is gone, a value it can't hold. The first is tried again; the others are told.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, isDatabaseTrouble, isInTheWay } from '../store/database-trouble.ts';
import { Refusal } from './refusal.ts';

const TRIES = 5;
const PAUSE_MS = 20;

/** Two bills were given one number, or two connections the same books, in one moment; at the second look, the one is there. */
const ONLY_ONE = new Set<unknown>(['bills_by_key', 'connections_by_books']);

/** Runs a transaction again when another was in its way. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const mayPass = isInTheWay(error) || isSecond(error);
      if (!mayPass || tried === TRIES) throw error;
      await pause(PAUSE_MS * tried);
    }
  }
}

/** Null: it is something else. */
export function refusalOfDatabase(error: unknown): Refusal | null {
  if (isDatabaseTrouble(error) || isInTheWay(error)) {
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

function isSecond(error: unknown): boolean {
  const { constraint } = error as { constraint?: string };
  return codeOf(error) === '23505' && ONLY_ONE.has(constraint);
}
