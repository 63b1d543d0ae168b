/** The OpenAPI document, held to the rules of OpenAPI 3.1.0 that a generator of clients relies on. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Endpoint, problemsOf } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { openApi } from './openapi.ts';
import { PROBLEMS } from './problems.ts';
import { referencePage } from './reference.ts';

const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const content = z.record(z.string(), z.strictObject({ schema }));
const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().optional(),
  schema,
});
const operation = z.strictObject({
  operationId: z.string().min(1),
  tags: z.array(z.string()).min(1),
  summary: z.string().min(1),
  description: z.string().optional(),
  parameters: z.array(parameter),
  requestBody: z.strictObject({ required: z.literal(true), content }).optional(),
  responses: z.record(
    z.string().regex(/^[2-5]\d\d$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.unknown()).optional(),
      content,
    }),
  ),
});
const document = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string().startsWith('/'), z.record(z.string(), operation)),
});

const described = openApi('1.2.3');
const { paths } = document.parse(described);
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, each]) => ({ path, method, ...each })),
);

describe('The OpenAPI document', () => {
  test('survives the journey as JSON, and names the version', () => {
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
    expect(document.parse(described).info.version).toBe('1.2.3');
  });

  test('has every endpoint of the contract once, under an id of its own', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.toSorted()).toEqual(Object.keys(endpoints).toSorted());
    const addresses = operations.map(({ path, method }) => `${method} ${path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  test('declares each parameter of a path, and none that is not in it', () => {
    for (const { path, parameters } of operations) {
      const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      const declared = parameters.filter((each) => each.in === 'path');
      expect(new Set(declared.map(({ name }) => name)), path).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
      const keys = parameters.map((each) => `${each.in} ${each.name}`);
      expect(new Set(keys).size, path).toBe(keys.length);
    }
  });

  test('has no two paths that an address could mean both', () => {
    const templates = Object.keys(paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(new Set(templates).size).toBe(templates.length);
  });

  test('has no reference that leads nowhere', () => {
    const references: string[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (key === '$ref') references.push(String(inner));
        walk(inner);
      }
    };
    walk(described);
    const lost = references.filter((reference) => {
      const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
      const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
      let at: unknown = described;
      for (const name of names) at = (at as Record<string, unknown> | undefined)?.[name];
      return !reference.startsWith('#') || at === undefined;
    });
    expect(lost).toEqual([]);
  });

  test('has only schemas of JSON Schema 2020-12, each saying something', () => {
    const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
    const walk = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { type, required, properties, pattern } = value as Record<string, unknown>;
      if (typeof type === 'string') expect(types, at).toContain(type);
      if (typeof pattern === 'string') expect(() => new RegExp(pattern, 'u'), at).not.toThrow();
      if (Array.isArray(required) && properties)
        expect(Object.keys(properties), at).toEqual(expect.arrayContaining(required));
      for (const [key, inner] of Object.entries(value)) walk(inner, `${at}/${key}`);
    };
    walk(described, '');
    // The bodies of answers are spelled out, not "anything".
    for (const { responses, operationId } of operations) {
      for (const each of Object.values(responses)) {
        for (const { schema } of Object.values(each.content))
          expect(Object.keys(schema).length, operationId).toBeGreaterThan(0);
      }
    }
  });

  test('gives a reading request no body, and says which problems it answers with', () => {
    for (const { operationId, method, requestBody, responses } of operations) {
      if (method === 'get' || method === 'delete') expect(requestBody).toBeUndefined();
      const endpoint: Endpoint = endpoints[operationId as keyof typeof endpoints];
      expect(Object.keys(responses)).toContain(String(endpoint.status));
      for (const code of problemsOf(endpoint)) {
        const response = responses[String(PROBLEMS[code].status)];
        expect(response?.description, `${operationId} ${code}`).toContain(`\`${code}\``);
        expect(Object.keys(response?.content ?? {})).toEqual(['application/problem+json']);
      }
    }
  });
});

describe('The reference page', () => {
  const page = referencePage('1.2.3');

  test('shows every endpoint and every problem, and its links lead somewhere', () => {
    const ids = new Set([...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id));
    for (const name of Object.keys(endpoints)) expect(ids).toContain(name);
    for (const code of Object.keys(PROBLEMS)) expect(ids).toContain(`problem-${code}`);
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
  });

  test('is whole HTML without scripts, and every text in it is escaped', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).not.toMatch(/<script|\son\w+=|style=/i);
    const open: string[] = [];
    for (const [, closing, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (['meta', 'link'].includes(name)) continue;
      if (closing) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
    expect(referencePage('<b>&"')).toContain('&lt;b&gt;&amp;&quot;');
  });
});
