/** Books are called what they are called in the database, or a second connection to them would not be known. */
import { expect, test } from 'vitest';
import { connectors } from './connectors.ts';

const booksOf = (id: string, settings: object) => {
  const { books, settings: shape } = connectors.get(id)!;
  return books?.(shape.parse(settings));
};

test('A journal is its folder', () => {
  expect(booksOf('journal', { folder: '/regnskab/' })).toBe('/regnskab');
  expect(booksOf('journal', { folder: '/regnskab', fileName: 'andet.journal' })).toBe('/regnskab');
});

test("Tryton's are the server's, the database's and the company's", () => {
  const given = {
    baseUrl: 'https://erp.example/',
    database: 'firma',
    username: 'spor',
    password: 'x',
  };
  expect(booksOf('tryton', given)).toBe('https://erp.example/firma');
  expect(booksOf('tryton', { ...given, username: 'en anden', takeTo: 'posted' })).toBe(
    'https://erp.example/firma',
  );
  expect(booksOf('tryton', { ...given, company: 'Nord' })).toBe('https://erp.example/firma/Nord');
});
