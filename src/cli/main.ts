/**
 * `spor`: the command line's front door. Each command is a file of its own. What is refused is told
 * in one line on stderr; the exit code is 0 for done, 1 for refused or failed, 2 for not understood.
 */
import { ApiProblem, Unreachable } from '../client/client.ts';
import { StartError } from '../store/start-error.ts';
import { runCommand } from './commands.ts';
import { CommandRefused, UsageError } from './options.ts';
import { plain } from './terminal.ts';

// A reader that has seen enough (`spor log | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  console.error(`spor: What was to be told could not be written (${plain(error.message)}).`);
  process.exit(1);
});

try {
  process.exitCode = await runCommand(process.argv.slice(2));
} catch (error) {
  const refusal = refusalOf(error);
  if (!refusal) throw error;
  console.error(`spor: ${plain(refusal.message)}`);
  process.exitCode = refusal.code;
}

function refusalOf(error: unknown): { message: string; code: number } | null {
  if (error instanceof UsageError) return { message: error.message, code: 2 };
  if (error instanceof Unreachable) {
    const advice = 'Start it with script/start, or say where it is with --url or SPOR_URL.';
    return { message: `${error.message} ${advice}`, code: 1 };
  }
  if (
    error instanceof StartError ||
    error instanceof ApiProblem ||
    error instanceof CommandRefused
  ) {
    return { message: error.message, code: 1 };
  }
  return null;
}
