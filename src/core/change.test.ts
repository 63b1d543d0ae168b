import { expect, test } from 'vitest';
import { billChanges } from './change.ts';
import { sampleBill, sampleLine } from './test-bill.ts';

const before = sampleBill();

test('A bill that says the same has no changes', () => {
  expect(billChanges(before, { ...before, revision: 7, changedAt: '2027-01-01' })).toEqual([]);
});

test('A new due date is one change, from the old date to the new', () => {
  expect(billChanges(before, { ...before, dueOn: '2026-12-15' })).toEqual([
    { kind: 'due-date-changed', subject: null, before: '2026-11-30', after: '2026-12-15' },
  ]);
  expect(billChanges(before, { ...before, dueOn: null })[0]).toMatchObject({ after: null });
});

test('Each field has a change of its own', () => {
  const after = {
    ...before,
    number: 'F-2',
    supplier: { name: 'En anden' },
    issuedOn: '2026-11-03',
    note: 'Husk moms',
    department: 'SALG',
    project: 'P-1',
  };
  expect(billChanges(before, after).map(({ kind }) => kind)).toEqual([
    'number-changed',
    'supplier-changed',
    'issue-date-changed',
    'note-changed',
    'department-changed',
    'project-changed',
  ]);
});

test('A change of a line names the line', () => {
  const after = { ...before, lines: [sampleLine({ category: 'Kontor' })] };
  expect(billChanges(before, after)).toEqual([
    { kind: 'category-changed', subject: '1', before: null, after: 'Kontor' },
  ]);
});

test('Another amount on a line is seen on the line and on the total', () => {
  const after = { ...before, lines: [sampleLine({ netMinor: 200_00, vatMinor: 50_00 })] };
  expect(billChanges(before, after)).toEqual([
    { kind: 'amount-changed', subject: '1', before: '100.00 + 25.00', after: '200.00 + 50.00' },
    { kind: 'amount-changed', subject: null, before: '125.00', after: '250.00' },
  ]);
});

test('Net moved to VAT changes the line though the total stays', () => {
  const after = { ...before, lines: [sampleLine({ netMinor: 105_00, vatMinor: 20_00 })] };
  expect(billChanges(before, after)).toEqual([
    { kind: 'amount-changed', subject: '1', before: '100.00 + 25.00', after: '105.00 + 20.00' },
  ]);
});

test('Lines that came and lines that went are seen', () => {
  const after = { ...before, lines: [sampleLine({ id: '2', description: 'Blyanter' })] };
  expect(billChanges(before, after)).toContainEqual(
    expect.objectContaining({ kind: 'amount-changed', subject: '1', after: null }),
  );
  expect(billChanges(before, after)).toContainEqual(
    expect.objectContaining({ kind: 'description-changed', subject: '2', after: 'Blyanter' }),
  );
});
