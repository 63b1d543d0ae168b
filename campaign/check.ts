/** Every bill against Tryton's books, and the log against what came to Tryton. */
import type { Person } from '../src/connectors/tryton/test-client.ts';
import type { Bill } from '../src/core/bill.ts';
import type { Pool } from '../src/store/pool.ts';
import type { CrashBill, CrashCompany } from '../test/support/crash-changes.ts';
import {
  attemptsOf,
  checkChain,
  checkLog,
  keyOfWrite,
  unloggedWrites,
} from '../test/support/log-checks.ts';
import { readBooks } from './books.ts';
import { compare, type Finding } from './compare.ts';
import type { Network } from './network.ts';
import { type KnownPosting, type WantedBill, wantedOf } from './wanted.ts';

type PostingRow = KnownPosting & { readonly state: string; readonly code: string | null };

export async function findingsOf(
  pool: Pool,
  companies: readonly CrashCompany[],
  network: Pick<Network, 'url' | 'received'>,
  admin: Person,
): Promise<Finding[]> {
  const wanted: WantedBill[] = [];
  const findings: Finding[] = [];
  for (const company of companies) {
    for (const bill of company.bills) {
      const seen = await billOf(pool, company, bill);
      wanted.push(...seen.wanted);
      findings.push(...seen.findings);
    }
  }
  findings.push(...compare(wanted, await readBooks(admin)));
  const received = network.received.map(({ method, path, sha256 }) =>
    keyOfWrite(method, path, sha256),
  );
  const ofLog = [
    ...(await checkLog(pool)),
    ...(await unloggedWrites(pool, network.url, received)),
    ...(await Promise.all(companies.map(({ id }) => checkChain(pool, id)))).flat(),
  ];
  const numbers = new Map(wanted.flatMap(({ bill, known }) => known.map(({ id }) => [id, bill])));
  return [
    ...findings,
    ...ofLog.map(({ what, postingId }) => ({
      kind: 'disagreement' as const,
      bill: numbers.get(postingId ?? '') ?? null,
      postingId,
      what,
      there: [],
    })),
  ];
}

/** The bill with its postings; and what is wrong before anybody looks into the books. */
async function billOf(
  pool: Pool,
  company: CrashCompany,
  { id, shape, revisions }: CrashBill,
): Promise<{ wanted: WantedBill[]; findings: Finding[] }> {
  const findings: Finding[] = [];
  const say = (kind: Finding['kind'], what: string, postingId: string | null = null) =>
    findings.push({ kind, bill: shape.number, postingId, what, there: [] });
  const { rows: bills } = await pool.query<{ document: Bill }>(
    `select document from bills where company_id = $1 and bill_id = $2`,
    [company.id, id],
  );
  const bill = bills[0]?.document;
  if (!bill) {
    say('loss', 'the bill was answered for and is gone');
    return { wanted: [], findings };
  }
  if (bill.revision !== revisions)
    say('loss', `it has ${bill.revision} revisions, and ${revisions} changes were answered for`);
  const { rows: known } = await pool.query<PostingRow>(
    `select posting_id as id, kind, payment_id as "paymentId", state, failure ->> 'code' as code
     from postings where company_id = $1 and bill_id = $2`,
    [company.id, id],
  );
  const { connecting } = company;
  const wanted = wantedOf(bill, known, {
    defaultAccount: connecting.defaultAccount,
    accounts: { Kontor: company.office },
    paymentAccount: '5820',
    booksApproved: connecting.booksApproved ?? false,
  });
  const isWanted = new Set([wanted.invoice, ...wanted.payments].map((one) => one?.reference));
  for (const posting of known) {
    const states = isWanted.has(posting.id) ? ['in-step'] : ['removed', 'off'];
    if (!states.includes(posting.state))
      say('disagreement', `${posting.kind} is ${posting.state} (${posting.code})`, posting.id);
  }
  return { wanted: [wanted], findings };
}

/** A finding as it is told, with the posting's attempts and what Tryton has. */
export async function storyOf(pool: Pool, finding: Finding): Promise<string> {
  const { kind, bill, postingId, what, there } = finding;
  return [
    `${kind}: bill ${bill ?? '?'}, posting ${postingId ?? '?'}: ${what}`,
    ...(postingId === null ? [] : await attemptsOf(pool, postingId)),
    ...there.map((record) => `  in Tryton ${JSON.stringify(record)}`),
  ].join('\n');
}
