/** What the HTTP floor works with, and what each request brings. */
import type { EngineContext } from '../engine/engine.ts';
import type { Language } from '../messages/languages.ts';
import type { Queryable } from '../store/pool.ts';
import type { LiveHub } from './live.ts';

export interface HttpContext {
  readonly engine: EngineContext;
  readonly live: LiveHub;
  readonly version: string;
  /** Who a request is by when it does not say. */
  readonly defaultPerson: string;
  /** The largest e-invoice, in bytes. */
  readonly largestImportBytes: number;
  /** Where the built pages are; null: there are none. */
  readonly webDirectory: string | null;
}

export interface RequestFacts {
  readonly context: HttpContext;
  /** In a write: the transaction; in a read: the pool. */
  readonly db: Queryable;
  readonly person: string;
  readonly language: Language;
  readonly signal: AbortSignal;
}
