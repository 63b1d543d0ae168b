/**
 * An operation of several requests: once a write went through, whatever fails afterwards is uncertain,
 * so that the next attempt looks and completes it.
 */
import { halfDone } from '../../sdk/http-session.ts';

export interface Progress {
  look<T>(work: () => Promise<T>): Promise<T>;
  write<T>(work: () => Promise<T>): Promise<T>;
}

export function startProgress(): Progress {
  let wrote = false;
  const look = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw wrote ? halfDone(error) : error;
    }
  };
  return {
    look,
    async write(work) {
      const result = await look(work);
      wrote = true;
      return result;
    },
  };
}
