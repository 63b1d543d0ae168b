/**
 * For tests of the HTTP floor: calls endpoints over the wire as any program could, and holds each
 * answer to the contract: status, content type, shape, and only problems the endpoint admits to.
 */
import { expect } from 'vitest';
import { z } from 'zod';
import { type Endpoint, problemsOf } from '../contract/endpoint.ts';
import { type EndpointName, type Endpoints, endpoints } from '../contract/endpoints.ts';
import { PROBLEMS, type ProblemCode } from '../contract/problems.ts';

export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>> | string;
  /** Sent as JSON; a string or bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

type Said<A> = A extends z.ZodType ? z.output<A> : unknown;

export interface Caller {
  /** Whatever is answered, as long as the contract allows it. */
  call(name: EndpointName, call?: Call): Promise<Answered>;
  /** The answer of a call that must succeed. */
  done<N extends EndpointName>(name: N, call?: Call): Promise<Said<Endpoints[N]['answer']>>;
  /** The problem of a call that must be refused so. */
  refused(code: ProblemCode, name: EndpointName, call?: Call): Promise<Problem>;
  readonly reached: ReadonlySet<EndpointName>;
  readonly met: ReadonlySet<ProblemCode>;
}

/** As RFC 9457 and the contract have it, with nothing beside it. */
const strictProblem = z.strictObject({
  type: z.string().regex(/^https:\/\/spor\.dev\/problems\/[a-z-]+$/),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  title: z.string().min(1),
  status: z.number().int(),
  detail: z.string().min(1),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string().min(1) })).optional(),
});
export type Problem = z.infer<typeof strictProblem>;

export function openCaller(url: string): Caller {
  const reached = new Set<EndpointName>();
  const met = new Set<ProblemCode>();
  const call = async (name: EndpointName, given: Call = {}): Promise<Answered> => {
    const endpoint: Endpoint = endpoints[name];
    const response = await fetch(url + pathOf(endpoint, given), {
      method: endpoint.method.toUpperCase(),
      ...bodyOf(endpoint, given),
    });
    const answered = await read(response, endpoint);
    if (response.ok) {
      expect(response.status, name).toBe(endpoint.status);
      reached.add(name);
    } else {
      const { code } = answered.body as Problem;
      expect(problemsOf(endpoint), name).toContain(code);
      met.add(code);
    }
    return answered;
  };
  return {
    call,
    reached,
    met,
    async done(name, given) {
      const { status, body } = await call(name, given);
      expect(status, JSON.stringify(body)).toBe(endpoints[name].status);
      return body as never;
    },
    async refused(code, name, given) {
      const { body } = await call(name, given);
      expect(body).toMatchObject({ code });
      return body as Problem;
    },
  };
}

/** The problem that an answer must be. */
export function problemIn(response: Response, body: unknown): Problem {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = strictProblem.parse(body);
  expect(problem).toMatchObject({ ...PROBLEMS[problem.code], status: response.status });
  return problem;
}

function pathOf(endpoint: Endpoint, { params = {}, query = {} }: Call): string {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((params[name] ?? '').toWellFormed()),
  );
  const search = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

function bodyOf(endpoint: Endpoint, { body, headers = {} }: Call): RequestInit {
  if (endpoint.method === 'get') return { headers };
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const type = endpoint.body === 'xml' ? 'application/xml' : 'application/json';
  return {
    headers: { ...(endpoint.body === null ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
  };
}

async function read(response: Response, endpoint: Endpoint): Promise<Answered> {
  const { status, headers } = response;
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  if (response.ok && endpoint.answer === 'events') {
    await response.body?.cancel();
    return { status, headers, body: null };
  }
  if (response.ok && endpoint.answer === 'bytes')
    return { status, headers, body: Buffer.from(await response.arrayBuffer()) };
  const body: unknown = await response.json();
  if (!response.ok) return { status, headers, body: problemIn(response, body) };
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('cache-control')).toBe('no-store');
  // Nothing is missing, nothing is there that the contract does not have.
  return { status, headers, body: (endpoint.answer as z.ZodType).parse(body) };
}
