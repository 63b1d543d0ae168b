/** The commands by name, and what `spor --help` says of them. Each is loaded only when it is called. */
import { UsageError } from './options.ts';

/** @returns the exit code: 0 done, 1 refused or failed, 2 not understood */
export type Command = (args: readonly string[]) => Promise<number>;

interface Listed {
  readonly load: () => Promise<Command>;
  readonly summary: string;
}

export const COMMANDS: Readonly<Record<string, Listed>> = {
  serve: {
    load: async () => (await import('./serve.ts')).serve,
    summary: 'start the service, with its own PostgreSQL unless DATABASE_URL is set',
  },
  worker: {
    load: async () => (await import('./worker.ts')).worker,
    summary: 'sync bills without pages or API, beside a service',
  },
  migrate: {
    load: async () => (await import('./migrate.ts')).migrateDatabase,
    summary: "bring the database's tables up to date",
  },
  bills: {
    load: async () => (await import('./bills.ts')).bills,
    summary: 'import e-invoices, list bills',
  },
  log: {
    load: async () => (await import('./log.ts')).log,
    summary: "a bill's integration log; everything about one attempt",
  },
  failures: {
    load: async () => (await import('./failures.ts')).failures,
    summary: 'what failed lately, by cause, and what to do',
  },
  resync: {
    load: async () => (await import('./resync.ts')).resync,
    summary: 'sync a bill again, all that failed, or all that fails by a cause',
  },
  reconcile: {
    load: async () => (await import('./reconcile.ts')).reconcile,
    summary: 'compare the bills with the accounting system',
  },
  connections: {
    load: async () => (await import('./connections.ts')).connections,
    summary: 'list, check and add integrations',
  },
  verify: {
    load: async () => (await import('./verify.ts')).verify,
    summary: 'prove that the integration log is as it was written',
  },
  restored: {
    load: async () => (await import('./restored.ts')).restored,
    summary: 'when a backup was put back: look before anything is made again',
  },
};

export async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return (await command.load())(rest);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(help());
    return 0;
  }
  throw new UsageError(`There is no command "${name}"; see spor --help.`);
}

function help(): string {
  const rows = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`,
  );
  return `Usage: spor COMMAND [options]\n\n${rows.join('\n')}\n\nspor COMMAND --help says more.`;
}
