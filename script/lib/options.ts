/** The options of a script; what it does not know is told in one line, and ends it with 2. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

export function optionsOf<const T extends NonNullable<ParseArgsConfig['options']>>(
  script: string,
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`spor: ${(error as Error).message} See ${script} --help.\n`);
    process.exit(2);
  }
}
