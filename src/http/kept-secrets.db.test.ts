/** A secret that is kept goes to the address it was given for, and to no other. */
import { beforeAll, expect, test } from 'vitest';
import { inOneWorld, world } from '../../test/support/one-world.ts';
import { type Caller, openCaller } from './test-caller.ts';

inOneWorld();

let caller: Caller;
beforeAll(() => {
  caller = openCaller(world.service.url);
});

const settings = { baseUrl: 'https://regnskab.example/api', clientId: 'spor' };
const elsewhere = { ...settings, baseUrl: 'https://regnskab.example:8443/api' };

test('The address may change within its server; with another one the secret is wanted again', async () => {
  const { id: companyId } = await caller.done('createCompany', { body: { name: 'Hemmelig ApS' } });
  const { id: connectionId } = await caller.done('createConnection', {
    params: { companyId },
    body: {
      connector: 'sandbox',
      name: 'Regnskab',
      settings: { ...settings, clientSecret: 'tys-tys' },
    },
  });
  const edited = (changed: Record<string, unknown>) => ({
    params: { companyId, connectionId },
    body: { settings: changed },
  });
  await caller.done(
    'editConnection',
    edited({ ...settings, baseUrl: 'https://regnskab.example/v2' }),
  );
  const { detail } = await caller.refused('secret-wanted', 'editConnection', edited(elsewhere));
  expect(detail).toContain('give clientSecret again');
  // Also when it is the same one.
  const given = edited({ ...elsewhere, clientSecret: 'tys-tys' });
  const after = await caller.done('editConnection', given);
  expect(after.settings).toMatchObject(elsewhere);
});

test.each([
  'https://spor:tys@regnskab.example',
  'https://spor@regnskab.example',
  'ftp://regnskab.example',
])('%s is no address', async (baseUrl) => {
  const { id: companyId } = await caller.done('createCompany', { body: { name: 'Adresse ApS' } });
  const { errors } = await caller.refused('settings-invalid', 'createConnection', {
    params: { companyId },
    body: {
      connector: 'tryton',
      name: 'Tryton',
      settings: { baseUrl, database: 'demo', username: 'spor', password: 'hemmelig' },
    },
  });
  expect(errors).toMatchObject([{ path: 'body.settings.baseUrl' }]);
});
