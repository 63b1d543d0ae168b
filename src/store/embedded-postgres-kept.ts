/**
 * The embedded PostgreSQL as a service has it: when it ends by itself it is started again, however often
 * that fails. A disk that is full ends it, and does not let it begin before there is room; nothing that was
 * committed is lost by that, and nobody should have to start Spor again once the disk has room.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.ts';

export interface KeptPostgresOptions extends EmbeddedPostgresOptions {
  /** Told when it has ended, each new reason why it can't be started, and when it runs again. */
  readonly trouble: (text: string) => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export async function keepEmbeddedPostgres(
  options: KeptPostgresOptions,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let server: EmbeddedPostgres | null = await startEmbeddedPostgres(options);
  const { url } = server;

  const startAgain = async (): Promise<EmbeddedPostgres | null> => {
    let told = '';
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      await pause(waitMs, null, { signal }).catch(() => {});
      if (signal.aborted) return null;
      try {
        return await startEmbeddedPostgres(options);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== told) options.trouble(`${why} Spor tries again until it can.`);
        told = why;
      }
    }
  };
  const keep = async () => {
    while (server) {
      await Promise.race([server.lost, aborted(signal)]);
      if (signal.aborted) return;
      options.trouble('PostgreSQL ended by itself. Spor starts it again; nothing saved is lost.');
      // Gone already; what it leaves behind is cleared away.
      await server.stop().catch(() => {});
      server = await startAgain();
      if (server) options.trouble('PostgreSQL runs again.');
    }
  };
  const kept = keep();
  return {
    url,
    async stop() {
      stopping.abort();
      await kept;
      await server?.stop();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
