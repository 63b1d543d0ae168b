/** A user of Spor's own in Tryton, with no more rights than it needs, and with fewer. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dearer } from '../../sdk/testing/example-documents.ts';
import {
  admin,
  bill,
  call,
  closeBooks,
  failureOf,
  open,
  openBooks,
  payment,
  write,
} from './test-books.ts';

const NO_OPTIONS = { idempotencyKey: '', supplierRemoteId: null };

let given: readonly number[] = [];
beforeEach(async () => {
  openBooks();
  given = (await spor()).groups;
});
afterEach(async () => {
  // Tryton remembers who may do what, whatever books are put in the place of these.
  await inGroups(...given);
  await closeBooks();
});

async function spor(): Promise<{ id: number; groups: number[] }> {
  const domain = [['login', '=', 'spor']];
  const [user] = await admin.read<{ id: number; groups: number[] }>('res.user', domain, ['groups']);
  return user!;
}

/** Spor's user is in these groups and in no others. */
async function inGroups(...ids: readonly number[]): Promise<void> {
  const { id: user, groups } = await spor();
  const change = [
    ['remove', groups.filter((id) => !ids.includes(id))],
    ['add', ids.filter((id) => !groups.includes(id))],
  ];
  await admin.call('res.user.write', [user], { groups: change });
}

/** The one Tryton comes with. */
async function accounting(): Promise<number> {
  const domain = [
    ['module', '=', 'account'],
    ['fs_id', '=', 'group_account'],
  ];
  const [found] = await admin.read<{ db_id: number }>('ir.model.data', domain, ['db_id']);
  return found!.db_id;
}

/** A group that may look at invoices and moves, and write neither. */
async function readers(): Promise<number> {
  const models = await admin.search('ir.model', [
    [
      'model',
      'in',
      ['account.invoice', 'account.invoice.line', 'account.move', 'account.move.line'],
    ],
  ]);
  const rights = { perm_read: true, perm_write: false, perm_create: false, perm_delete: false };
  const [id] = await admin.call<number[]>('res.group.create', [
    { name: 'Læsere', model_access: [['create', models.map((model) => ({ model, ...rights }))]] },
  ]);
  return id!;
}

test('the group Accounting is enough for all that is done', async () => {
  await inGroups(await accounting());
  await open().check(call());

  const drafting = open({ takeTo: 'draft' });
  const draft = bill();
  const drafted = await write(drafting, draft);
  const corrected = await write(drafting, dearer(draft), drafted);
  await drafting.remove!(call(), corrected, dearer(draft), NO_OPTIONS);

  const session = open();
  const document = bill({ number: 'F-1002' });
  const posted = await write(session, document);
  const paid = payment(document, posted, 100_000);
  const part = await write(session, paid);
  expect(await session.findMany?.(call(), [document])).toHaveLength(1);
  expect(await session.find(call(), paid)).toMatchObject({ remoteId: part.remoteId });
  const on = document.issuedOn;
  const listed = await session.list?.(call(), { from: on, to: on }, null);
  expect(listed?.items).toHaveLength(1);
  await session.remove!(call(), part, paid, NO_OPTIONS);
  const there = (await session.find(call(), document))!;
  await session.remove!(call(), there, document, NO_OPTIONS);
  expect(await session.find(call(), document)).toBeNull();
});

test('who may only look is told so by the check, and writes nothing', async () => {
  await inGroups(await readers());
  const refused = await failureOf(open().check(call()));
  expect(refused.details).toMatchObject({ code: 'access-denied' });
  expect(refused.details.originalMessage).toContain('account.invoice, account.move');
  expect((await failureOf(write(open(), bill()))).details.code).toBe('access-denied');
  expect(await admin.search('account.invoice', [])).toEqual([]);
});

test('who may not even look is told so', async () => {
  await inGroups();
  expect((await failureOf(open().check(call()))).details.code).toBe('access-denied');
});
