/**
 * The typed client, made from the contract: `client.getBill({ params: { companyId, billId } })`.
 * Used by the web, the CLI and other products alike. Throws `ApiProblem` for an answer that is a
 * problem, `Unreachable` when there is no answer; checks every answer against the contract.
 */
import type { z } from 'zod';
import { type EndpointName, type Endpoints, endpoints } from '../contract/endpoints.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import { type ProblemShape, problem } from '../contract/problems.ts';

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: ProblemShape;
  constructor(problem: ProblemShape) {
    super(problem.detail);
    this.problem = problem;
  }
}

export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export interface ClientOptions {
  /** `http://127.0.0.1:4780`; empty for same-origin requests of a browser. */
  readonly baseUrl: string;
  readonly fetch?: typeof fetch;
  /** Who the changes are made by; sent as `Spor-Person`. */
  readonly person?: () => string | undefined;
  /** `da` or `en`: the language of failure texts. */
  readonly language?: () => string | undefined;
}

type Empty<T> = keyof T extends never ? true : false;
type Part<Name extends string, Schema> = Schema extends z.ZodObject
  ? Empty<z.input<Schema>> extends true
    ? { readonly [K in Name]?: Record<string, never> }
    : Record<string, never> extends z.input<Schema>
      ? { readonly [K in Name]?: z.input<Schema> }
      : { readonly [K in Name]: z.input<Schema> }
  : unknown;
type BodyPart<B> = B extends null
  ? unknown
  : B extends 'xml'
    ? { readonly body: Uint8Array }
    : B extends z.ZodType
      ? { readonly body: z.input<B> }
      : unknown;

export type Input<E extends Endpoint> = Part<'params', E['params']> &
  Part<'query', E['query']> &
  BodyPart<E['body']> &
  CallOptions;

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
  /** Told when the answer is that of an earlier request with the same `idempotencyKey`. */
  readonly onRepeated?: () => void;
}

export type Answer<E extends Endpoint> = E['answer'] extends z.ZodType
  ? z.output<E['answer']>
  : Response;

export type Client = {
  readonly [Name in EndpointName]: (
    ...input: Record<string, never> extends Input<Endpoints[Name]>
      ? [Input<Endpoints[Name]>?]
      : [Input<Endpoints[Name]>]
  ) => Promise<Answer<Endpoints[Name]>>;
};

export function createClient(options: ClientOptions): Client {
  const methods = Object.entries(endpoints).map(([name, endpoint]) => [
    name,
    (input: LooseInput = {}) => send(options, endpoint, input),
  ]);
  return Object.fromEntries(methods) as Client;
}

interface LooseInput extends CallOptions {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string | number | undefined>;
  readonly body?: unknown;
}

async function send(
  options: ClientOptions,
  endpoint: Endpoint,
  input: LooseInput,
): Promise<unknown> {
  const headers = new Headers({ accept: 'application/json' });
  const person = options.person?.();
  if (person) headers.set('spor-person', encodeURIComponent(person));
  const language = options.language?.();
  if (language) headers.set('accept-language', language);
  if (input.idempotencyKey) headers.set('idempotency-key', input.idempotencyKey);
  const init: RequestInit = { method: endpoint.method.toUpperCase(), headers };
  if (input.signal) init.signal = input.signal;
  if (endpoint.body === 'xml') {
    headers.set('content-type', 'application/xml');
    init.body = input.body as BodyInit;
  } else if (endpoint.body) {
    headers.set('content-type', 'application/json');
    init.body = JSON.stringify(input.body);
  }
  const arriving = async <T>(part: Promise<T>): Promise<T> => {
    try {
      return await part;
    } catch (error) {
      if (input.signal?.aborted) throw error;
      throw new Unreachable(`Spor does not answer at ${options.baseUrl || 'this address'}.`, {
        cause: error,
      });
    }
  };
  const address = options.baseUrl + requestPath(endpoint, input);
  const response = await arriving((options.fetch ?? fetch)(address, init));
  if (response.ok && (endpoint.answer === 'bytes' || endpoint.answer === 'events')) return response;
  const said = asJson(await arriving(response.text()));
  if (!response.ok) throw asProblem(response.status, said);
  const parsed = (endpoint.answer as z.ZodType).safeParse(said);
  if (!parsed.success) throw notUnderstood(response.status, parsed.error);
  if (response.headers.get('idempotency-replayed') === 'true') input.onRepeated?.();
  return parsed.data;
}

/** `undefined` for what is none. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fills in parameters and query: `/v1/companies/0190…/bills?limit=50`. */
export function requestPath(
  endpoint: Endpoint,
  input: Pick<LooseInput, 'params' | 'query'>,
): string {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(input.params?.[name] ?? ''),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

function asProblem(status: number, said: unknown): ApiProblem {
  const parsed = problem.safeParse(said);
  if (parsed.success) return new ApiProblem(parsed.data);
  return unexpected(status, `The service answered ${status} without saying why.`);
}

/** Another program at this address, or another version of Spor. */
function notUnderstood(status: number, error: z.ZodError): ApiProblem {
  const [first] = error.issues;
  const where =
    first && first.path.length > 0 ? ` (${first.path.join('.')}: ${first.message})` : '';
  return unexpected(
    status,
    `The answer is not what this version of Spor expects${where}; is another program or another version at this address?`,
  );
}

function unexpected(status: number, detail: string): ApiProblem {
  const problem = { type: 'about:blank', code: 'unknown', title: 'Unexpected answer' };
  return new ApiProblem({ ...problem, status, detail });
}
