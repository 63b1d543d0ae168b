import { expect, test } from 'vitest';
import { paidStanding } from './paid-standing.ts';

test.each([
  ['1250.00', '1250.00', 'unpaid'],
  ['1250.00', '1000.00', 'partly-paid'],
  ['1250.00', '0.00', 'settled'],
  ['1250.00', '-50.00', 'settled'],
  // There is nothing to pay.
  ['0.00', '0.00', 'unpaid'],
])('Of %s %s is outstanding: %s', (total, outstanding, standing) => {
  expect(paidStanding({ total, outstanding })).toBe(standing);
});
