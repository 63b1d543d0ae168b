import { expect, test } from 'vitest';
import { whoLeaves } from './making-room.ts';

const lane = (name: string, beganMs: number, leaving = false) => ({ name, beganMs, leaving });
const names = (lanes: readonly { name: string }[]) => lanes.map(({ name }) => name);

test('The lanes worked longest make room, and no more than are needed', () => {
  const held = [lane('new', 900), lane('oldest', 100), lane('old', 200)];
  const leaving = whoLeaves(held, { staysAtMost: 1, nowMs: 2_000, turnMs: 1_000 });
  expect(names(leaving)).toEqual(['oldest', 'old']);
  expect(whoLeaves(held, { staysAtMost: 3, nowMs: 2_000, turnMs: 1_000 })).toEqual([]);
});

test('A lane whose turn is not over stays', () => {
  const held = [lane('new', 1_500), lane('newer', 1_800)];
  expect(whoLeaves(held, { staysAtMost: 1, nowMs: 2_000, turnMs: 1_000 })).toEqual([]);
});

test('One that is leaving is not asked again, and takes no place', () => {
  const held = [lane('leaving', 100, true), lane('old', 200), lane('new', 300)];
  const leaving = whoLeaves(held, { staysAtMost: 1, nowMs: 2_000, turnMs: 1_000 });
  expect(names(leaving)).toEqual(['old']);
});
