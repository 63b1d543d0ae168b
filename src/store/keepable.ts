/**
 * Text as PostgreSQL can keep it. It refuses the character NUL and half a surrogate pair, and an
 * accounting system may send either: without this, one odd answer would keep the attempts of its
 * whole batch from being closed, again and again.
 */

/** The same value with `\ufffd` for every character that can't be kept; itself when there is none. */
export function keepable<T>(value: T): T {
  return keepableOf(value) as T;
}

/** What `JSON.stringify` writes for a character that can't be kept (or for the same letters, which does no harm). */
const ODD = /\\u(?:0000|d[89a-f])/;

/** The JSON of a value as it can be kept. */
export function keepableJson(value: unknown): string {
  const text = JSON.stringify(value);
  return ODD.test(text) ? JSON.stringify(keepable(value)) : text;
}

function keepableOf(value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return value;
    return value.toWellFormed().replaceAll('\0', '\ufffd');
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) {
    const items = value.map(keepableOf);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const before = Object.entries(value);
  const after = before.map(([name, item]) => [keepableOf(name), keepableOf(item)] as const);
  const isSame = after.every(
    ([name, item], index) => name === before[index]![0] && item === before[index]![1],
  );
  return isSame ? value : Object.fromEntries(after);
}
