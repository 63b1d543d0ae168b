/** What an address names, or a refusal that says it names nothing. */
import type { Bill } from '../../core/bill.ts';
import { EditRefused } from '../../core/bill-edits.ts';
import { MoneyError } from '../../core/money.ts';
import { changeBill, type Edit } from '../../engine/record-change.ts';
import { findBill } from '../../store/bills.ts';
import { type Company, findCompany } from '../../store/companies.ts';
import { type Connection, findConnection } from '../../store/connections.ts';
import { readReconciliations, type Reconciliation } from '../../store/reconciliations.ts';
import type { RequestFacts } from '../context.ts';
import { refusalOf } from '../present/refusal-of.ts';
import { Refusal } from '../refusal.ts';

export async function foundCompany({ db }: RequestFacts, companyId: string): Promise<Company> {
  const company = await findCompany(db, companyId);
  if (!company) throw new Refusal('not-found', 'There is no such company.');
  return company;
}

export async function foundBill(
  { db }: RequestFacts,
  params: { companyId: string; billId: string },
): Promise<Bill> {
  const bill = await findBill(db, params.companyId, params.billId);
  if (!bill) throw new Refusal('not-found', 'There is no such bill.');
  return bill;
}

export async function foundConnection(
  { db }: RequestFacts,
  params: { companyId: string; connectionId: string },
): Promise<Connection> {
  const connection = await findConnection(db, params.companyId, params.connectionId);
  if (!connection) throw new Refusal('not-found', 'There is no such connection.');
  return connection;
}

/** One that is turned on. */
export async function enabledConnection(
  facts: RequestFacts,
  params: { companyId: string; connectionId: string },
): Promise<Connection> {
  const connection = await foundConnection(facts, params);
  if (!connection.enabled) throw refusalOf({ code: 'connection-off' });
  return connection;
}

export async function foundReconciliation(
  { db }: RequestFacts,
  params: { companyId: string; reconciliationId: string },
): Promise<Reconciliation> {
  const { companyId, reconciliationId: id } = params;
  const [one] = await readReconciliations(db, companyId, { id, before: null, limit: 1 });
  if (!one) throw new Refusal('not-found', 'There is no such reconciliation.');
  return one;
}

export function recordingOf({ db, person, context }: RequestFacts) {
  const { clock, ids } = context.engine;
  return { db, clock, ids, actor: person };
}

/** Changes a bill; what the edit refuses is answered as the problem it is. */
export async function changed(
  facts: RequestFacts,
  params: { companyId: string; billId: string },
  edit: Edit,
): Promise<Bill> {
  const change = () => changeBill(recordingOf(facts), params.companyId, params.billId, edit);
  try {
    const bill = await withinBounds(change);
    if (!bill) throw new Refusal('not-found', 'There is no such bill.');
    return bill;
  } catch (error) {
    if (error instanceof EditRefused) throw new Refusal(error.code, error.message);
    throw error;
  }
}

/** Amounts that can each be held, but not their sum. */
export async function withinBounds<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw new Refusal('invalid-request', `The amounts do not add up: ${error.message}.`);
  }
}
