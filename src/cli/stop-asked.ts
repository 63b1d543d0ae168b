/**
 * When a process is to end: told by a signal, or left alone by the one that began it (which then had a
 * channel to it, and is gone).
 */

/** Resolves at the first; from then on a second Ctrl-C does not wait. */
export function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.once('SIGINT', () => process.exit(130));
      // An open channel would keep the process from ending.
      if (process.connected) process.disconnect();
      resolve();
    };
    for (const reason of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(reason, stop);
  });
}
