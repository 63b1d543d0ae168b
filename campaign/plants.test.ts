/** What ARCHITECTURE.md says of the planted mistakes is what there is. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLANTED } from '../simulation/plants.ts';
import { PLANTS } from './plants.ts';

test('Each planted mistake is told in ARCHITECTURE.md, with its invariant and what sees it', () => {
  const text = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
  const section = text.split('\n## Planted mistakes\n')[1]!.split('\n## ')[0]!;
  const told = section.split('\n').filter((line) => /^\| [ \d]/.test(line));
  const cells = told.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const simulated = PLANTED.map(({ invariant, mistake }) => [
    invariant === 'reconciliation' ? '' : `${invariant}`,
    mistake,
    'simulation',
  ]);
  const real = Object.entries(PLANTS).map(([name, { invariant, mistake, shows }]) => [
    `${invariant}`,
    mistake,
    `campaign, \`${name}\`: ${shows}`,
  ]);
  expect(cells).toHaveLength(simulated.length + real.length);
  expect(cells).toEqual(expect.arrayContaining([...simulated, ...real]));
});
