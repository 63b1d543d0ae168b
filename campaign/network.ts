/**
 * The network between the workers and Tryton, which loses, delays and spoils what it carries: before Tryton
 * has it, after Tryton has carried it out, or in the wrong order.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Passing, type Proxy, startProxy } from '../src/connectors/tryton/test-proxy.ts';
import { count } from './figures.ts';
import { CAMPAIGN_TIMING, HELD_AT_MOST_MS } from './timing.ts';

export const NETWORK_FAULTS = [
  'request dropped',
  'answer dropped',
  'arrived late',
  '500 page',
  '502 page',
  '502 page, arrived later',
  'session expired',
  'slow trickle',
] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];

/** How often a request meets a fault. A write does more often: there are fewer, and more is at stake. */
const ON_READ = 0.012;
const ON_WRITE = 0.15;

export interface Network extends Proxy {
  /** Another way to the same Tryton: Spor gives books one connection, and here all companies share theirs. */
  door(company: number): string;
  /** By kind. */
  readonly faults: ReadonlyMap<string, number>;
  readonly requests: number;
  /** From now on: nothing happens to anything, or it does again. */
  calm(): void;
  misbehave(): void;
}

export async function startNetwork(target: string, random: () => number): Promise<Network> {
  const faults = new Map<string, number>();
  let requests = 0;
  let isCalm = true;

  function faultFor({ isWrite, rpc }: Passing): NetworkFault | null {
    if (isCalm || random() > (isWrite ? ON_WRITE : ON_READ)) return null;
    const fault = NETWORK_FAULTS[Math.floor(random() * NETWORK_FAULTS.length)]!;
    return fault === 'session expired' && rpc === 'common.db.login' ? 'answer dropped' : fault;
  }

  const withoutDoor = (path: string) => path.replace(/^\/door-\d+/, '');
  const proxy = await startProxy(target, withoutDoor, async (passing) => {
    requests += 1;
    const fault = faultFor(passing);
    if (fault) count(faults, fault);
    await carry(passing, fault, random);
  });
  return {
    ...proxy,
    door: (company) => `${proxy.url}/door-${company}`,
    faults,
    get requests() {
      return requests;
    },
    calm() {
      isCalm = true;
    },
    misbehave() {
      isCalm = false;
    },
  };
}

async function carry(
  passing: Passing,
  fault: NetworkFault | null,
  random: () => number,
): Promise<void> {
  const page = (status: number) =>
    passing.respond(status, 'text/html', `<html><h1>${status}</h1></html>`);
  const wasCarriedOut = random() < 0.5;
  switch (fault) {
    case null: {
      const { status, type, bytes } = await passing.forward();
      return passing.respond(status, type, bytes);
    }
    case 'request dropped':
      return passing.drop();
    case 'answer dropped':
      await passing.forward();
      return passing.drop();
    case 'arrived late':
      // Whoever sent it has given up by then.
      await pause(CAMPAIGN_TIMING.timeoutMs + random() * HELD_AT_MOST_MS);
      await passing.forward();
      return passing.drop();
    case '500 page':
    case '502 page':
      if (wasCarriedOut) await passing.forward();
      return page(fault === '500 page' ? 500 : 502);
    case '502 page, arrived later':
      page(502);
      await pause(random() * HELD_AT_MOST_MS);
      await passing.forward();
      return;
    case 'session expired': {
      const { status, type, bytes } = await passing.forward(ENDED_SESSION);
      return passing.respond(status, type, bytes);
    }
    case 'slow trickle': {
      // Some come to their end in time, some don't.
      const { bytes } = await passing.forward();
      const pieces = 20;
      const pieceMs = (random() * 2 * CAMPAIGN_TIMING.timeoutMs) / pieces;
      for (let piece = 0; piece < pieces; piece++) {
        const [from, to] = [piece, piece + 1].map((n) => Math.ceil((bytes.length * n) / pieces));
        if (!passing.trickle(bytes.subarray(from, to))) return;
        await pause(pieceMs);
      }
      return passing.end();
    }
  }
}

/** One that Tryton does not know: it answers as it does when one has run out. */
const ENDED_SESSION = `Session ${Buffer.from('spor:2:ended').toString('base64')}`;
