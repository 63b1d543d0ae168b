import { expect, test } from 'vitest';
import { inPages } from './random-bytes.ts';

test('Every byte is given once, in pages, and what asks for more than a page gets it', () => {
  let next = 0;
  const asked: number[] = [];
  const draw = inPages((length) => {
    asked.push(length);
    return Uint8Array.from({ length }, () => next++);
  }, 4);
  expect([draw(3), draw(2), draw(2), draw(6)].map((bytes) => [...bytes])).toEqual([
    [0, 1, 2],
    [4, 5],
    [6, 7],
    [8, 9, 10, 11, 12, 13],
  ]);
  expect(asked).toEqual([4, 4, 6]);
});

test('Who changes what was given changes nothing that is given later', () => {
  const draw = inPages((length) => new Uint8Array(length), 8);
  draw(4).fill(1);
  expect([...draw(4)]).toEqual([0, 0, 0, 0]);
});
