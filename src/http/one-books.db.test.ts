/** Books have one connection: with a second one every bill would be booked twice. */
import { beforeAll, expect, test } from 'vitest';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { type Caller, openCaller } from './test-caller.ts';

inOneWorld();

let caller: Caller;
beforeAll(() => {
  caller = openCaller(world.service.url);
});

const journal = (folder: string, more = {}) => ({
  body: { connector: 'journal', name: 'Regnskab', settings: { folder, ...more } },
});
const newCompany = async (name: string) => {
  const { id } = await caller.done('createCompany', { body: { name } });
  return { params: { companyId: id } };
};

test('Of ten that come at once, one has them', async () => {
  const company = await newCompany('Den ivrige ApS');
  const asked = Array.from({ length: 10 }, () =>
    caller.call('createConnection', { ...company, ...journal(`${world.folder}-1`) }),
  );
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([
    201,
    ...Array.from({ length: 9 }, () => 409),
  ]);
});

test('Another company does not have them either, nor by a change of settings', async () => {
  const one = await newCompany('Den ene ApS');
  const other = await newCompany('Den anden ApS');
  const { folder } = world;
  await caller.done('createConnection', { ...one, ...journal(folder) });
  const { detail } = await caller.refused('books-taken', 'createConnection', {
    ...other,
    ...journal(`${folder}/.`, { fileName: 'andet.journal' }),
  });
  expect(detail).toContain('"Regnskab" of Den ene ApS');
  const { id, settings } = await caller.done('createConnection', {
    ...other,
    ...journal(`${folder}-2`),
  });
  const params = { ...other.params, connectionId: id };
  const moved = { ...settings, folder };
  await caller.refused('books-taken', 'editConnection', { params, body: { settings: moved } });
  await caller.done('editConnection', { params, body: { settings } });
});

test('Whoever moves on leaves them to others', async () => {
  const company = await newCompany('Den flyttende ApS');
  const [here, there] = [`${world.folder}-3`, `${world.folder}-4`];
  const { id } = await caller.done('createConnection', { ...company, ...journal(here) });
  const params = { ...company.params, connectionId: id };
  await caller.done('editConnection', { params, body: { settings: { folder: there } } });
  const next = await newCompany('Den næste ApS');
  await caller.done('createConnection', { ...next, ...journal(here) });
});
