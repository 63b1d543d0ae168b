/**
 * How the sandbox system misbehaves: faults that wait for the next matching request, and faults at
 * random from a seed, so that a run with a thousand of them can be repeated.
 */
import { z } from 'zod';

export const SANDBOX_FAULTS = [
  'delay',
  'error-before-commit',
  'error-after-commit',
  'busy',
  'rate-limited',
  'drop-before-commit',
  'drop-after-commit',
  'drop-then-commit',
  'token-expired',
  'stale-version',
  'period-locked',
  'account-archived',
  'deleted-by-hand',
  'edited-by-hand',
  'html-page',
  'empty-body',
  'slow-trickle',
  'malformed-json',
] as const;
export type SandboxFaultKind = (typeof SANDBOX_FAULTS)[number];

export const sandboxFault = z.strictObject({
  kind: z.enum(SANDBOX_FAULTS),
  /** Which requests: all but token requests when nothing is said. */
  on: z.enum(['any', 'write', 'read', 'token']).default('any'),
  /** Only paths that begin so. */
  path: z.string().optional(),
  method: z.string().optional(),
  /** Matching requests let pass first. */
  skip: z.int().min(0).default(0),
  times: z.int().min(1).default(1),
  /** For `delay` and `drop-then-commit`, and between the bytes of a `slow-trickle`. */
  delayMs: z.int().min(0).default(50),
  /** For `busy` and `rate-limited`; null sends no Retry-After. */
  retryAfter: z.union([z.int(), z.string()]).nullable().default(null),
  /** For `html-page` and `empty-body`. */
  status: z.int().default(200),
  /** For `html-page`, `empty-body`, `malformed-json`, `slow-trickle`: was the request carried out? */
  committed: z.boolean().default(true),
});
export type SandboxFault = z.infer<typeof sandboxFault>;
export type SandboxFaultInput = z.input<typeof sandboxFault>;

export const sandboxChaos = z.strictObject({
  seed: z.int(),
  /** For each request, 0 to 1. */
  probability: z.number().min(0).max(1),
  /** Each with equal chance. */
  faults: z.array(sandboxFault).min(1),
});
export type SandboxChaosInput = z.input<typeof sandboxChaos>;

export interface FaultTarget {
  readonly method: string;
  readonly path: string;
}

export class SandboxFaults {
  private waiting: SandboxFault[] = [];
  private chaos: z.infer<typeof sandboxChaos> | null = null;
  private random: () => number = () => 1;
  /** How many of each were done. */
  readonly done = new Map<SandboxFaultKind, number>();

  /** On the next matching request. */
  next(...faults: SandboxFaultInput[]): void {
    this.waiting.push(...faults.map((fault) => sandboxFault.parse(fault)));
  }

  atRandom(input: SandboxChaosInput): void {
    this.chaos = sandboxChaos.parse(input);
    this.random = seededRandom(this.chaos.seed);
  }

  /** No more faults. */
  calm(): void {
    this.waiting = [];
    this.chaos = null;
  }

  get pending(): number {
    return this.waiting.length;
  }

  take(target: FaultTarget): SandboxFault | null {
    if (this.waiting.length === 0 && this.chaos === null) return null;
    const fault = this.takeWaiting(target) ?? this.takeRandom(target);
    if (fault) this.done.set(fault.kind, (this.done.get(fault.kind) ?? 0) + 1);
    return fault;
  }

  private takeWaiting(target: FaultTarget): SandboxFault | null {
    for (const [index, fault] of this.waiting.entries()) {
      if (!matches(fault, target)) continue;
      if (fault.skip > 0) {
        this.waiting[index] = { ...fault, skip: fault.skip - 1 };
        continue;
      }
      if (fault.times > 1) this.waiting[index] = { ...fault, times: fault.times - 1 };
      else this.waiting.splice(index, 1);
      return fault;
    }
    return null;
  }

  private takeRandom(target: FaultTarget): SandboxFault | null {
    if (!this.chaos || this.random() >= this.chaos.probability) return null;
    const { faults } = this.chaos;
    const fault = faults[Math.floor(this.random() * faults.length)]!;
    return matches(fault, target) ? fault : null;
  }
}

function matches(fault: SandboxFault, { method, path }: FaultTarget): boolean {
  const isToken = path === '/token';
  if (isToken !== (fault.on === 'token')) return false;
  if (fault.on === 'write' && method === 'GET') return false;
  if (fault.on === 'read' && method !== 'GET') return false;
  if (fault.method !== undefined && fault.method !== method) return false;
  return fault.path === undefined || path.startsWith(fault.path);
}

/** mulberry32: small, good enough, the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
