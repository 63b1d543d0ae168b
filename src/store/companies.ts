/** Companies: whose books are kept in step. */
import type { Queryable } from './pool.ts';

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly baseCurrency: string;
  readonly createdAt: Date;
}

const COLUMNS = `company_id as "id", name, base_currency as "baseCurrency", created_at as "createdAt"`;

export async function insertCompany(db: Queryable, company: Company): Promise<void> {
  await db.query(
    `insert into companies (company_id, name, base_currency, created_at)
     values ($1, $2, $3, $4)`,
    [company.id, company.name, company.baseCurrency, company.createdAt],
  );
}

export async function listCompanies(db: Queryable): Promise<Company[]> {
  const { rows } = await db.query<Company>(
    `select ${COLUMNS} from companies order by name, company_id`,
  );
  return rows;
}

export async function findCompany(db: Queryable, companyId: string): Promise<Company | null> {
  const { rows } = await db.query<Company>({
    name: 'find-company',
    text: `select ${COLUMNS} from companies where company_id = $1`,
    values: [companyId],
  });
  return rows[0] ?? null;
}
