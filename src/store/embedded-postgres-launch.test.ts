/** What an operator is told of a server that did not come up. */
import { expect, test } from 'vitest';
import { whyItEnded } from './embedded-postgres-launch.ts';

test('The reason is what ended the server, not that it turned away who came too early', () => {
  const log = `2026-11-30 08:10:14.101 UTC [71] LOG:  database system was interrupted; last known up at 08:10:12
2026-11-30 08:10:14.105 UTC [74] FATAL:  the database system is starting up
2026-11-30 08:10:14.110 UTC [75] FATAL:  the database system is not yet accepting connections
2026-11-30 08:10:14.312 UTC [71] FATAL:  could not write to file "pg_wal/xlogtemp.71": No space left on device
2026-11-30 08:10:14.318 UTC [68] LOG:  startup process (PID 71) exited with exit code 1`;
  expect(whyItEnded(log)).toBe(
    'could not write to file "pg_wal/xlogtemp.71": No space left on device',
  );
});

test('A panic is a reason too, and a log may hold none', () => {
  const panic = 'PANIC:  could not locate a valid checkpoint record at 0/1';
  expect(whyItEnded(`LOG:  starting\n${panic}\n`)).toBe(panic.slice(8));
  expect(whyItEnded('FATAL:  the database system is shutting down')).toBeNull();
  expect(whyItEnded('')).toBeNull();
});
