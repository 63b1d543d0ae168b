/**
 * The shapes one secret takes on its way through a request, an answer and an error text: raw, inside
 * JSON (several writers' habits), in URLs and forms, in HTML, and inside base64 (HTTP Basic).
 *
 * Must stay true: every shape listed is one that some widely used encoder really writes; a shape that
 * is missing here is a secret that can reach the log.
 */

/** Shorter ones are no secrets: looking for them would blot out the log. */
export const SHORTEST_SECRET = 4;

export interface SecretForms {
  /** Replaced exactly where they stand. */
  readonly plain: readonly string[];
  /** Found inside a base64 word; the whole word goes. */
  readonly insideBase64: readonly string[];
}

export function secretForms(secret: string): SecretForms {
  const text = secret.toWellFormed();
  const plain = new Set<string>([secret, text]);
  for (const json of jsonForms(text)) {
    plain.add(json);
    plain.add(JSON.stringify(json).slice(1, -1));
  }
  for (const url of urlForms(text)) {
    plain.add(url);
    plain.add(url.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()));
    plain.add(encodeURIComponent(url));
  }
  plain.add(htmlForm(text, '&quot;', '&#39;'));
  plain.add(htmlForm(text, '&#34;', '&#039;'));
  plain.add(htmlForm(text, '&quot;', '&apos;'));
  plain.add(htmlForm(text, '&quot;', "'"));
  plain.add(htmlForm(text, '"', "'"));

  const insideBase64 = new Set<string>();
  for (const source of new Set([text, ...urlForms(text)])) {
    for (const core of base64Cores(source)) {
      insideBase64.add(core);
      insideBase64.add(core.replaceAll('+', '-').replaceAll('/', '_'));
      insideBase64.add(core.replaceAll('/', '\\/'));
      insideBase64.add(encodeURIComponent(core));
    }
  }
  return { plain: [...plain], insideBase64: [...insideBase64] };
}

/** As JavaScript writes it; with `\/` (PHP); ASCII only in either case of hex (PHP, Python, .NET); with `<>&'+` escaped (.NET). */
function jsonForms(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const forms = [plain];
  for (const hex of [lowerHex, upperHex]) {
    const ascii = plain.replaceAll(/[\u007f-\uffff]/g, hex);
    forms.push(ascii, ascii.replaceAll(/[<>&'+`]/g, hex));
    // .NET writes a quotation mark as \u0022, too.
    forms.push(ascii.replaceAll('\\"', hex('"')).replaceAll(/[<>&'+`]/g, hex));
  }
  forms.push(plain.replaceAll(/[<>&]/g, lowerHex));
  return [...forms, ...forms.map((form) => form.replaceAll('/', '\\/'))];
}

function lowerHex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function upperHex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function urlForms(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(/[!'()*]/g, percent);
  return [
    component,
    strict,
    strict.replaceAll('~', percent('~')),
    component.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
    encodeURI(text),
    new URLSearchParams([['', text]]).toString().slice(1),
  ];
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function htmlForm(text: string, quote: string, apostrophe: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', quote)
    .replaceAll("'", apostrophe);
}

/** What stays the same of a text's base64, whatever stands before and after it (three alignments). */
function base64Cores(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  return [0, 1, 2].map((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const wholeChars = Math.floor((padded.length * 8) / 6);
    const touchedByBefore = Math.ceil((before * 8) / 6);
    return padded.toString('base64').slice(touchedByBefore, wholeChars);
  });
}
