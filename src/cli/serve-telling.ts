/** What `spor serve` tells while it runs: lines for people, or one JSON object a line for machines. */

import type { TrytonConnected } from '../service/sample-tryton.ts';

export interface Telling {
  phase(name: string, durationMs: number): void;
  up(url: string, dataDirectory: string): void;
  sample(bills: number, durationMs: number, folder: string): void;
  /** The sample company's local Tryton is connected. */
  tryton(connected: TrytonConnected): void;
  /** Something is wrong, or is over; Spor goes on. */
  trouble(text: string): void;
  stopping(): void;
  stopped(): void;
}

const seconds = (durationMs: number) => `${(durationMs / 1000).toFixed(2)} s`;

export const forPeople: Telling = {
  phase: (name, durationMs) => console.log(`${name.padEnd(12)} ${seconds(durationMs)}`),
  up: (url, dataDirectory) =>
    console.log(`\nSpor is at ${url}\nData and log: ${dataDirectory}    Stop: Ctrl-C`),
  sample: (bills, durationMs, folder) =>
    console.log(
      `\n${'sample'.padEnd(12)} ${seconds(durationMs)}: ${bills} bills, being synced into ${folder}`,
    ),
  tryton: ({ at, username, passwordFile }) =>
    console.log(
      `${'tryton'.padEnd(12)} connected; look at the same bills at ${at}\n` +
        `${''.padEnd(12)} database demo, user ${username}, password in ${passwordFile}`,
    ),
  trouble: (text) => console.error(`spor: ${text}`),
  stopping: () => console.log('\nStopping: finishing what is under way …'),
  stopped: () => console.log('Stopped.'),
};

const say = (told: object) => console.log(JSON.stringify(told));

export const forMachines: Telling = {
  phase: (name, durationMs) => say({ told: 'phase', name, durationMs: Math.round(durationMs) }),
  up: (url, dataDirectory) => say({ told: 'up', url, dataDirectory }),
  sample: (bills, durationMs, folder) =>
    say({ told: 'sample', bills, durationMs: Math.round(durationMs), folder }),
  tryton: (connected) => say({ told: 'tryton', ...connected }),
  trouble: (text) => say({ told: 'trouble', text }),
  stopping: () => say({ told: 'stopping' }),
  stopped: () => say({ told: 'stopped' }),
};
