/**
 * Text → elements: a strict reader of the XML an e-invoice may be, which is XML 1.0 without DOCTYPE.
 *
 * Why not a library: fast-xml-parser 5.12.1, tried here (2026-11-24), accepts much that is not XML
 * (undeclared prefixes, control characters, `&#0;`, `<` in attributes, unknown entities, crossed tags
 * unless its validator runs first), knows no places, and takes 4.3 s and 850 MB for one attachment of
 * 20 MB, since it gathers text character by character. Invoices come from strangers; this reader is
 * linear in the size of the file, cuts no text twice, and names the line and column of what is wrong.
 *
 * Must stay true: no recursion (depth is data), nothing expanded, nothing fetched.
 */
import type { XmlElement } from './element.ts';
import type { IntakeLimits } from './limits.ts';
import { failAt, NC_NAME, refuseForbiddenCharacters, resolveReferences } from './xml-text.ts';
import { positionOf } from './intake-error.ts';

/** `prefix:name`, and an attribute with its value; plain ASCII first, since it is twice as fast. */
const NAME = { plain: qname('[A-Za-z_][\\w.-]*', 'y'), full: qname(NC_NAME, 'uy') };
const ATTRIBUTE = { plain: attribute('[A-Za-z_][\\w.-]*', 'y'), full: attribute(NC_NAME, 'uy') };
const TAG_END = /[ \t\r\n]*(\/?)>/y;
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';
const MAX_ATTRIBUTES = 100;
const MAX_NAME = 200;

/** An element whose end tag has not come yet. */
interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
  readonly tag: string;
  /** The stretches of text so far; more than one where a comment or CDATA stands between. */
  readonly stretches: string[];
  /** Prefixes it declared; out of force again at its end. */
  readonly declared: readonly string[];
}

interface RawAttribute {
  readonly name: string;
  readonly value: string;
  readonly offset: number;
}

function qname(name: string, flags: string): RegExp {
  return new RegExp(`(?:(${name}):)?(${name})(?![^\\x00-\\x7F])`, flags);
}

function attribute(name: string, flags: string): RegExp {
  const blank = '[ \\t\\r\\n]';
  return new RegExp(
    `${blank}+((?:${name}:)?${name})${blank}*=${blank}*(?:"([^"<]*)"|'([^'<]*)')`,
    flags,
  );
}

/** Matches at a place; `full` where `plain` does not do. */
function matchAt(
  { plain, full }: { readonly plain: RegExp; readonly full: RegExp },
  text: string,
  at: number,
): RegExpExecArray | null {
  plain.lastIndex = at;
  full.lastIndex = at;
  return plain.exec(text) ?? full.exec(text);
}

export function parseXml(
  text: string,
  limits: Pick<IntakeLimits, 'maxDepth' | 'maxElements'>,
): XmlElement {
  refuseForbiddenCharacters(text);
  /** Prefix → its addresses, the one in force last. */
  const bindings = new Map<string, string[]>([['xml', [XML_NAMESPACE]]]);
  const open: OpenElement[] = [];
  let root: XmlElement | null = null;
  let elements = 0;
  let at = 0;
  if (/\S/.exec(text.slice(0, 1000))?.[0] !== '<') {
    failAt(text, 0, 'not-an-invoice', 'The file is not XML: it does not begin with "<".');
  }

  while (at < text.length) {
    const tag = text.indexOf('<', at);
    const end = tag === -1 ? text.length : tag;
    if (end > at) takeText(at, end);
    if (tag === -1) break;
    const next = text.charAt(tag + 1);
    if (next === '/') at = takeEndTag(tag);
    else if (next === '?') at = afterInstruction(text, tag);
    else if (next === '!') at = takeDeclaration(tag);
    else at = takeStartTag(tag);
  }
  const unclosed = open.at(-1);
  if (unclosed) {
    const { line } = positionOf(text, unclosed.offset);
    const message = `The file ends inside <${unclosed.tag}>, which begins on line ${line}.`;
    failAt(text, text.length, 'xml-truncated', message);
  }
  return (
    root ?? failAt(text, text.length, 'xml-truncated', 'The file ends before its first element.')
  );

  function takeText(from: number, to: number): void {
    const parent = open.at(-1);
    const stretch = text.slice(from, to);
    const blank = !/\S/.test(stretch);
    if (!parent) {
      if (blank) return;
      const offset = from + stretch.search(/\S/);
      failAt(text, offset, 'xml-malformed', 'Text stands outside the document’s element.');
    }
    if (blank && parent.stretches.length === 0) return;
    const closing = stretch.indexOf(']]>');
    if (closing !== -1)
      failAt(text, from + closing, 'xml-malformed', '"]]>" stands outside CDATA.');
    parent.stretches.push(resolveReferences(text, stretch, from));
  }

  /** Comment or CDATA; a DOCTYPE, and with it every entity, is refused. */
  function takeDeclaration(from: number): number {
    if (text.startsWith('<!--', from)) {
      const dashes = text.indexOf('--', from + 4);
      if (dashes === -1) failAt(text, from, 'xml-truncated', 'The file ends inside a comment.');
      if (text.charAt(dashes + 2) !== '>') {
        failAt(text, dashes, 'xml-malformed', 'A comment may not contain "--".');
      }
      return dashes + 3;
    }
    if (text.startsWith('<![CDATA[', from)) {
      const parent = open.at(-1);
      if (!parent)
        failAt(text, from, 'xml-malformed', 'CDATA stands outside the document’s element.');
      const end = text.indexOf(']]>', from + 9);
      if (end === -1) failAt(text, from, 'xml-truncated', 'The file ends inside CDATA.');
      parent.stretches.push(text.slice(from + 9, end));
      return end + 3;
    }
    const word = /^<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.exec(
      text.slice(from, from + 12),
    );
    if (word) {
      const message = `${word[0]} is refused: an invoice needs none, and entities are not expanded.`;
      failAt(text, from, 'xml-entities-refused', message);
    }
    if (from + 9 > text.length) failAt(text, from, 'xml-truncated', 'The file ends inside a tag.');
    return failAt(text, from, 'xml-malformed', 'After "<!" neither a comment nor CDATA follows.');
  }

  function takeEndTag(from: number): number {
    const element = open.pop();
    if (!element) return failAt(text, from, 'xml-malformed', 'An end tag stands alone.');
    const close = text.indexOf('>', from);
    if (close === -1) failAt(text, from, 'xml-truncated', 'The file ends inside an end tag.');
    const name = text.slice(from + 2, Math.min(close, from + 2 * MAX_NAME)).trimEnd();
    if (name !== element.tag) {
      const { line } = positionOf(text, element.offset);
      const message = `</${name.slice(0, 80)}> stands where </${element.tag}> is due (begun on line ${line}).`;
      failAt(text, from, 'xml-malformed', message);
    }
    closeElement(element);
    return close + 1;
  }

  function closeElement(element: OpenElement): void {
    if (element.children.length === 0) {
      element.text =
        element.stretches.length === 1 ? (element.stretches[0] ?? '') : element.stretches.join('');
    }
    element.stretches.length = 0;
    for (const prefix of element.declared) bindings.get(prefix)?.pop();
  }

  function takeStartTag(from: number): number {
    const parent = open.at(-1) ?? null;
    if (!parent && root) {
      failAt(text, from, 'xml-malformed', 'A second element stands beside the document’s element.');
    }
    elements++;
    if (elements > limits.maxElements) {
      failAt(text, from, 'xml-too-large', `More than ${limits.maxElements} elements.`);
    }
    if (open.length >= limits.maxDepth) {
      failAt(text, from, 'xml-too-deep', `Elements lie more than ${limits.maxDepth} deep.`);
    }
    const match = matchAt(NAME, text, from + 1);
    if (!match) failInTag(from, 'After "<" no element name follows.');
    const [tag, prefix = '', name = ''] = match;
    if (tag.length > MAX_NAME)
      failAt(text, from, 'xml-too-large', 'An element’s name is too long.');

    const raw: RawAttribute[] = [];
    let at = from + 1 + tag.length;
    // White space must come before an attribute, and seldom comes before the end.
    while (text.charCodeAt(at) <= 0x20) {
      const attribute = matchAt(ATTRIBUTE, text, at);
      if (!attribute) break;
      if (raw.length >= MAX_ATTRIBUTES) {
        failAt(text, at, 'xml-too-large', `More than ${MAX_ATTRIBUTES} attributes in <${tag}>.`);
      }
      const value = attribute[2] ?? attribute[3] ?? '';
      const end = at + attribute[0].length;
      const offset = end - value.length - 1;
      const resolved = resolveReferences(text, value.replace(/[\t\r\n]/g, ' '), offset);
      raw.push({ name: attribute[1] ?? '', value: resolved, offset: at });
      at = end;
    }
    TAG_END.lastIndex = at;
    const end = TAG_END.exec(text);
    if (!end) failInTag(at, `The tag <${tag} is not written as XML asks.`);

    const declared = declareNamespaces(raw);
    const element: OpenElement = {
      namespace: addressOf(prefix, from),
      name,
      attributes: plainAttributes(raw),
      parent,
      children: [],
      text: '',
      offset: from,
      tag,
      stretches: [],
      declared,
    };
    if (parent) parent.children.push(element);
    else root = element;
    if (end[1] === '/') closeElement(element);
    else open.push(element);
    return TAG_END.lastIndex;
  }

  /** A tag that no ">" ends was cut off; any other is wrong. */
  function failInTag(at: number, message: string): never {
    if (text.indexOf('>', at) !== -1) failAt(text, at, 'xml-malformed', message);
    const parent = open.at(-1);
    const where = parent ? `a tag within <${parent.tag}>` : 'a tag';
    return failAt(text, at, 'xml-truncated', `The file ends inside ${where}.`);
  }

  function declareNamespaces(raw: readonly RawAttribute[]): string[] {
    const declared: string[] = [];
    for (const { name, value, offset } of raw) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
      const prefix = name.slice(6);
      if ((prefix !== '' && value === '') || prefix === 'xmlns' || value === XMLNS_NAMESPACE) {
        failAt(text, offset, 'xml-malformed', `The namespace declaration ${name} is not allowed.`);
      }
      const stack = bindings.get(prefix);
      if (stack) stack.push(value);
      else bindings.set(prefix, [value]);
      declared.push(prefix);
    }
    return declared;
  }

  function addressOf(prefix: string, offset: number): string {
    const address = bindings.get(prefix)?.at(-1);
    if (address === undefined && prefix !== '') {
      failAt(text, offset, 'xml-malformed', `The namespace prefix "${prefix}" is not declared.`);
    }
    return address ?? '';
  }

  /** UBL's own attributes carry no prefix; the others are only checked. */
  function plainAttributes(raw: readonly RawAttribute[]): ReadonlyMap<string, string> | null {
    if (raw.length === 0) return null;
    const seen = new Set<string>();
    const plain = new Map<string, string>();
    for (const { name, value, offset } of raw) {
      const colon = name.indexOf(':');
      const isDeclaration = name === 'xmlns' || name.startsWith('xmlns:');
      const address = colon === -1 || isDeclaration ? '' : addressOf(name.slice(0, colon), offset);
      const key = isDeclaration || colon === -1 ? name : `{${address}}${name.slice(colon + 1)}`;
      if (seen.has(key)) {
        failAt(text, offset, 'xml-malformed', `The attribute "${name}" stands twice in one tag.`);
      }
      seen.add(key);
      if (colon === -1 && !isDeclaration) plain.set(name, value);
    }
    return plain.size === 0 ? null : plain;
  }
}

/** Skips `<?…?>`. The XML declaration is such an instruction, allowed at the very start only. */
function afterInstruction(text: string, from: number): number {
  const end = text.indexOf('?>', from + 2);
  if (end === -1) return failAt(text, from, 'xml-truncated', 'The file ends inside "<?".');
  const target = matchAt(NAME, text, from + 2)?.[0];
  if (target === undefined)
    return failAt(text, from, 'xml-malformed', 'After "<?" no name follows.');
  if (target.toLowerCase() === 'xml' && !(from === 0 && target === 'xml')) {
    failAt(text, from, 'xml-malformed', 'The XML declaration does not stand at the very start.');
  }
  return end + 2;
}
