import { expect, test } from 'vitest';
import { readBillFilter } from './bill-filter.ts';

test('an address with a state, a search and duplicates narrows the list to them', () => {
  expect(readBillFilter({ sync: 'failed', search: 'Nordlys', duplicates: 'only' })).toEqual({
    sync: 'failed',
    search: 'Nordlys',
    duplicates: 'only',
  });
});

test('a bill number in the address is searched for as text', () => {
  expect(readBillFilter({ search: 1042 })).toEqual({ search: '1042' });
});

test('what means nothing in the address is left out', () => {
  expect(readBillFilter({ sync: 'sideways', search: '', duplicates: 'no', page: 3 })).toEqual({});
});
