/** `spor`: the command line's front door. Each command is a file of its own. */
import { StartError } from '../store/start-error.ts';
import { runCommand } from './commands.ts';

try {
  process.exitCode = await runCommand(process.argv.slice(2));
} catch (error) {
  if (error instanceof StartError) {
    console.error(`spor: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
