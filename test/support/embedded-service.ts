/**
 * A service reduced to its database, for tests that kill it: starts the embedded PostgreSQL in the
 * folder given, prints one line of JSON, and then does nothing until it is ended. `SIGTERM` ends it
 * in good order.
 */
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { StartError } from '../../src/store/start-error.ts';

const [dataDir = '', sharedFolder] = process.argv.slice(2);

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    ...(sharedFolder && { sharedFolder }),
  });
  const { url, foundLeftBehind } = postgres;
  tell({ url, foundLeftBehind, uid: process.getuid?.() });
  process.once('SIGTERM', () => void postgres.stop());
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  tell({ refused: error.message });
}
