/** The service's own log: JSON lines in the data folder, so that the terminal stays for people. */
import { join } from 'node:path';
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';

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
    destination({ dest: join(dataDirectory, name), mkdir: true, sync: false }),
  );
}
