/** The commands by name, and what `spor --help` says of them. */
import { serve } from './serve.ts';

/** @returns the exit code: 0 done, 1 refused or failed, 2 not understood */
export type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly run: Command; readonly summary: string }>> = {
  serve: {
    run: serve,
    summary: 'start the service, with its own PostgreSQL unless DATABASE_URL is set',
  },
};

export async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command) return command.run(rest);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(help());
    return 0;
  }
  console.error(`spor: there is no command "${name}"; see spor --help.`);
  return 2;
}

function help(): string {
  const rows = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`,
  );
  return `Usage: spor COMMAND [options]\n\n${rows.join('\n')}\n\nspor COMMAND --help says more.`;
}
