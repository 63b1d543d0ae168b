/** A user who works for several companies in Tryton, and changes between them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  admin,
  bill,
  call,
  closeBooks,
  failureOf,
  invoice,
  open,
  openBooks,
  payment,
  TOTAL,
  write,
} from './test-books.ts';

const NO_OPTIONS = { idempotencyKey: '', supplierRemoteId: null };
const OURS = 'Nordlys Kontor ApS';
const OTHER = 'Sydlys Kontor ApS';

let [ours, other, user] = [0, 0, 0];
beforeEach(async () => {
  openBooks();
  [ours] = (await admin.search('company.company', [])) as [number];
  [user] = (await admin.search('res.user', [['login', '=', 'spor']])) as [number];
  const [currency] = await admin.search('currency.currency', [['code', '=', 'DKK']]);
  const [party] = await admin.call<number[]>('party.party.create', [{ name: OTHER }]);
  [other] = await admin.call<[number]>('company.company.create', [{ party, currency }]);
  await admin.call('res.user.write', [user], { companies: [['add', [other]]] });
});
afterEach(async () => {
  // Tryton remembers who works for whom, whatever books are put in the place of these.
  await worksFor(ours);
  await admin.call('res.user.write', [user], { companies: [['remove', [other]]] });
  await closeBooks();
});

const worksFor = async (company: number, filter: 'one' | 'all' = 'one') =>
  admin.call('res.user.write', [user], { company, company_filter: filter });

test('nothing is written until the settings say whose books are meant', async () => {
  const refused = await failureOf(write(open(), bill()));
  expect(refused).toMatchObject({ uncertain: false, details: { code: 'settings-wrong' } });
  expect(refused.details.originalMessage).toContain(`${OURS}, ${OTHER}`);
  expect((await failureOf(open().check(call()))).details.code).toBe('settings-wrong');

  const misnamed = await failureOf(open({ company: 'Nordlys' }).check(call()));
  expect(misnamed.details).toMatchObject({ code: 'settings-wrong', subject: 'company' });
  expect(misnamed.details.originalMessage).toContain(`it has to ${OURS}, ${OTHER}`);
  expect(await admin.search('account.invoice', [])).toEqual([]);
});

test('what can’t be seen while the user works for another company counts neither as gone nor as lacking', async () => {
  const session = open({ company: OURS });
  const document = bill();
  const posted = await write(session, document);
  const paid = payment(document, posted, 100_000);
  const part = await write(session, paid);

  await worksFor(other);
  const hidden = { code: 'settings-wrong', subject: 'company' };
  const on = { from: document.issuedOn, to: document.issuedOn };
  for (const work of [
    () => session.read(call(), posted.remoteId, document),
    () => session.find(call(), paid),
    () => session.findMany!(call(), [document]),
    () => session.update(call(), posted, { ...document, note: 'rettet' }, NO_OPTIONS),
    () => session.remove!(call(), part, paid, NO_OPTIONS),
    () => session.list!(call(), on, null),
    () => write(session, bill({ number: 'F-1002' })),
    () => open({ company: OURS }).check(call()),
  ])
    expect((await failureOf(Promise.resolve(work()))).details).toMatchObject(hidden);

  await worksFor(ours);
  const there = await session.read(call(), posted.remoteId, document);
  expect(there?.fields).toEqual(posted.fields);
  expect(await session.find(call(), paid)).toMatchObject(part);
  expect(await admin.search('account.invoice', [])).toHaveLength(1);
});

test('who sees all companies works in the books that are named, whichever is the current one', async () => {
  await worksFor(other, 'all');
  const session = open({ company: OURS });
  await session.check(call());
  const document = bill();
  const posted = await write(session, document);
  await write(session, payment(document, posted, TOTAL));
  expect(await invoice(posted.remoteId)).toMatchObject({ state: 'paid' });
  const companies = await admin.read<{ company: number }>('account.invoice', [], ['company']);
  expect(companies).toMatchObject([{ company: ours }]);

  // The other has no fiscal years.
  const there = open({ company: OTHER });
  expect(await there.find(call(), document)).toBeNull();
  expect((await failureOf(write(there, bill()))).details.code).toBe('date-rejected');
});
