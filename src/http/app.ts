/** The HTTP floor: the contract's endpoints, each with its handler, behind the guard. */
import { type Context, Hono } from 'hono';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Endpoint } from '../contract/endpoint.ts';
import { type EndpointName, endpoints } from '../contract/endpoints.ts';
import { openApi } from '../contract/openapi.ts';
import { referencePage, referenceStyle } from '../contract/reference.ts';
import { pickLanguage } from '../messages/languages.ts';
import { transaction } from '../store/pool.ts';
import type { HttpContext, RequestFacts } from './context.ts';
import { again, refusalOfDatabase } from './database-refusal.ts';
import { guard } from './guard.ts';
import type { Handler } from './handler.ts';
import { handlers } from './handlers/index.ts';
import { onceOnly } from './once-only.ts';
import { type ReadRequest, readRequest } from './read-request.ts';
import { eventHeaders } from './live.ts';
import { problemResponse, Refusal } from './refusal.ts';

export function createApp(context: HttpContext): Hono {
  const app = new Hono();
  app.use(guard);
  for (const name of Object.keys(endpoints) as EndpointName[]) {
    const endpoint: Endpoint = endpoints[name];
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app.on(endpoint.method.toUpperCase(), path, (c) =>
      handle(context, c, endpoint, handlers[name]),
    );
  }
  const description = openApi(context.version);
  app.get('/v1/openapi.json', (c) => c.json(description));
  app.get('/reference', (c) => c.html(referencePage(context.version)));
  app.get('/reference.css', (c) =>
    c.body(referenceStyle, 200, { 'content-type': 'text/css; charset=utf-8' }),
  );
  app.all('/v1/*', unknownAddress);
  if (context.webDirectory !== null) serveWeb(app, context.webDirectory);
  app.notFound(() =>
    problemResponse(new Refusal('not-found', 'There is nothing with this address.')),
  );
  app.onError((error) => problemResponse(asRefusal(context, error)));
  return app;
}

async function handle(
  context: HttpContext,
  c: Context,
  endpoint: Endpoint,
  handler: Handler,
): Promise<Response> {
  const { engine } = context;
  const request = await readRequest(c, endpoint, context.largestImportBytes);
  const facts: RequestFacts = {
    context,
    db: engine.pool,
    person: personOf(c) ?? context.defaultPerson,
    language: pickLanguage(c.req.header('accept-language') ?? null),
    signal: c.req.raw.signal,
  };
  const answer = await answerOf(facts, c, endpoint, handler, request);
  if (answer instanceof Response) return answer;
  return c.json(answer as object, endpoint.status, { 'cache-control': 'no-store' });
}

async function answerOf(
  facts: RequestFacts,
  c: Context,
  endpoint: Endpoint,
  handler: Handler,
  request: ReadRequest,
): Promise<unknown> {
  // Who asks for the head alone would never leave.
  if (endpoint.answer === 'events' && c.req.raw.method === 'HEAD') return eventHeaders();
  if (handler.kind !== 'writing') return handler.answer(facts, request as never);
  const { engine } = facts.context;
  return again(() =>
    transaction(engine.pool, async (db) =>
      onceOnly({ db, clock: engine.clock, c, endpoint, request }, () =>
        handler.answer({ ...facts, db }, request as never),
      ),
    ),
  );
}

function personOf(c: Context): string | null {
  const header = c.req.header('spor-person');
  if (!header) return null;
  let name: string;
  try {
    name = decodeURIComponent(header);
  } catch {
    throw new Refusal('invalid-request', 'The header Spor-Person is not percent-encoded UTF-8.');
  }
  const letters = Array.from(name.replaceAll(/\p{Cc}/gu, '').trim());
  return letters.length === 0 ? null : letters.slice(0, 100).join('');
}

function unknownAddress(c: Context): Response {
  const allowed = Object.values(endpoints)
    .filter((endpoint) => matches(endpoint.path, c.req.path))
    .map((endpoint) => endpoint.method.toUpperCase());
  if (allowed.length === 0)
    return problemResponse(new Refusal('not-found', 'There is nothing with this address.'));
  const response = problemResponse(
    new Refusal('method-not-allowed', `${c.req.method} is not taken here.`),
  );
  response.headers.set('allow', allowed.join(', '));
  return response;
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}

/** Built files as they are; every other address is the page, which finds its own way. */
function serveWeb(app: Hono, directory: string): void {
  const keep = (value: string) => ({
    root: directory,
    onFound: (_: string, c: Context) => c.header('cache-control', value),
  });
  app.use('/assets/*', serveStatic(keep('public, max-age=31536000, immutable')));
  // One of an earlier version: the page in its place would be kept under its name.
  app.get('/assets/*', unknownAddress);
  app.use('*', serveStatic(keep('no-cache')));
  app.get('*', serveStatic({ ...keep('no-cache'), path: 'index.html' }));
}

function asRefusal(context: HttpContext, error: Error): Refusal {
  if (error instanceof Refusal) return error;
  const { logger, outages } = context.engine;
  if (!outages.tell(error)) logger.error({ err: error }, 'a request failed in an unforeseen way');
  return refusalOfDatabase(error) ?? new Refusal('internal', 'The log of the service says more.');
}
