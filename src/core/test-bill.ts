/** Sample bills for tests: an office supply shop's invoice of 125.00 DKK, and what a test makes of it. */
import type { Bill, BillLine, Payment } from './bill.ts';

export const BILL_ID = '01980000-0000-7000-8000-00000000b111';
export const COMPANY_ID = '01980000-0000-7000-8000-0000000c0111';
export const PAYMENT_ID = '01980000-0000-7000-8000-00000000aaaa';

export function sampleLine(given: Partial<BillLine> = {}): BillLine {
  return {
    id: '1',
    kind: 'line',
    description: 'Papir',
    netMinor: 100_00,
    vatMinor: 25_00,
    vatCategory: 'S',
    vatPercent: '25',
    vatCode: null,
    category: null,
    department: null,
    project: null,
    ...given,
  };
}

export function samplePayment(given: Partial<Payment> = {}): Payment {
  return {
    id: PAYMENT_ID,
    kind: 'registered',
    amountMinor: 125_00,
    paidOn: '2026-11-20',
    account: null,
    ...given,
  };
}

export function sampleBill(given: Partial<Bill> = {}): Bill {
  return {
    id: BILL_ID,
    companyId: COMPANY_ID,
    revision: 1,
    kind: 'invoice',
    status: 'added',
    number: 'F-1001',
    supplier: { name: 'Kontorlageret Demo A/S', vatNumber: 'DK98250107', country: 'DK' },
    issuedOn: '2026-11-02',
    dueOn: '2026-11-30',
    currency: 'DKK',
    lines: [sampleLine()],
    roundingMinor: 0,
    prepaidMinor: 0,
    note: '',
    department: null,
    project: null,
    paymentMeans: [],
    payments: [],
    attachments: [],
    notices: [],
    duplicateOf: null,
    acceptedAsSeparate: false,
    addedAt: '2026-11-02T08:00:00.000Z',
    changedAt: '2026-11-02T08:00:00.000Z',
    ...given,
  };
}
