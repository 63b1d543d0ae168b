/** The contract as an OpenAPI 3.1 document. */
import { z } from 'zod';
import { type Endpoint, problemsOf } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { PROBLEMS, problem } from './problems.ts';

export function openApi(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, endpoint] of Object.entries(endpoints) as [string, Endpoint][]) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method]: operation(name, endpoint),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Spor',
      version,
      description: "Keeps accounting systems in step with a company's bills and payments.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
  };
}

function operation(name: string, endpoint: Endpoint): Record<string, unknown> {
  const byStatus = Map.groupBy(problemsOf(endpoint), (code) => String(PROBLEMS[code].status));
  const refusals = [...byStatus].map(([status, same]) => [
    status,
    {
      description: same.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n'),
      content: { 'application/problem+json': { schema: schema(problem, 'output') } },
    },
  ]);
  const isWrite = endpoint.method !== 'get';
  return {
    operationId: name,
    tags: [endpoint.group],
    summary: endpoint.summary,
    ...(endpoint.description ? { description: endpoint.description } : {}),
    parameters: [
      ...parameters(endpoint.params, 'path'),
      ...parameters(endpoint.query, 'query'),
      ...(isWrite ? HEADERS : []),
    ],
    ...(endpoint.body === null
      ? {}
      : { requestBody: { required: true, content: bodyContent(endpoint.body) } }),
    responses: {
      [endpoint.status]: {
        description: 'Done.',
        ...(isWrite ? { headers: ANSWER_HEADERS } : {}),
        content: answerContent(endpoint.answer),
      },
      ...Object.fromEntries(refusals),
    },
  };
}

const HEADERS = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key with the same request is done once and answered alike.',
    schema: { type: 'string', maxLength: 200 },
  },
  {
    name: 'Spor-Person',
    in: 'header',
    required: false,
    description: 'Who this is by, percent-encoded UTF-8.',
    schema: { type: 'string' },
  },
];

const ANSWER_HEADERS = {
  'Idempotency-Replayed': {
    description: '`true`: this is the answer of an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
};

function parameters(object: z.ZodObject, where: 'path' | 'query'): Record<string, unknown>[] {
  return Object.entries(object.shape).map(([name, field]) => ({
    name,
    in: where,
    required: where === 'path' || !(field as z.ZodType).safeParse(undefined).success,
    schema: schema(field as z.ZodType, 'input'),
  }));
}

function bodyContent(body: z.ZodType | 'xml'): Record<string, unknown> {
  if (body === 'xml')
    return { 'application/xml': { schema: { type: 'string', format: 'binary' } } };
  return { 'application/json': { schema: schema(body, 'input') } };
}

function answerContent(answer: Endpoint['answer']): Record<string, unknown> {
  if (answer === 'events') return { 'text/event-stream': { schema: { type: 'string' } } };
  if (answer === 'bytes')
    return { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
  return { 'application/json': { schema: schema(answer, 'output') } };
}

function schema(type: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Record<
    string,
    unknown
  >;
  return rest;
}
