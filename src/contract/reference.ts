/** The API's reference page, made from the contract: plain HTML, readable without any script. */
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { PROBLEMS } from './problems.ts';
import { openApi } from './openapi.ts';

export function referencePage(version: string): string {
  const groups = Map.groupBy(
    Object.entries(endpoints) as [string, Endpoint][],
    ([, { group }]) => group,
  );
  const document = openApi(version) as { paths: Record<string, Record<string, Operation>> };
  const toc = [...groups]
    .map(
      ([group, all]) =>
        `<li>${escape(group)}<ul>${all.map(([name, e]) => `<li><a href="#${name}">${escape(e.summary)}</a></li>`).join('')}</ul></li>`,
    )
    .join('');
  const sections = [...groups]
    .map(
      ([group, all]) =>
        `<h2>${escape(group)}</h2>${all.map(([name, e]) => section(name, e, document.paths[e.path]![e.method]!)).join('')}`,
    )
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Spor API ${escape(version)}</title><link rel="stylesheet" href="/reference.css"></head>
<body><nav aria-label="Contents"><p><strong>Spor API</strong> ${escape(version)}</p><p><a href="/v1/openapi.json">openapi.json</a> (OpenAPI 3.1)</p><ul>${toc}</ul></nav>
<main><h1>Spor API</h1>
<p>JSON over HTTP. Amounts are decimal strings in major units; days are <code>YYYY-MM-DD</code>; instants are UTC.
Lists come in pages: pass <code>next</code> as <code>cursor</code>. A write takes an <code>Idempotency-Key</code>: the same key with the same request is done once.
What is refused is answered as <code>application/problem+json</code> with a stable <code>code</code>.</p>
${sections}${problems()}</main></body></html>`;
}

interface Operation {
  readonly parameters: readonly {
    name: string;
    in: string;
    required: boolean;
    schema: { description?: string };
    description?: string;
  }[];
  readonly requestBody?: { readonly content: Record<string, { schema: unknown }> };
  readonly responses: Record<string, { content: Record<string, { schema: unknown }> }>;
}

function section(name: string, endpoint: Endpoint, operation: Operation): string {
  const rows = operation.parameters
    .map(
      (p) =>
        `<tr><td><code>${escape(p.name)}</code></td><td>${p.in}${p.required ? ', required' : ''}</td><td>${escape(p.description ?? p.schema.description ?? '')}</td></tr>`,
    )
    .join('');
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const answer = Object.values(operation.responses[String(endpoint.status)]?.content ?? {})[0]
    ?.schema;
  return `<section id="${name}"><h3>${escape(endpoint.summary)}</h3>
<p class="address"><b>${endpoint.method.toUpperCase()}</b> <code>${escape(endpoint.path)}</code></p>
${endpoint.description ? `<p>${escape(endpoint.description)}</p>` : ''}
${rows ? `<table><thead><tr><th>Name</th><th>Where</th><th>What</th></tr></thead><tbody>${rows}</tbody></table>` : ''}
${body ? shape('Request body', body) : ''}${answer ? shape(`Answer ${endpoint.status}`, answer) : ''}
${endpoint.problems.length > 0 ? `<p>Refuses with ${endpoint.problems.map((code) => `<a href="#problem-${code}"><code>${code}</code></a>`).join(', ')}.</p>` : ''}</section>`;
}

function shape(title: string, schema: unknown): string {
  return `<details><summary>${title}</summary><pre tabindex="0">${escape(JSON.stringify(schema, null, 2))}</pre></details>`;
}

function problems(): string {
  const rows = Object.entries(PROBLEMS)
    .map(
      ([code, { status, title }]) =>
        `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}</td></tr>`,
    )
    .join('');
  return `<h2>Problems</h2><table><thead><tr><th>Code</th><th>Status</th><th>Title</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export const referenceStyle = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: #8884; }
body { margin: 0; display: grid; grid-template-columns: minmax(14rem, 18rem) minmax(0, 1fr); }
nav { padding: 1.5rem; font-size: .875rem; position: sticky; top: 0; height: 100vh; overflow: auto; box-sizing: border-box; border-right: 1px solid var(--line); }
nav ul { padding-left: 1rem; }
main { padding: 1.5rem 2rem 6rem; max-width: 60rem; }
section { border-top: 1px solid var(--line); padding: .5rem 0 1rem; scroll-margin-top: 1rem; }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { overflow: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .25rem 1.25rem .25rem 0; vertical-align: top; }
.address b { font-size: .8125rem; letter-spacing: .04em; }
summary { cursor: pointer; padding: .25rem 0; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } main { padding: 1rem; } }
`;
