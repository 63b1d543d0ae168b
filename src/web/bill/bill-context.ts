/** The bill the tabs are about, as last heard. */
import { createContext, use } from 'react';
import type { BillShape } from '../../contract/bill-shapes.ts';

export const BillContext = createContext<BillShape | null>(null);

export function useBill(): BillShape {
  const bill = use(BillContext);
  if (!bill) throw new Error('useBill is for what lies under a bill page');
  return bill;
}
