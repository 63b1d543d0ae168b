/**
 * What goes wrong, and when: decided by the seed, call by call. Every call has a name (`m1.2/37`: the
 * second life of machine 1, its 37th call), so that a shorter history can leave single faults out.
 */
import type { FailureCode } from '../src/core/failure.ts';
import { between, stream, weighted } from './chance.ts';

/** How likely what is, of a thousand calls. */
export interface Harshness {
  readonly store: number;
  readonly target: number;
}

export type StoreFate =
  | { readonly kind: 'fine' }
  /** The connection breaks: nothing was written, or it was and the caller is not told. */
  | { readonly kind: 'fails-before' | 'fails-after' | 'gives-up' }
  | { readonly kind: 'crash-before' | 'crash-after' }
  | { readonly kind: 'stop'; readonly ms: number };

export type TargetFate =
  | { readonly kind: 'fine' }
  /** It never gets there; or the answer never gets back; or both come after the connection broke. */
  | { readonly kind: 'request-lost' | 'answer-lost' | 'drops-then-arrives' | 'answered-twice' }
  | { readonly kind: 'arrives-late'; readonly afterMs: number }
  | { readonly kind: 'refuses'; readonly code: FailureCode; readonly retryAfterMs: number | null }
  /** An error is answered; it was carried out all the same. */
  | { readonly kind: 'error-after' }
  | { readonly kind: 'crash' }
  | { readonly kind: 'stop'; readonly ms: number };

export interface Delays {
  readonly thereMs: number;
  readonly backMs: number;
}

export interface Faults {
  /** The fates of calls that were not fine, by the calls' names. */
  readonly met: Map<string, string>;
  ofStore(call: CallName): StoreFate & Delays;
  ofTarget(call: CallName, isWrite: boolean): TargetFate & Delays;
  /** From now on nothing goes wrong. */
  cease(): void;
}

export interface CallName {
  readonly machine: number;
  readonly life: number;
  readonly number: number;
}

export function createFaults(given: {
  seed: number;
  harshness: Harshness;
  arrivesWithinMs: number;
  isLeftOut(name: string): boolean;
}): Faults {
  const { seed, harshness, arrivesWithinMs } = given;
  const met = new Map<string, string>();
  let haveCeased = false;
  const decide = <T extends { readonly kind: string }>(
    kind: number,
    call: CallName,
    likely: number,
    fates: (random: () => number) => T,
  ): (T | { readonly kind: 'fine' }) & Delays => {
    const random = stream(seed, kind, call.machine, call.life, call.number);
    const [there, back, chance] = [random(), random(), random()];
    const isSlow = chance > 0.97;
    const delays = {
      thereMs: 0.5 + there * (kind === 1 ? 3 : 80) * (isSlow ? 30 : 1),
      backMs: 0.5 + back * (kind === 1 ? 2 : 40),
    };
    const name = `m${call.machine}.${call.life}/${call.number}`;
    if (haveCeased || chance * 1_000 >= likely || given.isLeftOut(name))
      return { ...delays, kind: 'fine' };
    const fate = fates(random);
    met.set(name, fate.kind);
    return { ...delays, ...fate };
  };
  return {
    met,
    ofStore: (call) =>
      decide(1, call, harshness.store, (random): StoreFate => {
        const kind = weighted(random, {
          'fails-before': 3,
          'fails-after': 3,
          'gives-up': 1,
          'crash-before': 2,
          'crash-after': 3,
          stop: 2,
        });
        return kind === 'stop' ? { kind, ms: between(random, 100, 40_000) } : { kind };
      }),
    ofTarget: (call, isWrite) =>
      decide(2, call, isWrite ? harshness.target * 2 : harshness.target, (random): TargetFate => {
        const kind = weighted(random, {
          'request-lost': 2,
          'answer-lost': 4,
          'arrives-late': arrivesWithinMs > 0 ? 4 : 0,
          'drops-then-arrives': arrivesWithinMs > 0 ? 3 : 0,
          'answered-twice': 1,
          'error-after': 2,
          refuses: 5,
          crash: 3,
          stop: 2,
        });
        if (kind === 'stop') return { kind, ms: between(random, 100, 40_000) };
        if (kind === 'arrives-late') return { kind, afterMs: random() * arrivesWithinMs };
        if (kind !== 'refuses') return { kind };
        const code = weighted(random, {
          'target-error': 3,
          'target-busy': 2,
          'rate-limited': 2,
          'signed-out': 1,
          'target-unreachable': 1,
          'period-locked': 1,
          'answer-unreadable': 1,
        });
        const asksToWait = code === 'rate-limited' || code === 'target-busy';
        return { kind, code, retryAfterMs: asksToWait ? between(random, 100, 8_000) : null };
      }),
    cease() {
      haveCeased = true;
    },
  };
}
