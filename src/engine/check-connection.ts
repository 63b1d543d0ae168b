/** *Test forbindelsen*: can we sign in and see the books? Looks only; a write is refused. */
import type { AttemptFailure } from '../core/attempt.ts';
import { SyncFailure } from '../core/failure.ts';
import type { Company } from '../store/companies.ts';
import type { Connection } from '../store/connections.ts';
import type { WorkerContext } from './engine.ts';
import { openLaneSession } from './lane-session.ts';

/** Null: all is well. */
export async function checkConnection(
  context: WorkerContext,
  company: Company,
  connection: Connection,
  signal: AbortSignal,
): Promise<AttemptFailure | null> {
  try {
    const { session } = openLaneSession(context, company, connection);
    try {
      await session.check({
        signal,
        record: () => {},
        write: async () => {
          throw new Error('A check writes nothing.');
        },
        assertMayWrite: () => {},
      });
      return null;
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof SyncFailure) return { ...error.details, conflicts: [] };
    context.logger.error(
      { err: error, connectionId: connection.id },
      'a check failed in an unforeseen way',
    );
    return {
      code: 'internal',
      originalMessage: null,
      subject: null,
      retryAfterMs: null,
      conflicts: [],
    };
  }
}
