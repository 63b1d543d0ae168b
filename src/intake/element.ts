/**
 * An element of the file, and how to find one: by the namespace's address, never by its prefix, which
 * is the sender's own business (`cbc:ID`, `n0:ID` and `<ID xmlns="…">` are one). Paths are written
 * with the customary prefixes: `cac:Party/cbc:Name`.
 */

export interface XmlElement {
  readonly namespace: string;
  /** Without prefix. */
  readonly name: string;
  /** Attributes without prefix; null when there are none. */
  readonly attributes: ReadonlyMap<string, string> | null;
  readonly parent: XmlElement | null;
  readonly children: readonly XmlElement[];
  /** The text, where there are no children. */
  readonly text: string;
  /** Where it begins in the file's text. */
  readonly offset: number;
}

export const NAMESPACES = {
  cac: 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
  cbc: 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
  ext: 'urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2',
} as const;

export const INVOICE_NAMESPACE = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2';
export const CREDIT_NOTE_NAMESPACE = 'urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2';

interface Step {
  readonly namespace: string;
  readonly name: string;
}

const stepsOf = new Map<string, readonly Step[]>();

/** Paths are constants of this folder, so the map stays small. */
function parsePath(path: string): readonly Step[] {
  let steps = stepsOf.get(path);
  if (!steps) {
    steps = path.split('/').map((step) => {
      const [prefix = '', name = ''] = step.split(':');
      return { namespace: NAMESPACES[prefix as keyof typeof NAMESPACES], name };
    });
    stepsOf.set(path, steps);
  }
  return steps;
}

/** All elements on a path, in the order of the file. */
export function every(from: XmlElement, path: string): XmlElement[] {
  let found: XmlElement[] = [from];
  for (const { namespace, name } of parsePath(path)) {
    const next: XmlElement[] = [];
    for (const element of found) {
      for (const child of element.children) {
        if (child.name === name && child.namespace === namespace) next.push(child);
      }
    }
    found = next;
  }
  return found;
}

/** The first element on a path, looking into each step's first that leads on. */
export function first(from: XmlElement, path: string): XmlElement | undefined {
  return firstOn(from, parsePath(path), 0);
}

function firstOn(from: XmlElement, steps: readonly Step[], at: number): XmlElement | undefined {
  const step = steps[at];
  if (!step) return from;
  for (const child of from.children) {
    if (child.name !== step.name || child.namespace !== step.namespace) continue;
    const found = firstOn(child, steps, at + 1);
    if (found) return found;
  }
  return undefined;
}

/** `/Invoice/cac:InvoiceLine[2]/cbc:ID`, whatever prefixes the file has. */
export function placeOf(element: XmlElement): string {
  const { parent, name } = element;
  if (!parent || ROOTS.has(element.namespace)) return `/${name}`;
  const twins = parent.children.filter(
    (child) => child.name === name && child.namespace === element.namespace,
  );
  const index = twins.length > 1 ? `[${twins.indexOf(element) + 1}]` : '';
  return `${placeOf(parent)}/${customaryPrefix(element.namespace)}${name}${index}`;
}

const ROOTS = new Set([INVOICE_NAMESPACE, CREDIT_NOTE_NAMESPACE]);

function customaryPrefix(namespace: string): string {
  const known = Object.entries(NAMESPACES).find(([, address]) => address === namespace);
  return known ? `${known[0]}:` : '';
}
