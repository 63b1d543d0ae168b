/**
 * The command line as a person uses it: the real `bin/spor` against a running service. What is
 * refused ends with one line and the exit code that a script can rely on.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startWorld, type World } from '../support/world.ts';

const SPOR = fileURLToPath(new URL('../../bin/spor', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../src/intake/samples/', import.meta.url));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let world: World;
let folder: string;

beforeAll(async () => {
  world = await startWorld();
  folder = await mkdtemp(join(tmpdir(), `spor-test-${process.pid}-`));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const spor = (args: readonly string[], env: Record<string, string> = {}): Promise<Run> =>
  new Promise((resolve) => {
    const { DATABASE_URL: _, LC_ALL: _1, ...ours } = process.env;
    execFile(
      SPOR,
      args,
      { env: { ...ours, SPOR_URL: world.service.url, LANG: 'en_GB.UTF-8', ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

/** Runs a command that must succeed; gives what it printed. */
const done = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
  const { code, out, err } = await spor(args, env);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
};

/** Runs a command that must be refused in one line; gives that line. */
const refused = async (
  code: 1 | 2,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> => {
  const run = await spor(args, env);
  expect({ code: run.code, out: run.out }).toEqual({ code, out: '' });
  expect(run.err).toMatch(/^spor: [^\n]+\n$/);
  return run.err;
};

/** A way to the service on which answers get lost, or which ends after a number of imports. */
const startLossyWay = async (given: { loseAnswers?: number; importsUntilGone?: number }) => {
  let { loseAnswers = 0, importsUntilGone = Infinity } = given;
  const server = createServer((request, response) => {
    const isImport = request.url?.endsWith('/import') ?? false;
    if (isImport && importsUntilGone-- <= 0) return void request.socket.destroy();
    const onward = httpRequest(
      world.service.url + request.url,
      { method: request.method, headers: { ...request.headers, host: 'localhost' } },
      (answer) => {
        if (isImport && loseAnswers-- > 0) return void request.socket.destroy();
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
};

const lines = (out: string): unknown[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('Reaching the service', () => {
  test('A command that is not understood ends with exit code 2, one line and nothing else', async () => {
    expect(await refused(2, ['bills', 'list', '--fast'])).toContain('See spor bills list --help.');
  });

  test('A service that does not answer is told with how to start it', async () => {
    const said = await refused(1, ['bills', 'list', '--url', 'http://127.0.0.1:1']);
    expect(said).toContain('Spor does not answer at http://127.0.0.1:1');
    expect(said).toContain('script/start');
  });

  test('A company that is not there, or not named when there are several, is told with those there are', async () => {
    expect(await refused(1, ['bills', 'list', '--company', 'Ingen'])).toContain('"Prøve ApS"');
    const other = await world.client.createCompany({ body: { name: 'Anden ApS' } });
    expect(await refused(1, ['bills', 'list'])).toContain('"Anden ApS"');
    const byName = await done(['bills', 'list', '--company', 'anden aps']);
    expect(byName).toBe('No bill fits.\n');
    expect(await done(['bills', 'list', '--company', other.id])).toBe(byName);
  });
});

describe('Importing', () => {
  let company: string[];

  beforeEach(async (context) => {
    const name = `Import ${context.task.id}`;
    await world.client.createCompany({ body: { name } });
    company = ['--company', name];
  });

  test('A folder of e-invoices comes in once; the same import again adds nothing', async () => {
    const from = join(folder, 'invoices');
    await mkdir(join(from, 'deeper'), { recursive: true });
    const [first = '', second = '', third = ''] = await readdir(SAMPLES);
    await cp(join(SAMPLES, first), join(from, first));
    await cp(join(SAMPLES, second), join(from, second));
    await cp(join(SAMPLES, third), join(from, 'deeper', third));
    await writeFile(join(from, 'not-an-invoice.txt'), 'ignored');
    const out = await done(['bills', 'import', from, ...company]);
    expect(out.split('\n').filter((line) => line.startsWith('added'))).toHaveLength(3);
    expect(out).toContain('3 of 3: 3 added, 0 duplicates, 0 known already, 0 failed.');
    const again = await done(['bills', 'import', from, ...company]);
    expect(again).toContain('3 of 3: 0 added, 0 duplicates, 3 known already, 0 failed.');
    expect(lines(await done(['bills', 'list', '--json', ...company]))).toHaveLength(3);
  });

  test('The same e-invoice taken as new is kept as a duplicate, with the number of the original', async () => {
    const [sample = ''] = await readdir(SAMPLES);
    const file = join(SAMPLES, sample);
    const [added] = lines(await done(['bills', 'import', file, '--json', ...company])) as [
      { billId: string; number: string },
    ];
    const [again] = lines(await done(['bills', 'import', file, '--again', '--json', ...company]));
    expect(again).toMatchObject({
      status: 'duplicate',
      duplicateOf: added.billId,
      originalNumber: added.number,
    });
    const told = await done(['bills', 'import', file, '--again', ...company]);
    expect(told).toContain(`(the same as ${added.number} of `);
    const duplicates = lines(await done(['bills', 'list', '--duplicates', '--json', ...company]));
    expect(duplicates).toHaveLength(2);
  });

  test('What cannot be read is told with file, place and reason, and the rest comes in', async () => {
    const [sample = ''] = await readdir(SAMPLES);
    const broken = join(folder, 'broken.xml');
    await writeFile(broken, '<?xml version="1.0"?>\n<Invoice><cbc:ID>1</Invoice>');
    const missing = join(folder, 'missing.xml');
    const { code, out } = await spor([
      'bills',
      'import',
      broken,
      missing,
      join(SAMPLES, sample),
      ...company,
    ]);
    expect(code).toBe(1);
    expect(out).toMatch(/^failed {5}\S+broken\.xml: .*\(line 2, column \d+\)$/m);
    expect(out).toMatch(/^failed {5}\S+missing\.xml: There is no such file or folder\.$/m);
    expect(out).toMatch(/^added/m);
    expect(out).toContain('3 of 3: 1 added, 0 duplicates, 0 known already, 2 failed.');
  });

  test('Bills come as JSON, one or an array; a wrong field is named and the others come in', async () => {
    const bill = (number: string, net = '80.00') => ({
      number,
      supplier: { name: 'Kaffehuset Demo ApS', vatNumber: 'DK98250107' },
      issuedOn: '2026-11-03',
      currency: 'DKK',
      lines: [{ description: 'Kaffe', net, vat: '20.00', vatPercent: '25' }],
    });
    const one = join(folder, 'one.json');
    const many = join(folder, 'many.json');
    const none = join(folder, 'none.json');
    await writeFile(one, `\u{feff}${JSON.stringify(bill('K-1'))}`);
    await writeFile(many, JSON.stringify([bill('K-2'), bill('K-3', 'firs'), bill('k-1')]));
    await writeFile(none, '{"number": ');
    const { code, out } = await spor([
      'bills',
      'import',
      one,
      many,
      none,
      '--json',
      '--person',
      'Bogholderen på Fyn',
      ...company,
    ]);
    expect(code).toBe(1);
    const told = lines(out) as { name: string; status: string; failure: unknown }[];
    const names = [one, `${many}[0]`, `${many}[1]`, `${many}[2]`, none];
    expect(told.map(({ name }) => name)).toEqual(names);
    const [first, second, wrong, twin, broken] = told.map(({ status }) => status);
    expect([second, wrong, broken]).toEqual(['added', 'failed', 'failed']);
    // Several at once: whichever of the two came first is the bill, the other the duplicate.
    expect(new Set([first, twin])).toEqual(new Set(['added', 'duplicate']));
    expect(told[2]?.failure).toMatchObject({
      code: 'invalid-request',
      place: 'body.lines.0.net',
      reason: expect.stringContaining('is not an amount') as string,
    });
  });

  test('A folder without an e-invoice is told, and fails', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const { code, out } = await spor(['bills', 'import', empty, ...company]);
    expect(code).toBe(1);
    expect(out).toContain('There is no *.xml file in this folder.');
  });

  test('An answer that was lost is asked for again, and the bill is there once', async () => {
    const lossy = await startLossyWay({ loseAnswers: 1 });
    const [sample = ''] = await readdir(SAMPLES);
    const args = ['bills', 'import', join(SAMPLES, sample), '--url', lossy.url, ...company];
    expect(await done(args)).toContain('1 of 1: 1 added,');
    expect(lines(await done(['bills', 'list', '--json', ...company]))).toHaveLength(1);
    lossy.close();
  });

  test('When the service goes away, what came in is counted, and a repeat brings the rest', async () => {
    const lossy = await startLossyWay({ importsUntilGone: 6 });
    const total = (await readdir(SAMPLES)).filter((name) => name.endsWith('.xml')).length;
    const cut = await spor(['bills', 'import', SAMPLES, '--url', lossy.url, ...company]);
    expect(cut.code).toBe(1);
    expect(cut.out).toContain(`6 of ${total}: 6 added`);
    expect(cut.err).toContain(`${total - 6} of ${total} are still to be imported`);
    const rest = await done(['bills', 'import', SAMPLES, ...company]);
    expect(rest).toContain(`${total} of ${total}: ${total - 6} added, 0 duplicates, 6 known`);
    lossy.close();
  });
});

describe('The integration log at the command line', () => {
  const ours = ['--company', 'Prøve ApS'];

  test('A bill is found by number or id, and its attempts tell what failed and what to do', async () => {
    await world.connectJournal({ defaultAccount: null });
    const bill = await world.addBill({ number: 'LOG-1' });
    await world.settled(bill.id);
    const danish = await done(['log', 'log-1', ...ours], { LANG: 'da_DK.UTF-8' });
    expect(danish).toMatch(/^Tid .*Postering .*Udløst af .*Resultat/);
    expect(danish).toContain('Leverandørfaktura');
    expect(danish).toContain('Automatisk: tilføjet');
    expect(danish).toContain('Fejlet');
    expect(danish).toContain('→ ');
    expect(await done(['log', bill.id, '--lang', 'da', ...ours])).toBe(danish);
    const english = await done(['log', 'LOG-1', ...ours]);
    expect(english).toContain('Supplier invoice');
    expect(english).toContain('Automatic: added');
    const [attempt] = lines(await done(['log', 'LOG-1', '--json', ...ours])) as [{ id: string }];
    expect(attempt).toMatchObject({ outcome: 'failed', failure: { code: 'account-missing' } });
    const detail = await done(['log', '--attempt', attempt.id, ...ours]);
    expect(detail).toContain('LOG-1, Kontorlageret Demo A/S');
    expect(detail).toContain('Nothing was written to the accounting system.');
    const whole = JSON.parse(
      await done(['log', '--attempt', attempt.id, '--json', ...ours]),
    ) as unknown;
    expect(whole).toEqual(
      await world.client
        .getAttempt({
          params: { companyId: world.company.id, attemptId: attempt.id },
        })
        .then((found) => ({ ...found, failure: (whole as { failure: unknown }).failure })),
    );
  });

  test('A number that several suppliers use is asked about, and one that nobody uses is told', async () => {
    const one = await world.addBill({ number: 'SAME' });
    const two = await world.addBill({ number: 'SAME', supplier: { name: 'Anden Demo A/S' } });
    const said = await refused(1, ['log', 'SAME', ...ours]);
    expect(said).toContain(one.id);
    expect(said).toContain(two.id);
    expect(await refused(1, ['log', 'NOBODY', ...ours])).toContain('There is no bill "NOBODY"');
  });

  test('Syncing again waits for the outcome: exit code 1 while it fails, 0 once it is in step', async () => {
    const { items } = await world.client.listConnections({
      params: { companyId: world.company.id },
    });
    const [connection] = items;
    const bill = await world.addBill({ number: 'AGAIN-1' });
    await world.settled(bill.id);
    const again = ['resync', 'AGAIN-1', '--posting', 'supplier-invoice', '--wait', ...ours];
    const failing = await spor(again);
    expect({ code: failing.code, err: failing.err }).toEqual({ code: 1, err: '' });
    expect(failing.out).toMatch(/^Supplier invoice: Failed\n {4}\S.*\n {4}→ /);
    const payment = ['resync', 'AGAIN-1', '--posting', 'supplier-payment', ...ours];
    expect(await refused(1, payment)).toContain('Add a payment or mark the bill as paid first.');

    const params = { companyId: world.company.id, connectionId: connection!.id };
    await world.client.editConnection({
      params,
      body: { rules: { defaultAccount: 'Omkostninger:Diverse' } },
    });
    await world.until(
      () => world.postings(bill.id),
      (all) => all.every(({ state }) => state === 'in-step'),
    );
    expect(await done(again)).toMatch(/^Supplier invoice: Unchanged {2}\S/);
    const [stand] = JSON.parse(await done([...again, '--json'])) as [unknown];
    expect(stand).toMatchObject({
      posting: { state: 'in-step' },
      attempt: { trigger: 'manual', outcome: 'unchanged' },
    });
    expect(await done(['log', 'AGAIN-1', ...ours])).toContain('Manual: Bogholderen');
  });

  test('All that failed are synced again at once, and so are those in another state', async () => {
    const inStep = await done(['resync', '--state', 'in-step', '--json', ...ours]);
    const { items } = JSON.parse(inStep) as { items: { accepted: number; skipped: unknown[] }[] };
    expect(items[0]!.accepted).toBeGreaterThanOrEqual(2);
    expect(items[0]!.skipped).toEqual([]);
    expect(await done(['resync', '--failed', '--connection', 'regnskab', ...ours])).toBe(
      'Regnskab: 0 postings are being synced again.\n',
    );
  });

  test('Bills and books are compared, with progress aside, and every row goes into a file', async () => {
    const bill = await world.addBill({ number: 'COMPARE-1' });
    await world.settled(bill.id);
    const csv = join(folder, 'rows.csv');
    const period = ['--from', '2026-11-01', '--to', '2026-11-30'];
    const { code, out, err } = await spor(['reconcile', ...period, '--csv', csv, ...ours]);
    expect(code).toBeLessThan(2);
    expect(err).toMatch(/: (\d+) of \1 bills\n$/);
    expect(out).toMatch(/, 2026-11-01 to 2026-11-30\n {2}same +\d+ {2}[\d.]+ DKK\n {2}missing /);
    expect(await readFile(csv, 'utf8')).toMatch(/same,,supplier-invoice,COMPARE-1,/);
  });
});

describe('Integrations at the command line', () => {
  test('An integration is added with settings, listed and checked; secrets stay off the command line', async () => {
    const company = await world.client.createCompany({ body: { name: 'Forbundet ApS' } });
    const ours = ['--company', company.id];
    expect(await done(['connections', ...ours])).toContain('no integration yet');
    const system = await world.sandbox();
    const secret = ['connections', 'add', 'sandbox', '--set', 'clientSecret=x', ...ours];
    expect(await refused(2, secret)).toContain('"clientSecret" is secret');
    const file = join(folder, 'settings.json');
    const { clientId, clientSecret } = system;
    await writeFile(file, JSON.stringify({ clientId, clientSecret }));
    const added = await done([
      'connections',
      'add',
      'sandbox',
      '--name',
      'Sandkassen',
      '--set',
      `baseUrl=${system.url}`,
      '--settings',
      file,
      ...ours,
    ]);
    expect(added).toMatch(/^Added: Sandkassen \(/);
    expect(await done(['connections', 'list', ...ours])).toMatch(/^Sandkassen +sandbox +open/m);
    expect(await done(['connections', 'check', 'sandkassen', ...ours])).toContain('in order');
    await system.close();
    const failing = await spor(['connections', 'check', 'Sandkassen', ...ours]);
    expect(failing.code).toBe(1);
    expect(failing.out).toContain('→ ');
    expect(await refused(1, ['connections', 'check', 'Andet', ...ours])).toContain('"Sandkassen"');
    const unknown = await refused(1, ['connections', 'add', 'xero', ...ours]);
    expect(unknown).toContain('There is no connector "xero"');
  });
});

describe('The database itself', () => {
  test('spor migrate applies what is lacking, once', async () => {
    const database = await createTestDatabase({ empty: true });
    try {
      const env = { DATABASE_URL: database.url };
      const { applied } = JSON.parse(await done(['migrate', '--json'], env)) as {
        applied: string[];
      };
      expect(applied[0]).toMatch(/^0001_.*\.sql$/);
      expect(await done(['migrate'], env)).toBe('The database is up to date.\n');
    } finally {
      await database.drop();
    }
  });

  test('A database that is not there, or not ours, is told', async () => {
    const missing = new URL(inject('testServer').url);
    missing.pathname = '/no_such_database';
    expect(await refused(1, ['migrate'], { DATABASE_URL: missing.href })).toContain(
      'no_such_database',
    );
    const database = await createTestDatabase({ empty: true });
    const said = await refused(1, ['verify'], { DATABASE_URL: database.url });
    expect(said).toContain('run spor migrate first');
    await database.drop();
  });

  test('spor verify finds the log as it was written, and names the attempt that was altered', async () => {
    const env = { DATABASE_URL: world.database.url };
    const ours = ['verify', '--company', 'prøve aps'];
    expect(await done(ours, env)).toBe('Prøve ApS: the log is as it was written.\n');
    const { pool } = world.database;
    const { rows } = await pool.query<{ attempt_id: string }>(
      'select attempt_id from attempt_results where company_id = $1 order by chain_number limit 1',
      [world.company.id],
    );
    const attemptId = rows[0]!.attempt_id;
    await pool.query('alter table attempt_results disable trigger user');
    await pool.query(
      `update attempt_results set outcome = 'created' where company_id = $1 and attempt_id = $2`,
      [world.company.id, attemptId],
    );
    const altered = await spor(ours, env);
    expect({ code: altered.code, err: altered.err }).toEqual({ code: 1, err: '' });
    expect(altered.out).toContain(`attempt ${attemptId} (number 1) is not as it was written`);
    const { code, out } = await spor(['verify', '--json'], env);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toContainEqual({
      companyId: world.company.id,
      name: 'Prøve ApS',
      broken: { attemptId, chainNumber: 1, reason: 'altered' },
    });
  });
});
