/** Time, ids and chance are passed in, so that every run can be repeated. */
import { v7 } from './uuid.ts';

export interface Clock {
  now(): Date;
}

export type Random = () => number;

export interface Ids {
  /** A new UUID (version 7: ordered by time). */
  next(): string;
}

export const systemClock: Clock = { now: () => new Date() };

export function timeOrderedIds(clock: Clock, randomBytes: (length: number) => Uint8Array): Ids {
  return { next: () => v7(clock.now().getTime(), randomBytes(10)) };
}
