/** Reads a request as the contract says: parameters, query and body, each refused by field. */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Endpoint } from '../contract/endpoint.ts';
import { Refusal } from './refusal.ts';

const LARGEST_JSON_BYTES = 2 * 1024 * 1024;

export interface ReadRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  /** The bytes of the body, for the Idempotency-Key. */
  readonly bytes: Uint8Array;
}

export async function readRequest(
  c: Context,
  endpoint: Endpoint,
  largestImportBytes: number,
): Promise<ReadRequest> {
  const params = endpoint.params.safeParse(c.req.param());
  // An id that is none names nothing.
  if (!params.success) throw new Refusal('not-found', 'There is nothing with this address.');
  const query = parse(endpoint.query, c.req.query(), 'query');
  if (endpoint.body === null)
    return { params: params.data, query, body: undefined, bytes: new Uint8Array() };
  const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (endpoint.body === 'xml') {
    if (!['application/xml', 'text/xml', 'application/octet-stream'].includes(type)) {
      throw new Refusal('unsupported-media-type', 'Send the e-invoice as application/xml.');
    }
    const bytes = await readBytes(c, largestImportBytes);
    return { params: params.data, query, body: bytes, bytes };
  }
  if (type !== 'application/json')
    throw new Refusal('unsupported-media-type', 'Send the body as application/json.');
  const bytes = await readBytes(c, LARGEST_JSON_BYTES);
  return {
    params: params.data,
    query,
    body: parse(endpoint.body, parseJson(bytes), 'body'),
    bytes,
  };
}

function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, 50).map((issue) => ({
    path: [where, ...issue.path].join('.'),
    message: issue.message,
  }));
  const first = errors[0];
  throw new Refusal(
    'invalid-request',
    `${first?.path ?? where}: ${first?.message ?? 'is not as it should be'}`,
    errors,
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal('invalid-request', 'The body is not JSON in UTF-8.', [
      { path: 'body', message: 'is not JSON' },
    ]);
  }
}

/** Stops reading at the limit: an endless body costs no memory. */
async function readBytes(c: Context, most: number): Promise<Uint8Array> {
  const tooLarge = () => new Refusal('too-large', `The body is larger than ${most} bytes.`);
  if (Number(c.req.header('content-length') ?? 0) > most) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream: ReadableStream<Uint8Array> | null = c.req.raw.body;
  try {
    for await (const chunk of stream ?? []) {
      length += chunk.byteLength;
      if (length > most) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // Its socket's error is no word on our database's.
    throw new Refusal('invalid-request', 'The request broke off.');
  }
  return Buffer.concat(chunks);
}
