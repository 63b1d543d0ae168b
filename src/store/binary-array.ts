/**
 * Arrays of long texts as PostgreSQL takes them in binary: nothing is escaped on the way there and
 * nothing parsed on arrival, which for a batch of JSON is most of the work.
 *
 * The form is that of PostgreSQL's `array_recv` (src/backend/utils/adt/arrayfuncs.c, read 2026-11-25):
 * dimensions, whether there are nulls, the element's type, and per dimension its length and first
 * index; then each element with its length in bytes, -1 for null. All are 32-bit, big-endian.
 */

const TYPES = { text: 25, json: 114 } as const;

/** A parameter of the type `text[]` or `json[]`. */
export function binaryArray(type: keyof typeof TYPES, items: readonly (string | null)[]): Buffer {
  const lengths = items.map((item) => (item === null ? -1 : Buffer.byteLength(item)));
  const isEmpty = items.length === 0;
  const bytes = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), isEmpty ? 12 : 20);
  const buffer = Buffer.allocUnsafe(bytes);
  let at = 0;
  const put = (value: number) => void (at = buffer.writeInt32BE(value, at));
  put(isEmpty ? 0 : 1);
  put(items.includes(null) ? 1 : 0);
  put(TYPES[type]);
  if (isEmpty) return buffer;
  put(items.length);
  put(1);
  for (const [index, item] of items.entries()) {
    put(lengths[index]!);
    if (item !== null) at += buffer.write(item, at);
  }
  return buffer;
}
