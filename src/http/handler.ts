/**
 * A handler as a value: how an endpoint of the contract is answered. `writing` runs in one
 * transaction (with the Idempotency-Key in it), `reading` on the pool, `outside` may wait for a
 * network and so holds no transaction (invariant 10).
 */
import type { z } from 'zod';
import type { Endpoint } from '../contract/endpoint.ts';
import type { EndpointName, Endpoints } from '../contract/endpoints.ts';
import type { RequestFacts } from './context.ts';

type Said<T> = T extends z.ZodType ? z.output<T> : T extends 'xml' ? Uint8Array : undefined;
type Answered<T> = T extends z.ZodType ? z.input<T> : Response;

export type Answering<E extends Endpoint> = (
  facts: RequestFacts,
  request: { params: Said<E['params']>; query: Said<E['query']>; body: Said<E['body']> },
) => Promise<Answered<E['answer']>>;

export interface Handler {
  readonly kind: 'reading' | 'writing' | 'outside';
  readonly answer: (facts: RequestFacts, request: never) => Promise<unknown>;
}

export function reading<N extends EndpointName>(
  _name: N,
  answer: Answering<Endpoints[N]>,
): Handler {
  return { kind: 'reading', answer };
}

export function writing<N extends EndpointName>(
  _name: N,
  answer: Answering<Endpoints[N]>,
): Handler {
  return { kind: 'writing', answer };
}

export function outside<N extends EndpointName>(
  _name: N,
  answer: Answering<Endpoints[N]>,
): Handler {
  return { kind: 'outside', answer };
}
