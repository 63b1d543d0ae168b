import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTranslator } from 'use-intl/core';
import da from './da.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };

const daKeys = leaves(da);
const enKeys = leaves(en);

test('Danish and English say the same things', () => {
  expect([...enKeys.keys()].sort()).toEqual([...daKeys.keys()].sort());
});

test('a text asks for the same values in both languages', () => {
  for (const [key, danish] of daKeys)
    expect(values(enKeys.get(key) ?? ''), key).toEqual(values(danish));
});

test('every text can be read by the one who fills it in', () => {
  for (const [locale, messages, keys] of [
    ['da', da, daKeys],
    ['en', en, enKeys],
  ] as const) {
    const problems: string[] = [];
    const t = createTranslator({
      locale,
      messages,
      onError: (error) => problems.push(error.message),
    });
    for (const [key, text] of keys) {
      const filled = Object.fromEntries(values(text).map((name) => [name, 2]));
      const said = t.markup(key as Parameters<typeof t.markup>[0], {
        ...filled,
        link: (words: string) => words,
      });
      expect(said, key).not.toMatch(/[{}<>]/);
    }
    expect(problems).toEqual([]);
  }
});

test('no text is left over, and none is asked for that is not there', () => {
  const root = join(import.meta.dirname, '..');
  const source = globSync('**/*.{ts,tsx}', { cwd: root })
    .filter((path) => !path.includes('.test.'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
  const plain = new Set([...source.matchAll(/\bt(?:\.rich|\.has)?\(\s*'([^']+)'/g)].map(keyOf));
  // `t(`sync.${state}`)`: every key of that shape counts as used.
  const shapes = [
    ...source.matchAll(/\bt(?:\.rich)?\(\s*`([^`]+)`|= `((?:field|setting)\.\$\{[\w.]+\})`/g),
  ].map(
    (match) =>
      new RegExp(
        `^${keyOf(match)
          .replaceAll('.', '\\.')
          .replaceAll(/\$\{.*?\}+/g, '.+')}$`,
      ),
  );
  const unused = [...daKeys.keys()].filter(
    (key) => !plain.has(key) && !shapes.some((shape) => shape.test(key)),
  );
  expect(unused).toEqual([]);
  expect([...plain].filter((key) => !daKeys.has(key))).toEqual([]);
});

function keyOf(match: RegExpMatchArray): string {
  return match[1] ?? match[2] ?? '';
}

function leaves(tree: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([name, value]: [string, string | object]) =>
      typeof value === 'string'
        ? [[path + name, value] as const]
        : [...leaves(value, `${path}${name}.`)],
    ),
  );
}

function values(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(/(?<!(?:=\d|one|other) )\{(\w+)(?=[,}])/g)].map((match) => match[1] ?? ''),
    ),
  ].sort();
}
