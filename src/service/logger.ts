/** The service's own log: JSON lines in the data folder, so that the terminal stays for people. */
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export function openLogger(dataDirectory: string, level: string, name = 'spor.log'): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      // A second belt: connectors redact what they record, nothing else should carry these.
      redact: {
        paths: [
          '*.password',
          '*.clientSecret',
          '*.token',
          '*.authorization',
          'password',
          'clientSecret',
          'token',
        ],
        censor: '[redacted]',
      },
    },
    file(dataDirectory, name),
  );
}

/**
 * Line by line, at once: there are few, and the last ones before an end are the ones that matter. A log that
 * can't be written, on a full disk, is no reason to stop what it tells of: what has no room is left out.
 */
function file(folder: string, name: string): DestinationStream {
  mkdirSync(folder, { recursive: true });
  const descriptor = openSync(join(folder, name), 'a');
  let told = false;
  return {
    write(line) {
      try {
        writeSync(descriptor, line);
        told = false;
      } catch (error) {
        if (!told) process.stderr.write(`spor: ${name} can't be written: ${String(error)}\n`);
        told = true;
      }
    },
  };
}
