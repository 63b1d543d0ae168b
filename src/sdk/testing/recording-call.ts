/**
 * A `Call` for tests: keeps what a connector announced and recorded, in order, and can refuse writes
 * as a worker does that lost its lane.
 */
import type { Exchange } from '../../core/attempt.ts';
import type { Call, WriteIntent } from '../connector.ts';

export interface RecordingCall extends Call {
  readonly intents: readonly WriteIntent[];
  readonly exchanges: readonly Exchange[];
  /** `write POST …` and `exchange POST … 201`, as they happened. */
  readonly story: readonly string[];
  /** From now on `write` throws this; nothing may be sent. */
  refuseWrites(error: Error): void;
  /** From now on nothing may leave, also what `write` has let through: `assertMayWrite` throws this. */
  loseLane(error: Error): void;
  /** Asks the connector to stop, as a worker does that is shutting down. */
  abort(): void;
}

export interface RecordingCallOptions {
  /** Done before each write is let through: what the log and the fence take in real life. */
  readonly beforeWrite?: (intent: WriteIntent) => Promise<void> | void;
}

export function createRecordingCall(options: RecordingCallOptions = {}): RecordingCall {
  const intents: WriteIntent[] = [];
  const exchanges: Exchange[] = [];
  const story: string[] = [];
  const abort = new AbortController();
  let refusal: Error | null = null;
  let lost: Error | null = null;
  return {
    intents,
    exchanges,
    story,
    signal: abort.signal,
    abort: () => abort.abort(),
    refuseWrites: (error) => {
      refusal = error;
    },
    loseLane: (error) => {
      lost = error;
    },
    assertMayWrite() {
      if (lost) throw lost;
    },
    async write(intent) {
      await options.beforeWrite?.(intent);
      if (refusal) throw refusal;
      intents.push(intent);
      story.push(`write ${intent.method} ${intent.target}`);
    },
    record(exchange) {
      exchanges.push(exchange);
      story.push(
        `exchange ${exchange.method} ${exchange.target} ${exchange.status ?? exchange.error}`,
      );
    },
  };
}
