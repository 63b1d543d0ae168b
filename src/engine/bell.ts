import type { Timers } from '../core/clock.ts';

/** A bell: somebody waits for it or for time to pass; a ring while nobody waits is remembered. */
export interface Bell {
  ring(): void;
  /** True when it rang, false when the time passed. */
  wait(ms: number): Promise<boolean>;
}

export function createBell(timers: Timers): Bell {
  let rung = false;
  let hear: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      hear?.();
    },
    async wait(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const callOff = timers.after(ms, resolve);
          hear = () => {
            callOff();
            resolve();
          };
        });
        hear = null;
      }
      const rang = rung;
      rung = false;
      return rang;
    },
  };
}
