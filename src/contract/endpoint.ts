/** An endpoint as a value: everything the server, the client and the reference page need to agree on. */
import { z } from 'zod';
import type { ProblemCode } from './problems.ts';

export interface Endpoint {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Null: none. `xml`: the raw bytes of an e-invoice. */
  readonly body: z.ZodType | null | 'xml';
  /** `bytes` and `events` are not JSON: an attachment, a stream of server-sent events. */
  readonly answer: z.ZodType | 'bytes' | 'events';
  readonly status: 200 | 201 | 202;
  /** Its own; `problemsOf` adds those that any request like it can meet. */
  readonly problems: readonly ProblemCode[];
}

export const nothing = z.strictObject({});

/** Fills in what most endpoints have; keeps the literal types. */
export function endpoint<
  const M extends Endpoint['method'],
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends Endpoint['body'] = null,
  A extends Endpoint['answer'] = Endpoint['answer'],
>(given: {
  method: M;
  path: string;
  group: string;
  summary: string;
  description?: string;
  params?: P;
  query?: Q;
  body?: B;
  answer: A;
  status?: Endpoint['status'];
  problems?: readonly ProblemCode[];
}) {
  return {
    ...given,
    params: (given.params ?? nothing) as P,
    query: (given.query ?? nothing) as Q,
    body: (given.body ?? null) as B,
    status: given.status ?? 200,
    problems: given.problems ?? [],
  };
}

/** Every code an endpoint may answer with. */
export function problemsOf({ method, body, problems }: Endpoint): ProblemCode[] {
  return [
    'invalid-request',
    'host-refused',
    'origin-refused',
    'too-large',
    ...problems,
    ...(method === 'get' ? [] : (['idempotency-key-reused'] as const)),
    ...(body === null ? [] : (['unsupported-media-type'] as const)),
    'internal',
    'unavailable',
  ];
}
