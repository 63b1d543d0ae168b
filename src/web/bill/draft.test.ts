import { expect, test } from 'vitest';
import type { BillShape } from '../../contract/bill-shapes.ts';
import {
  conflicts,
  editOf,
  forget,
  insist,
  NO_DRAFT,
  shown,
  toEdit,
  type,
  wrongFields,
} from './draft.ts';

const locale = 'da-DK';

function sampleBill(change: Partial<BillShape> = {}): BillShape {
  return {
    id: '01900000-0000-7000-8000-000000000001',
    companyId: '01900000-0000-7000-8000-000000000002',
    revision: 3,
    kind: 'invoice',
    status: 'added',
    number: '1042',
    supplier: { name: 'Eksempel Kontorforsyning' },
    issuedOn: '2026-11-01',
    dueOn: '2026-12-01',
    currency: 'DKK',
    lines: [
      {
        id: '1',
        kind: 'line',
        description: 'Papir',
        net: '1000.00',
        vat: '250.00',
        vatCategory: 'S',
        vatPercent: '25',
        vatCode: null,
        category: 'Kontorartikler',
        department: null,
        project: null,
      },
    ],
    rounding: '0.00',
    prepaid: '0.00',
    totals: {
      net: '1000.00',
      vat: '250.00',
      total: '1250.00',
      payable: '1250.00',
      paid: '0.00',
      outstanding: '1250.00',
    },
    note: '',
    department: null,
    project: null,
    paymentMeans: [],
    payments: [],
    attachments: [],
    notices: [],
    duplicateOf: null,
    addedAt: '2026-11-02T08:00:00Z',
    changedAt: '2026-11-02T08:00:00Z',
    ...change,
  };
}

test('only what a person touched is sent, with the revision it was made on', () => {
  const bill = sampleBill();
  let draft = type(NO_DRAFT, bill, 'dueOn', '2026-12-15', locale);
  draft = type(draft, bill, 'lines.1.net', '1.100,5', locale);
  expect(toEdit(draft, bill, locale)).toEqual({
    expectedRevision: 3,
    dueOn: '2026-12-15',
    lines: [{ id: '1', net: '1100.5' }],
  });
});

test('typing a field back to what it was leaves nothing to save', () => {
  const bill = sampleBill();
  const draft = type(
    type(NO_DRAFT, bill, 'lines.1.category', 'Møder', locale),
    bill,
    'lines.1.category',
    'Kontorartikler',
    locale,
  );
  expect(draft).toEqual(NO_DRAFT);
});

test('an emptied category or due date is taken away, an emptied note is an empty note', () => {
  const bill = sampleBill({ note: 'Haster' });
  let draft = type(NO_DRAFT, bill, 'dueOn', '', locale);
  draft = type(draft, bill, 'note', '', locale);
  draft = type(draft, bill, 'lines.1.category', '', locale);
  expect(toEdit(draft, bill, locale)).toMatchObject({
    dueOn: null,
    note: '',
    lines: [{ id: '1', category: null }],
  });
});

test('what another person changed meanwhile shows at once in fields nobody typed in', () => {
  const draft = type(NO_DRAFT, sampleBill(), 'note', 'Min note', locale);
  const changed = sampleBill({ revision: 4, dueOn: '2026-12-24' });
  expect(shown(draft, changed, 'dueOn', locale)).toBe('24.12.2026');
  expect(conflicts(draft, changed, locale)).toEqual([]);
  expect(toEdit(draft, changed, locale)).toEqual({ expectedRevision: 4, note: 'Min note' });
});

test('two people on one field is a conflict, and neither is lost until one is chosen', () => {
  const draft = type(NO_DRAFT, sampleBill(), 'dueOn', '2026-12-15', locale);
  const changed = sampleBill({ revision: 4, dueOn: '2026-12-24' });
  expect(conflicts(draft, changed, locale)).toEqual(['dueOn']);
  expect(shown(draft, changed, 'dueOn', locale)).toBe('2026-12-15');

  const mine = insist(draft, changed, 'dueOn');
  expect(conflicts(mine, changed, locale)).toEqual([]);
  expect(toEdit(mine, changed, locale)).toEqual({ expectedRevision: 4, dueOn: '2026-12-15' });

  const theirs = forget(draft, 'dueOn');
  expect(shown(theirs, changed, 'dueOn', locale)).toBe('24.12.2026');
  expect(toEdit(theirs, changed, locale)).toBeNull();
});

test('typing on in a field in conflict does not hide the conflict', () => {
  const draft = type(NO_DRAFT, sampleBill(), 'note', 'Min', locale);
  const changed = sampleBill({ revision: 4, note: 'Deres' });
  expect(conflicts(type(draft, changed, 'note', 'Min note', locale), changed, locale)).toEqual([
    'note',
  ]);
});

test('two people who typed the same are no conflict', () => {
  const draft = type(NO_DRAFT, sampleBill(), 'dueOn', '2026-12-24', locale);
  expect(conflicts(draft, sampleBill({ revision: 4, dueOn: '2026-12-24' }), locale)).toEqual([]);
});

test('an amount that is none is pointed out and nothing is sent', () => {
  const bill = sampleBill();
  const draft = type(NO_DRAFT, bill, 'lines.1.vat', '2,5,0', locale);
  expect(wrongFields(draft, locale)).toEqual(['lines.1.vat']);
  expect(toEdit(draft, bill, locale)).toBeNull();
});

test('undo gives the bill its former values back, on the revision it now has', () => {
  const saved = sampleBill({ revision: 4, dueOn: '2026-12-15' });
  expect(editOf({ dueOn: '2026-12-01' }, saved)).toEqual({
    expectedRevision: 4,
    dueOn: '2026-12-01',
  });
});

test('a due date typed the Danish way is sent as the day it is', () => {
  const bill = sampleBill();
  const draft = type(NO_DRAFT, bill, 'dueOn', '15.12.2026', locale);
  expect(toEdit(draft, bill, locale)).toMatchObject({ dueOn: '2026-12-15' });
  expect(type(draft, bill, 'dueOn', '01.12.2026', locale)).toEqual(NO_DRAFT);
  expect(wrongFields(type(draft, bill, 'dueOn', '31.02.2026', locale), locale)).toEqual(['dueOn']);
});

test('amounts stand in fields the way the reader writes them', () => {
  expect(shown(NO_DRAFT, sampleBill(), 'lines.1.net', locale)).toBe('1.000,00');
  expect(shown(NO_DRAFT, sampleBill(), 'lines.1.net', 'en-GB')).toBe('1,000.00');
});
