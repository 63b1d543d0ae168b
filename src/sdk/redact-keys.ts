/**
 * Secrets known by the name they stand under (`client_secret`, `X-Api-Key` …), whatever their value:
 * in JSON, in forms and queries, in headers. Works on text as it stands, so that the log shows what
 * was sent with only the secret gone, also when the text was cut short or is not quite JSON.
 */

const SECRET_NAME =
  /(?:password|passwd|passphrase|pwd|secret|token|apikey|accesskey|subscriptionkey|privatekey|authorization|assertion|codeverifier|cookie|credentials?)$/;

/** End like secrets, but are none: QuickBooks' record version, places in a list. */
const NOT_SECRET = new Set(['synctoken', 'pagetoken', 'nextpagetoken', 'continuationtoken']);

/** The same few hundred names come again with every exchange. */
const judged = new Map<string, boolean>();
const JUDGED_AT_MOST = 2_000;

export function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const squeezed = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const isSecret = SECRET_NAME.test(squeezed) && !NOT_SECRET.has(squeezed);
  if (judged.size >= JUDGED_AT_MOST) judged.clear();
  judged.set(name, isSecret);
  return isSecret;
}

const JSON_NAME = /"((?:[^"\\]|\\.){1,80})"\s*:\s*/g;

/** Replaces the value after each secret name; strings, numbers, lists and objects alike. */
export function maskJson(text: string, mask: string): string {
  let out = '';
  let from = 0;
  JSON_NAME.lastIndex = 0;
  for (let match = JSON_NAME.exec(text); match; match = JSON_NAME.exec(text)) {
    if (!isSecretName(unescaped(match[1]!))) continue;
    const start = match.index + match[0].length;
    const end = endOfValue(text, start);
    const value = text.slice(start, end);
    if (value !== 'null' && value !== '') {
      out += `${text.slice(from, start)}"${mask}"`;
      from = end;
    }
    JSON_NAME.lastIndex = Math.max(end, JSON_NAME.lastIndex);
  }
  return out + text.slice(from);
}

function unescaped(name: string): string {
  if (!name.includes('\\')) return name;
  return name.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Where a JSON value that begins at `start` ends; the end of the text when it is cut off. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') {
      at = endOfString(text, at);
      if (depth === 0) return Math.min(at + 1, text.length);
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (char === ',' || char === '\n' || char === '\r')) return at;
  }
  return text.length;
}

/** The closing quotation mark's place. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/** `a=1&client_secret=…`, also as the query of a URL. `code` is a secret in an OAuth form. */
export function maskForm(text: string, mask: string): string {
  return text.replaceAll(/(^|[?&;])([^=&;?#]{1,120})=([^&;#]*)/g, (whole, before, name, value) =>
    value !== '' && (name === 'code' || isSecretName(decoded(name)))
      ? `${before}${name}=${mask}`
      : whole,
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
