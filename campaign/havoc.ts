/**
 * What happens to the machines meanwhile: `kill -9` of workers, of the API, of PostgreSQL and of Tryton, and
 * workers stopped (`SIGSTOP`) for longer than their lease and let go on.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet } from '../test/support/crash-fleet.ts';
import { count } from './figures.ts';
import { CAMPAIGN_TIMING } from './timing.ts';

const ACTS = ['worker', 'stopped worker', 'PostgreSQL', 'Tryton', 'API'] as const;
type Act = (typeof ACTS)[number];

/** Of a hundred, after each happened once. */
const SHARES: Readonly<Record<Act, number>> = {
  worker: 40,
  'stopped worker': 20,
  PostgreSQL: 14,
  Tryton: 16,
  API: 10,
};

export interface Machines {
  readonly fleet: Pick<Fleet, 'kill' | 'suspend'>;
  readonly postgres: { kill(): Promise<void>; restart(): Promise<void> };
  readonly tryton: { kill(): void; restart(): Promise<void> };
}

/** Until it is over and each act was seen once; then everything is up again. */
export async function wreak(
  { fleet, postgres, tryton }: Machines,
  given: {
    readonly random: () => number;
    readonly isOver: () => boolean;
    readonly isStopped: () => boolean;
    readonly done: Map<string, number>;
  },
): Promise<void> {
  const { random, isOver, isStopped, done } = given;
  let isOneStopped = false;
  let stopped: Promise<unknown> = Promise.resolve();
  const acts: Readonly<Record<Act, () => Promise<boolean>>> = {
    worker: () => fleet.kill('worker'),
    API: () => fleet.kill('service'),
    async 'stopped worker'() {
      if (isOneStopped) return false;
      isOneStopped = true;
      const ms = CAMPAIGN_TIMING.leaseMs * (1.2 + random());
      stopped = fleet.suspend(ms).finally(() => {
        isOneStopped = false;
      });
      return true;
    },
    async PostgreSQL() {
      await postgres.kill();
      await pause(random() * 2_000);
      await postgres.restart();
      return true;
    },
    async Tryton() {
      tryton.kill();
      await pause(random() * 2_000);
      await tryton.restart();
      return true;
    },
  };
  const first = [...ACTS];
  while (!isStopped() && (first.length > 0 || !isOver())) {
    await pause(500 + random() * 3_500);
    const act = first.shift() ?? pick(random() * 100);
    if (await acts[act]()) count(done, act);
  }
  await stopped;
}

function pick(dice: number): Act {
  let rest = dice;
  return ACTS.find((act) => (rest -= SHARES[act]) < 0) ?? 'worker';
}
