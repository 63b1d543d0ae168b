/** One text for one value: JSON with sorted keys and nothing undefined, so that a hash can be made again. */
export function canonicalJson(value: unknown): string {
  if (!isNested(value)) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const keys = Object.keys(value).sort();
  // In the order of the keys that are named; of what is nested it would keep only those, too.
  if (!keys.some((key) => isNested(value[key]))) return JSON.stringify(value, keys);
  const entries = keys.flatMap((key) =>
    value[key] === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(value[key])}`],
  );
  return `{${entries.join(',')}}`;
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
