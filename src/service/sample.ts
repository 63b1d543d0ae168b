/**
 * The sample company: real e-invoices, imported over the API like anybody's, on a plain-text ledger.
 * Made once, when there is no company yet; what people do to it afterwards stays.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../client/client.ts';

const INVOICES = fileURLToPath(new URL('../intake/samples/', import.meta.url));

const SENT_TWICE = 'phone-2026-10.xml';

/** By what the file is called: the company's category, and its account in the ledger. */
const CATEGORIES: Readonly<Record<string, readonly [category: string, account: string]>> = {
  accountant: ['Revisor', 'Omkostninger:Administration:Revisor'],
  ads: ['Markedsføring', 'Omkostninger:Salg:Markedsføring'],
  cleaning: ['Rengøring', 'Omkostninger:Lokaler:Rengøring'],
  coffee: ['Personale', 'Omkostninger:Personale:Kaffe og frugt'],
  electricity: ['El og varme', 'Omkostninger:Lokaler:El og varme'],
  freight: ['Fragt', 'Omkostninger:Salg:Fragt'],
  hosting: ['Software', 'Omkostninger:Administration:Software'],
  insurance: ['Forsikring', 'Omkostninger:Administration:Forsikring'],
  'it-support': ['Software', 'Omkostninger:Administration:Software'],
  phone: ['Telefon og internet', 'Omkostninger:Administration:Telefon og internet'],
  rent: ['Husleje', 'Omkostninger:Lokaler:Husleje'],
  restaurant: ['Repræsentation', 'Omkostninger:Salg:Repræsentation'],
  tools: ['Småanskaffelser', 'Omkostninger:Administration:Småanskaffelser'],
};
const OTHERWISE = ['Kontorartikler', 'Omkostninger:Administration:Kontorartikler'] as const;

export async function makeSample(given: {
  url: string;
  dataDirectory: string;
  person: string;
}): Promise<{ bills: number } | null> {
  const client = createClient({ baseUrl: given.url, person: () => given.person });
  if ((await client.listCompanies()).items.length > 0) return null;
  const company = await client.createCompany({
    body: { name: 'Nordlys Kontor ApS', baseCurrency: 'DKK' },
  });
  const params = { companyId: company.id };
  await client.createConnection({
    params,
    body: {
      connector: 'journal',
      name: 'Regnskab (hledger)',
      // September is closed: its bills show a failure, what it means, and how one change mends them.
      settings: { folder: join(given.dataDirectory, 'regnskab'), lockedUntil: '2026-09-30' },
      rules: {
        defaultAccount: OTHERWISE[1],
        paymentAccount: 'Aktiver:Bank',
        accounts: Object.fromEntries([...Object.values(CATEGORIES), OTHERWISE]),
        vatCodes: { S25: 'I25' },
      },
    },
  });
  const files = (await readdir(INVOICES)).filter((name) => name.endsWith('.xml')).sort();
  for (const [index, file] of files.entries()) {
    const { bill } = await client.importBill({
      params,
      body: await readFile(join(INVOICES, file)),
    });
    const ofBill = { companyId: company.id, billId: bill.id };
    const [category] = categoryOf(file);
    const lines = bill.lines.map(({ id }) => ({ id, category }));
    await client.editBill({ params: ofBill, body: { lines } });
    // A company in the middle of its month: most bills approved, some of them paid.
    if (index % 4 !== 3) await client.approveBill({ params: ofBill });
    if (index % 3 === 0 && Number(bill.totals.outstanding) > 0) {
      await client.payBill({
        params: ofBill,
        body: {
          amount: bill.totals.outstanding,
          paidOn: bill.dueOn ?? bill.issuedOn,
          account: null,
        },
      });
    }
  }
  // Sent twice by the supplier: recognised, shown as a duplicate, not synced.
  await client.importBill({ params, body: await readFile(join(INVOICES, SENT_TWICE)) });
  return { bills: files.length + 1 };
}

function categoryOf(file: string): readonly [string, string] {
  const kind = Object.keys(CATEGORIES).find((name) => file.startsWith(`${name}-`));
  return kind === undefined ? OTHERWISE : CATEGORIES[kind]!;
}
