/** The web's one way to the service: the client made from the contract, speaking for this reader. */
import { QueryClient } from '@tanstack/react-query';
import { ApiProblem, createClient, Unreachable } from '../client/client.ts';
import { v7 } from '../core/uuid.ts';
import { watchedFetch } from './reachability.ts';
import { language, person } from './reader/preferences.ts';

export const client = createClient({
  baseUrl: '',
  fetch: watchedFetch,
  person: () => person.get() || undefined,
  language: () => language.get(),
});

/**
 * For `Idempotency-Key`: one per press of a button, so that a repeated request does nothing twice.
 * `crypto.randomUUID` is missing on plain http in a local network; this is not.
 */
export function newKey(): string {
  return v7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

function passes(error: unknown): boolean {
  return (
    error instanceof Unreachable || (error instanceof ApiProblem && error.problem.status === 503)
  );
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 10_000,
      // No answer is tried again until there is one; a refusal is shown at once.
      retry: (_, error) => passes(error),
      retryDelay: (failures) => Math.min(1_000 * 2 ** failures, 8_000),
    },
    mutations: {
      networkMode: 'always',
      retry: (failures, error) => failures < 2 && error instanceof Unreachable,
      retryDelay: 1_000,
    },
  },
});

language.listen(() => void queryClient.invalidateQueries());
