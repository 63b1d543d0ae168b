/** For tests: values that programs stumble over, and ways to spoil a good request with them. */
import * as fc from 'fast-check';

const KNOWN_TROUBLE = [
  '',
  ' ',
  '\u{0}',
  'a\u{0}b',
  '\ud800',
  'x\udfff',
  '\u{feff}',
  '\u{202e}abc',
  '\u{1b}[2J',
  '\u{85}',
  '𝔖𝔭𝔬𝔯',
  'e\u{301}'.repeat(50),
  '\u{fdfa}'.repeat(200),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  'NaN',
  'Infinity',
  '-0',
  '1e400',
  '0x10',
  '1,5',
  '9999999999999.9999',
  '-9999999999999.99',
  '99999999999999999999',
  '0000-01-01',
  '9999-12-31',
  '2026-02-30',
  '2026-11-24',
  'JPY',
  'KWD',
  'XXX',
  'zzz',
  "' or 1=1 --",
  '%',
  '%00',
  '%%_\\',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '${7*7}',
  '{{7*7}}',
  'x'.repeat(201),
  'x'.repeat(5_000),
  'æøå'.repeat(2_000),
  '00000000-0000-0000-0000-000000000000',
  '01932D2A-0000-7000-8000-000000000000',
];

const halves = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...KNOWN_TROUBLE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 250 }) },
  { weight: 1, arbitrary: halves },
  { weight: 1, arbitrary: fc.stringMatching(/^-?\d{1,14}(\.\d{1,5})?$/) },
);

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

/** Any JSON value, with text and keys of the nasty kind. */
export const nastyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: nastyText },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      0.1,
      1e308,
      -1e-308,
      2 ** 53,
      2 ** 31,
      [],
      {},
      [[]],
      deep(500),
    ),
  },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.array(nastyText, { maxLength: 5 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(nastyText, nastyText), { maxLength: 5 }).map(ownEntries),
  },
);

/** With `__proto__` as a key like any other. */
function ownEntries(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
  return object;
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [at, ...keys.flatMap((key) => pathsIn((value as never)[key], [...at, key]))];
}

function spoilAt(value: unknown, path: Path, spoil: (inner: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return spoil(value);
  const inner = (value as Record<string | number, unknown>)[key];
  const spoilt = spoilAt(inner, rest, spoil);
  if (Array.isArray(value)) return value.with(key as number, spoilt);
  const entries = Object.entries(value as object);
  return ownEntries(
    entries.flatMap(([name, each]) =>
      name !== key
        ? [[name, each] as const]
        : spoilt === undefined
          ? []
          : [[name, spoilt] as const],
    ),
  );
}

/** A good body with one or two places made nasty: replaced, left out, or with one more beside. */
export function spoilt(good: unknown): fc.Arbitrary<unknown> {
  const one = (value: unknown): fc.Arbitrary<unknown> =>
    fc
      .tuple(fc.constantFrom(...pathsIn(value)), nastyJson, nastyText, fc.nat(9))
      .map(([path, nasty, key, kind]) =>
        spoilAt(value, path, (inner) => {
          if (kind === 0 && path.length > 0 && typeof path.at(-1) === 'string') return undefined;
          if (kind === 1 && typeof inner === 'object' && inner !== null && !Array.isArray(inner))
            return ownEntries([...Object.entries(inner), [key, nasty]]);
          return nasty;
        }),
      );
  return fc.oneof(
    { weight: 3, arbitrary: one(good) },
    { weight: 1, arbitrary: one(good).chain(one) },
  );
}
