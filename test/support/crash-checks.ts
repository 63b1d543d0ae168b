/**
 * What must be so after everything was killed over and over: looked up in the database and in the
 * accounting system's own books, bill by bill. Each finding is a sentence, with the story of the
 * posting it is about.
 */
import { fromMinor, toMinor } from '../../src/core/money.ts';
import type { Bill } from '../../src/core/bill.ts';
import type { SandboxSystem } from '../../src/sdk/testing/sandbox-system.ts';
import type { Pool } from '../../src/store/pool.ts';
import type { CrashBill, CrashCompany } from './crash-changes.ts';
import {
  attemptsOf,
  checkChain,
  checkLog,
  type Finding,
  keyOfWrite,
  unloggedWrites,
} from './log-checks.ts';

interface PostingRow {
  readonly id: string;
  readonly billId: string;
  readonly kind: string;
  readonly paymentId: string | null;
  readonly state: string;
}

export async function checkAll(
  pool: Pool,
  system: SandboxSystem,
  companies: readonly CrashCompany[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const company of companies) {
    for (const bill of company.bills) {
      findings.push(...(await checkBill(pool, system, company, bill)));
    }
    findings.push(...(await checkChain(pool, company.id)));
  }
  findings.push(...checkCounts(system, companies));
  findings.push(...(await checkLog(pool)));
  findings.push(...(await unloggedWrites(pool, system.url, writesOf(system))));
  return findings;
}

/** The bill is as it was last answered, and the books say of it what it says. */
async function checkBill(
  pool: Pool,
  system: SandboxSystem,
  company: CrashCompany,
  { id, revisions }: CrashBill,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { rows } = await pool.query<{ document: Bill }>(
    `select document from bills where company_id = $1 and bill_id = $2`,
    [company.id, id],
  );
  const bill = rows[0]?.document;
  if (!bill) return [{ what: `bill ${id} was answered for and is gone`, postingId: null }];
  if (bill.revision !== revisions) {
    const what = `bill ${bill.number} has ${bill.revision} revisions and ${revisions} changes`;
    findings.push({ what, postingId: null });
  }
  const { rows: postings } = await pool.query<PostingRow>(
    `select posting_id as id, bill_id as "billId", kind, payment_id as "paymentId", state
     from postings where company_id = $1 and bill_id = $2`,
    [company.id, id],
  );
  const isCancelled = bill.status === 'cancelled';
  const invoice = postings.find(({ kind }) => kind === 'supplier-invoice');
  if (!invoice)
    return [...findings, { what: `bill ${bill.number} has no posting`, postingId: null }];
  const say = (postingId: string, what: string) =>
    findings.push({ what: `bill ${bill.number}: ${what}`, postingId });
  for (const posting of postings) {
    const payment = bill.payments.find((item) => item.id === posting.paymentId);
    const isWanted = !isCancelled && (posting.kind === 'supplier-invoice' || payment !== undefined);
    const there = system.books.count(posting.id);
    if (there !== (isWanted ? 1 : 0))
      say(posting.id, `the ${posting.kind} is there ${there} times`);
    const states = isWanted ? ['in-step'] : ['removed', 'off'];
    if (!states.includes(posting.state)) say(posting.id, `the ${posting.kind} is ${posting.state}`);
  }
  if (isCancelled) return findings;
  const [record] = system.books.invoices.find(invoice.id);
  const differs = (name: string, got: unknown, wanted: unknown, postingId: string) => {
    if (got !== wanted) say(postingId, `${name} is ${String(got)} there, not ${String(wanted)}`);
  };
  if (record) {
    const sign = bill.kind === 'credit-note' ? -1 : 1;
    const money = (minor: number) => fromMinor(minor * sign, bill.currency);
    differs('number', record.number, bill.number, invoice.id);
    differs('dueOn', record.dueOn, bill.dueOn, invoice.id);
    differs('note', record.memo, bill.note, invoice.id);
    differs('lines', record.lines.length, bill.lines.length, invoice.id);
    for (const line of bill.lines) {
      const its = record.lines.find(({ reference }) => reference === line.id);
      const account = line.category === 'Kontor' ? company.office : '5010';
      differs(`net of line ${line.id}`, its?.net, money(line.netMinor), invoice.id);
      differs(`VAT of line ${line.id}`, its?.vat, money(line.vatMinor), invoice.id);
      differs(`account of line ${line.id}`, its?.account, account, invoice.id);
    }
  }
  for (const payment of bill.payments) {
    const posting = postings.find(({ paymentId }) => paymentId === payment.id);
    if (!posting) {
      say(invoice.id, `payment ${payment.id} has no posting`);
      continue;
    }
    const [paid] = system.books.payments.find(posting.id);
    if (!paid) continue;
    const minor = Math.abs(toMinor(paid.amount, bill.currency));
    differs('amount', minor, payment.amountMinor, posting.id);
    differs('paidOn', paid.paidOn, payment.paidOn, posting.id);
    differs('invoice', paid.invoiceId, record?.id, posting.id);
  }
  return findings;
}

/** Nothing is there twice, and nothing is there that nobody asked for. */
function checkCounts(system: SandboxSystem, companies: readonly CrashCompany[]): Finding[] {
  const bills = companies.flatMap((company) => company.bills.map(({ shape }) => shape));
  const live = bills.filter(({ status }) => status !== 'cancelled');
  const wanted = {
    invoices: live.length,
    payments: live.reduce((sum, { payments }) => sum + payments.length, 0),
  };
  const { invoices, payments, duplicates } = system.books.counts();
  const findings: Finding[] = duplicates.map((reference) => ({
    what: `${reference} is there more than once`,
    postingId: /^[0-9a-f-]{36}$/.test(reference) ? reference : null,
  }));
  if (invoices !== wanted.invoices || payments !== wanted.payments) {
    const what = `there are ${invoices} invoices and ${payments} payments, wanted ${JSON.stringify(wanted)}`;
    findings.push({ what, postingId: null });
  }
  return findings;
}

function writesOf(system: SandboxSystem): string[] {
  return system.received.flatMap(({ method, path, query, body, sha256 }) => {
    if (method === 'GET' || path === '/token') return [];
    const target = query === '' ? path : `${path}?${query}`;
    return [keyOfWrite(method, target, body === '' ? null : sha256)];
  });
}

/** A posting's attempts and what the accounting system received about it, for whoever must find out. */
export async function storyOf(
  pool: Pool,
  system: SandboxSystem,
  postingId: string,
): Promise<string> {
  const { invoices, payments } = system.books;
  const records = [...invoices.find(postingId), ...payments.find(postingId)];
  const ids = records.map(({ id }) => id);
  const received = system.received.filter(
    ({ path, query, body }) =>
      `${query}${body}`.includes(postingId) || ids.some((id) => path.endsWith(`/${id}`)),
  );
  return [
    ...(await attemptsOf(pool, postingId)),
    ...received.map((r) => `  received ${r.method} ${r.path} ${r.status} ${r.fault ?? ''}`),
    ...records.map((record) => `  there ${JSON.stringify(record)}`),
  ].join('\n');
}
