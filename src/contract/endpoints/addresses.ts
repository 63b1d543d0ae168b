/** What the addresses of the API are made of. */
import { z } from 'zod';
import * as s from '../scalars.ts';

export const company = '/v1/companies/{companyId}';
export const bill = `${company}/bills/{billId}` as const;
export const connection = `${company}/connections/{connectionId}` as const;

export const ofCompany = z.strictObject({ companyId: s.id });
export const ofBill = z.strictObject({ companyId: s.id, billId: s.id });
export const ofConnection = z.strictObject({ companyId: s.id, connectionId: s.id });

/** A keyset page: pass `next` as `cursor` to read on; null: that was all. */
export const page = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: s.cursor.nullable() });
