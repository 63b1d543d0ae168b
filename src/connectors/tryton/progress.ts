/**
 * An operation of several requests: once a write went through, whatever fails afterwards is uncertain,
 * so that the next attempt looks and completes it. Unless the record is gone by then: somebody deleted it,
 * and it must not be made again for having been looked for in vain (invariant 7).
 *
 * Tryton says of a record that is gone what it says of one that may not be touched ("You are not allowed to
 * read records …"), or of a value that is lacking. So after a refusal we look whether it is still there.
 */
import { FAILURES, SyncFailure } from '../../core/failure.ts';
import { halfDone } from '../../sdk/http-session.ts';

export interface Progress {
  look<T>(work: () => Promise<T>): Promise<T>;
  write<T>(work: () => Promise<T>): Promise<T>;
  /** A write that makes the record itself. */
  make(work: () => Promise<readonly number[]>): Promise<number>;
  /** The failure of finding the record gone after all that was written. */
  gone(): SyncFailure;
}

/** @param load by its id, the record that the operation is about; null: it is gone */
export function startProgress(
  load: (id: number) => Promise<unknown>,
  known: number | null = null,
): Progress {
  let id = known;
  let madeId: string | undefined;
  let wrote = false;
  const isGone = async (error: unknown) =>
    id !== null && isRefusal(error) && (await load(id).catch(() => 'who knows')) === null;
  const look = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const failure = (await isGone(error)) ? new SyncFailure('deleted-in-target') : error;
      throw wrote ? halfDone(failure, madeId) : failure;
    }
  };
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = await look(work);
    wrote = true;
    return result;
  };
  return {
    look,
    write,
    async make(work) {
      const [made] = await write(work);
      id = made!;
      madeId = String(made);
      return made!;
    },
    gone: () => halfDone(new SyncFailure('deleted-in-target'), madeId) as SyncFailure,
  };
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof SyncFailure) || error.uncertain) return false;
  const { code } = error.details;
  return code === 'access-denied' || FAILURES[code].class === 'posting';
}
