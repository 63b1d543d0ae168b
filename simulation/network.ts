/**
 * The way from a machine to an accounting system and back. A request leaves at the moment the connector
 * calls out; it may be carried out at any time until the answer, or after everybody gave up, within the
 * bound its connection states.
 */
import { type FailureCode, SyncFailure } from '../src/core/failure.ts';
import type { Call } from '../src/sdk/connector.ts';
import type { Checks, Leaving } from './checks.ts';
import type { CallName, Faults } from './faults.ts';
import type { EventLoop } from './event-loop.ts';
import type { Machine } from './machine.ts';
import type { Watch } from './watch.ts';

export interface Line {
  readonly loop: EventLoop;
  readonly machine: Machine;
  readonly faults: Faults;
  readonly checks: Checks;
  readonly watch: Watch;
  nextCall(): CallName;
  /** Why nothing gets through now; null when it does. */
  outage(connectionId: string): FailureCode | null;
}

export interface Request<T> {
  readonly call: Call;
  readonly timeoutMs: number;
  readonly connectionId: string;
  readonly what: string;
  /** Null for one that only looks. */
  readonly leaving: Leaving | null;
  carryOut(): T;
  record(status: number | null, error: string | null, startedAt: Date): void;
}

type Settle<T> = { readonly value: T } | { readonly error: unknown };

export function sendOver<T>(line: Line, request: Request<T>): Promise<T> {
  const { loop, machine, watch, checks, faults } = line;
  const { call, leaving, what } = request;
  const isWrite = leaving !== null;
  const name = line.nextCall();
  const fate = faults.ofTarget(name, isWrite);
  const startedAt = machine.clock.now();
  const outage = line.outage(request.connectionId);
  watch.note(
    machine.name,
    () =>
      `→ ${what}${fate.kind === 'fine' ? '' : `   [${fate.kind}, m${name.machine}.${name.life}/${name.number}]`}`,
  );

  return new Promise<T>((resolve, reject) => {
    let isSettled = false;
    const settle = (end: Settle<T>, status: number | null, said: string | null = null) => {
      if (isSettled) return;
      isSettled = true;
      callOff();
      call.signal.removeEventListener('abort', onAbort);
      request.record(status, said, startedAt);
      watch.note(machine.name, () => `← ${what}: ${tell(end)}`);
      if ('value' in end) resolve(end.value);
      else reject(end.error);
    };
    const fail = (code: FailureCode, uncertain: boolean, retryAfterMs?: number) =>
      settle({ error: new SyncFailure(code, { uncertain, retryAfterMs }) }, null, code);
    const onAbort = () => fail('interrupted', isWrite);
    const callOff = machine.timers.after(request.timeoutMs, () => fail('answer-lost', isWrite));
    call.signal.addEventListener('abort', onAbort);
    if (call.signal.aborted) {
      onAbort();
      return;
    }
    if (outage === 'target-unreachable') {
      machine.later(fate.backMs, () => fail(outage, false));
      return;
    }

    if (leaving) checks.leaves(machine.name, leaving, fate.kind === 'request-lost');
    const arrivesMs = fate.kind === 'arrives-late' ? fate.afterMs : fate.thereMs;
    if (fate.kind === 'drops-then-arrives')
      machine.later(fate.thereMs / 2, () => fail('answer-lost', isWrite));
    if (fate.kind === 'request-lost') return;
    loop.after(arrivesMs, () => {
      const end = arrive(outage ?? undefined);
      if (fate.kind === 'crash') machine.crash();
      if (fate.kind === 'stop') machine.stop(fate.ms);
      if (fate.kind === 'answer-lost') return;
      machine.later(fate.backMs, end);
      if (fate.kind === 'answered-twice') machine.later(fate.backMs + 5, end);
    });

    /** Carries it out, or not; gives what the caller is to be told. */
    const arrive = (refusal: FailureCode | undefined): (() => void) => {
      const code = refusal ?? (fate.kind === 'refuses' ? fate.code : undefined);
      if (code) {
        if (leaving) checks.arrived(leaving);
        // A 5xx leaves open whether it was carried out.
        const uncertain = isWrite && (code === 'target-error' || code === 'target-busy');
        const retryAfterMs = fate.kind === 'refuses' ? (fate.retryAfterMs ?? undefined) : undefined;
        return () => fail(code, uncertain, retryAfterMs);
      }
      let end: Settle<T>;
      try {
        end = { value: request.carryOut() };
      } catch (error) {
        end = { error };
      }
      watch.note('target', () => `${what} of ${machine.name}: ${tell(end)}`);
      if (leaving) checks.arrived(leaving);
      if (fate.kind === 'error-after') return () => fail('target-error', isWrite);
      return () => settle(end, 'value' in end ? 200 : 409);
    };
  });
}

function tell(end: Settle<unknown>): string {
  if ('value' in end) {
    const there = end.value as { remoteId?: string; version?: string } | string | null | undefined;
    if (there === null) return 'nothing there';
    if (typeof there === 'object') return `${there.remoteId} version ${there.version}`;
    return there ?? 'done';
  }
  const { error } = end;
  if (!(error instanceof SyncFailure)) return String(error);
  return `${error.details.code}${error.uncertain ? ' (uncertain)' : ''}`;
}
