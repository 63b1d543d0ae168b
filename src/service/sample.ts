/**
 * The sample company: real e-invoices, imported over the API like anybody's, on a plain-text ledger.
 * Made once, when there is no company yet; what people do to it afterwards stays.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../client/client.ts';

const INVOICES = fileURLToPath(new URL('../intake/samples/', import.meta.url));

/** The company's categories, by words of a line or a supplier. */
const CATEGORIES: readonly (readonly [RegExp, string, string])[] = [
  [/husleje|lokale|leje/i, 'Husleje', 'Omkostninger:Lokaler:Husleje'],
  [/strøm|el\b|elektricitet|varme|energi/i, 'El og varme', 'Omkostninger:Lokaler:El og varme'],
  [/rengøring/i, 'Rengøring', 'Omkostninger:Lokaler:Rengøring'],
  [
    /telefon|mobil|bredbånd|internet/i,
    'Telefon og internet',
    'Omkostninger:Administration:Telefon og internet',
  ],
  [
    /hosting|software|server|cloud|domæne|licens/i,
    'Software',
    'Omkostninger:Administration:Software',
  ],
  [/annonce|reklame|advert|campaign/i, 'Markedsføring', 'Omkostninger:Salg:Markedsføring'],
  [/restaur|frokost|middag|forplejning/i, 'Repræsentation', 'Omkostninger:Salg:Repræsentation'],
  [/fragt|transport|levering|kurer/i, 'Fragt', 'Omkostninger:Salg:Fragt'],
  [
    /revisor|bogføring|rådgivning|advokat/i,
    'Revisor og rådgivning',
    'Omkostninger:Administration:Revisor',
  ],
  [/forsikring/i, 'Forsikring', 'Omkostninger:Administration:Forsikring'],
];
const OTHERWISE = ['Kontorartikler', 'Omkostninger:Administration:Kontorartikler'] as const;

export async function makeSample(given: {
  url: string;
  dataDirectory: string;
  person: string;
}): Promise<{ bills: number } | null> {
  const client = createClient({ baseUrl: given.url, person: () => given.person });
  if ((await client.listCompanies()).items.length > 0) return null;
  const company = await client.createCompany({
    body: { name: 'Eksempel ApS', baseCurrency: 'DKK' },
  });
  const params = { companyId: company.id };
  await client.createConnection({
    params,
    body: {
      connector: 'journal',
      name: 'Regnskab (hledger)',
      settings: { folder: join(given.dataDirectory, 'regnskab') },
      rules: {
        defaultAccount: OTHERWISE[1],
        paymentAccount: 'Aktiver:Bank',
        accounts: Object.fromEntries([
          ...CATEGORIES.map(([, name, account]) => [name, account]),
          OTHERWISE,
        ]),
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
    const lines = bill.lines.map(({ id, description }) => ({
      id,
      category: (
        CATEGORIES.find(([words]) => words.test(`${description} ${bill.supplier.name}`)) ?? [
          null,
          OTHERWISE[0],
        ]
      )[1],
    }));
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
  return { bills: files.length };
}
