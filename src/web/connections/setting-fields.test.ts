import { expect, test } from 'vitest';
import { settingFields, settingsFrom, typedFrom, wrongSettings } from './setting-fields.ts';

const schema = {
  type: 'object',
  required: ['baseUrl', 'password', 'mode', 'pageSize'],
  properties: {
    baseUrl: { type: 'string', format: 'uri', description: 'Where the books are.' },
    password: { type: 'string' },
    mode: { type: 'string', enum: ['draft', 'booked'], default: 'draft' },
    pageSize: { type: 'integer', default: 50 },
    journalNumber: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    post: { type: 'boolean', default: true },
    lockedUntil: { type: ['string', 'null'], default: null },
    extra: { type: 'object' },
  },
};
const fields = settingFields(schema, ['password']);
const typed = typedFrom(fields, {});

test('each setting gets the field that suits it', () => {
  expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
    ['baseUrl', 'text'],
    ['password', 'secret'],
    ['mode', 'choice'],
    ['pageSize', 'number'],
    ['journalNumber', 'number'],
    ['post', 'yes-no'],
    ['lockedUntil', 'text'],
    ['extra', 'json'],
  ]);
});

test('a setting without a title is named after itself, in words', () => {
  expect(fields[0]?.label).toBe('Base url');
});

test('a setting with a default stands filled in and is not asked for', () => {
  expect(typed).toMatchObject({ mode: 'draft', pageSize: '50', post: 'true', lockedUntil: '' });
  expect(wrongSettings(fields, typed, false)).toEqual(['baseUrl', 'password']);
});

test('a secret that is kept need not be typed again, and is not sent when it is not', () => {
  const again = { ...typedFrom(fields, { baseUrl: 'https://books.example' }) };
  expect(wrongSettings(fields, again, true)).toEqual([]);
  expect(settingsFrom(fields, again)).not.toHaveProperty('password');
});

test('numbers, choices and JSON are sent as what they are', () => {
  const filled = {
    ...typed,
    baseUrl: ' https://books.example ',
    password: ' p ',
    extra: '{"a":1}',
  };
  expect(settingsFrom(fields, filled)).toEqual({
    baseUrl: 'https://books.example',
    password: ' p ',
    mode: 'draft',
    pageSize: 50,
    post: true,
    extra: { a: 1 },
  });
});

test('what is no number and no JSON is pointed out', () => {
  const filled = { ...typed, baseUrl: 'x', password: 'p', pageSize: 'many', extra: '{' };
  expect(wrongSettings(fields, filled, false)).toEqual(['pageSize', 'extra']);
});
