import { expect, test } from 'vitest';
import { readableBody } from './readable-body.ts';

test('JSON is laid out over lines', () => {
  expect(readableBody('{"a":[1,2]}')).toBe('{\n  "a": [\n    1,\n    2\n  ]\n}');
});

test('what is no JSON, or is cut short, is shown as it was sent', () => {
  for (const body of ['<html>nope</html>', '{"a": 1', '', 'plain'])
    expect(readableBody(body)).toBe(body);
});

test('a number too long to be read exactly is never rewritten', () => {
  expect(readableBody('{"id":12345678901234567891}')).toBe('{"id":12345678901234567891}');
});
