import { afterEach, describe, expect, test, vi } from 'vitest';
import { COMMANDS, runCommand } from './commands.ts';
import { UsageError } from './options.ts';

/** The first loads the whole service, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

/** Runs in this process; nothing here reaches a service. */
const printed = async (args: readonly string[]): Promise<{ code: number; out: string }> => {
  const out: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  return { code: await runCommand(args), out: out.join('\n') };
};

afterEach(() => vi.restoreAllMocks());

describe('Every command explains itself', () => {
  test.each([
    ...Object.keys(COMMANDS),
    'bills import',
    'bills list',
    'log archive',
    'connections add',
  ])('spor %s --help says how it is used, and does nothing', async (command) => {
    const { code, out } = await printed([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: spor /);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('spor alone names every command', async () => {
    const { code, out } = await printed([]);
    expect(code).toBe(0);
    for (const command of Object.keys(COMMANDS)) expect(out).toContain(`\n  ${command} `);
  });
});

test.each(['0.0.0.0', '192.168.1.10', '::', 'spor.example', '127.0.0.1.nip.io'])(
  'Without accounts the service listens on this machine only, and says why not on %s',
  async (host) => {
    await expect(runCommand(['serve', '--host', host])).rejects.toThrow(
      `Spor has no accounts yet, so it listens on this machine only (127.0.0.1) and refuses ${host}: whoever reached it could read and change every bill.`,
    );
  },
);

test.each([
  [['nonsense'], 'There is no command "nonsense"; see spor --help.'],
  [['constructor'], 'There is no command "constructor"; see spor --help.'],
  [['bills'], 'Say import or list. See spor bills --help.'],
  [['bills', 'export'], 'There is no "bills export". See spor bills --help.'],
  [['bills', 'list', '--fast'], "Unknown option '--fast'. See spor bills list --help."],
  [['bills', 'list', '--sync', 'lost'], '--sync is "lost", but must be one of failed, '],
  [['bills', 'list', '--limit', '0'], '--limit is "0", but must be a whole number from 1.'],
  [['bills', 'list', 'F-1'], '"F-1" is too much: --search looks for a text.'],
  [['serve', '--fast'], "Unknown option '--fast'. See spor serve --help."],
  [['serve', 'now'], '"now" is too much.'],
  [['worker', 'now'], '"now" is too much.'],
  [['migrate', 'now'], '"now" is too much.'],
  [['bills', 'list', '--url', 'spor'], '"spor" is no address of a service'],
  [['bills', 'list', '--url', 'file:///etc'], '"file:///etc" is no address of a service'],
  [['bills', 'import'], 'Name files or folders.'],
  [['log'], 'Name a bill.'],
  [['log', 'a', 'b'], '"b" is too much'],
  [['log', 'a', '--lang', 'fr'], '--lang is "fr", but must be da or en.'],
  [['log', 'archive'], 'Say the first month that stays: --before.'],
  [
    ['log', 'archive', '--before', '2025-13'],
    '--before is "2025-13", but must be a month: 2025-01.',
  ],
  [['failures', 'F-1'], '"F-1" is too much.'],
  [['failures', '--days', '400'], '--days is "400", but must be from 1 to 366.'],
  [['bills', 'list', '--failure', 'bad-luck'], '--failure is "bad-luck", but must be one of '],
  [['resync'], 'Name a bill, or say one of --failed, --state and --failure.'],
  [['resync', 'a', '--failed'], 'Name a bill, or say one of --failed, --state and --failure.'],
  [['resync', '--failure', 'period-locked', '--failed'], 'Name a bill, or say one of --failed, '],
  [['resync', 'a', '--stop'], '--stop is for many bills'],
  [['resync', '--failure', 'bad-luck'], '--failure is "bad-luck", but must be one of '],
  [['resync', '--failure', 'period-locked', '--wait'], '--wait is for one bill.'],
  [['resync', 'a'], 'Say which posting: --posting supplier-invoice or supplier-payment.'],
  [['resync', 'a', '--posting', 'both'], '--posting is "both"'],
  [['resync', '--failed', '--wait'], '--wait is for one bill.'],
  [
    ['resync', 'a', '--posting', 'supplier-invoice', '--keep', '--overwrite'],
    '--keep and --overwrite are opposite',
  ],
  [['reconcile', '--from', 'yesterday'], '--from is "yesterday", but must be a day: 2026-01-31.'],
  [
    ['resync', 'a', '--posting', 'supplier-payment', '--replace'],
    '--replace is for a supplier invoice',
  ],
  [['resync', 'a', '--recreate'], '--recreate is for many bills'],
  [['resync', '--failed', '--link', '--recreate'], '--link and --recreate are opposite decisions'],
  [['resync', 'a', '--posting', 'supplier-payment', '--link'], '--link is for a supplier invoice'],
  [
    ['resync', 'a', '--posting', 'supplier-invoice', '--link', '--replace'],
    'not with --keep or --replace',
  ],
  [
    ['resync', '--failed', '--link', '--posting', 'supplier-payment'],
    '--link is for supplier invoices.',
  ],
  [['resync', '--failed', '--timeout', 'soon'], '--timeout is "soon"'],
  [['connections', 'check'], 'Name an integration.'],
  [['connections', 'remove', 'a'], 'There is no "connections remove".'],
  [['connections', 'add'], 'Name a connector.'],
  [['verify', 'all'], '"all" is too much.'],
  [['restored', 'backup.sql'], '"backup.sql" is too much.'],
])('spor %j is not understood, and told why', async (args, reason) => {
  const failing = runCommand(args);
  await expect(failing).rejects.toThrow(UsageError);
  await expect(failing).rejects.toThrow(reason);
});
