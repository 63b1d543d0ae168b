/** The bills of a run, small: a few suppliers, one line. */
import { addPayment, editDetails, markAsPaid } from '../src/core/bill-edits.ts';
import type { Bill, BillDetails } from '../src/core/bill.ts';
import type { ConnectionRules } from '../src/core/rules.ts';
import type { NewBill } from '../src/engine/record-change.ts';
import { CONFLICT_RULES, DEFAULT_RULES } from '../src/core/rules.ts';
import type { PostingKind } from '../src/core/posting.ts';

export function billDetails(number: number, choice: number): BillDetails {
  return {
    kind: choice % 10 === 0 ? 'credit-note' : 'invoice',
    number: `F-${number}`,
    supplier: { name: `Leverandør ${choice % 3}`, country: 'DK' },
    issuedOn: `2026-11-0${1 + (choice % 4)}`,
    dueOn: '2026-11-30',
    currency: 'DKK',
    lines: [
      {
        id: '1',
        kind: 'line',
        description: 'Papir',
        netMinor: 100_00 + choice,
        vatMinor: 25_00,
        vatCategory: 'S',
        vatPercent: '25',
        vatCode: null,
        category: choice % 2 === 0 ? 'kontor' : null,
        department: null,
        project: null,
      },
    ],
    roundingMinor: 0,
    prepaidMinor: 0,
    note: '',
    department: null,
    project: null,
    paymentMeans: [],
  };
}

/** The files that come with a bill, if any. */
export function filesOf(choice: number): NewBill['attachments'] {
  const file = (name: string) => ({
    name: `${name}.pdf`,
    mediaType: 'application/pdf',
    content: Buffer.from(`${name} ${choice}`),
  });
  if (choice % 9 === 0) return [file('faktura'), file('bilag')];
  return choice % 3 === 0 ? [file('faktura')] : [];
}

export function editOf(
  choice: number,
  salt: string,
): (bill: Bill) => ReturnType<typeof editDetails> {
  switch (choice % 5) {
    case 0:
      return choice % 2 === 0
        ? (bill) => editDetails(bill, { issuedOn: `2026-11-${10 + (choice % 20)}` })
        : (bill) => editDetails(bill, { dueOn: `2026-12-${10 + (choice % 20)}` });
    case 1:
      return (bill) => editDetails(bill, { number: `${bill.number}-${salt}` });
    case 2:
      return (bill) => editDetails(bill, { supplierName: `${bill.supplier.name} A/S` });
    case 3:
      return (bill) => editDetails(bill, { lines: () => [{ id: '1', netMinor: 200_00 + choice }] });
    default:
      return (bill) => editDetails(bill, { note: choice % 2 === 0 ? salt : '' });
  }
}

/** What a person makes of a record in the accounting system: a field, and what it says then. */
export function fieldByHand(kind: PostingKind, choice: number): [string, string | null] {
  const value = String(100 + choice);
  if (kind === 'supplier-payment') {
    switch (choice % 4) {
      case 0:
        return ['number', `B-${value}`];
      case 1:
        return ['paidOn', `2027-01-${10 + (choice % 20)}`];
      case 2:
        return ['amount', `${value}.50`];
      default:
        return ['account', `9${value}`];
    }
  }
  switch (choice % 7) {
    case 0:
      return ['number', `B-${value}`];
    case 1:
      return ['dueOn', choice % 2 === 0 ? null : `2027-01-${10 + (choice % 20)}`];
    case 2:
      return ['note', choice % 2 === 0 ? null : `Set ${value}`];
    case 3:
      return ['lines.1.account', `9${value}`];
    case 4:
      // The sum stands beside it, as it was.
      return ['lines.1.net', `${value}.50`];
    case 5:
      return ['lines.1.description', `Papir ${value}`];
    default:
      // No neutral document can say so of another supplier's bill.
      return ['supplier', `Grossist ${value}`];
  }
}

export function payment(id: string, choice: number): (bill: Bill) => ReturnType<typeof addPayment> {
  // All of it or a part, so that another may be too much while this one is there.
  const paidOn = '2026-11-20';
  if (choice % 3 === 0) return (bill) => markAsPaid(bill, id, paidOn);
  const amountMinor = 10_00 + choice;
  return (bill) => addPayment(bill, { id, kind: 'registered', amountMinor, paidOn, account: null });
}

export function rulesOf(choice: number): ConnectionRules {
  return {
    ...DEFAULT_RULES,
    defaultAccount: '5010',
    paymentAccount: '5820',
    beginOn: (['added', 'added', 'added', 'approved', 'paid'] as const)[choice % 5]!,
    onConflict: (['ask', 'ask', 'bill-wins', 'accounting-system-wins'] as const)[choice % 4]!,
    quietMs: choice % 2 === 0 ? 0 : 2_000,
  };
}

export function changedRules(choice: number): Partial<ConnectionRules> {
  const nth = Math.floor(choice / 7);
  switch (choice % 7) {
    case 0:
      return { defaultAccount: `50${10 + nth}` };
    case 1:
      return { supplierPayments: nth % 2 === 0 };
    case 2:
      return { supplierInvoices: nth % 2 === 0 };
    case 3:
      return { beginOn: (['added', 'added', 'approved', 'paid'] as const)[nth % 4]! };
    case 4:
      return { onConflict: CONFLICT_RULES[nth % 3]! };
    case 5:
      return {
        optOuts:
          nth % 2 === 0
            ? [{ posting: 'both', supplierName: 'Leverandør 1', reason: 'Egen aftale' }]
            : [],
      };
    default:
      return { defaultAccount: nth % 2 === 0 ? null : '5010' };
  }
}
