/**
 * Syncs again all that fails by a cause: page after page, and what has come of it so far after each. A
 * page whose answer was lost is asked for once more under its own key, so nothing is asked for twice.
 * Whoever stops reading stops the run; what was not asked for by then fails still, and can be asked again.
 */
import type { Endpoints } from '../contract/endpoints.ts';
import type { FailureCode } from '../core/failure.ts';
import { type Answer, ApiProblem, type Client, Unreachable } from './client.ts';

const TRIES = 3;
const AGAIN_MS = 1_000;

export interface WholeCause {
  readonly companyId: string;
  readonly connectionId: string;
  readonly failure: FailureCode;
}

/** Of all pages so far; `next` is null when there is no more. */
export type CauseRun = Answer<Endpoints['resyncCause']>;

export async function* resyncWholeCause(
  client: Client,
  { companyId, connectionId, failure }: WholeCause,
  newKey: () => string,
): AsyncGenerator<CauseRun, void> {
  let run: CauseRun = { bills: 0, accepted: 0, deleted: 0, skipped: [], next: null };
  do {
    const cursor = run.next ?? undefined;
    const body = { connectionId, failure, cursor };
    const idempotencyKey = newKey();

    const page = await untilAnswered(() =>
      client.resyncCause({ params: { companyId }, body, idempotencyKey }),
    );
    run = {
      bills: run.bills + page.bills,
      accepted: run.accepted + page.accepted,
      deleted: run.deleted + page.deleted,
      skipped: [...run.skipped, ...page.skipped],
      next: page.next,
    };
    yield run;
  } while (run.next !== null);
}

async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const passes =
        error instanceof Unreachable ||
        (error instanceof ApiProblem && error.problem.status === 503);
      if (!passes || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
