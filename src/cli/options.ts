/**
 * Reading a command's arguments: what is not known is refused with exit code 2 and a word on where
 * to look. The options of every command that speaks to the service are here.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command line was not understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood but not done: exit code 1. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

export const SERVICE_OPTIONS = {
  url: { type: 'string' },
  company: { type: 'string' },
  person: { type: 'string' },
  lang: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const SERVICE_HELP = `  --url URL          where Spor is           (default: SPOR_URL, else http://127.0.0.1:4780)
  --company NAME     a company's id or name  (may be left out when there is only one)
  --person NAME      who this is by          (default: as the service was started)
  --lang da|en       the language of what is read  (default: as LANG says)
  --json             for machines
  --help             show this

Exit code: 0 done, 1 refused or failed, 2 not understood.`;

type Options = NonNullable<ParseArgsConfig['options']>;

type Read<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>
>;

/**
 * @param command as the person typed it: `bills list`
 * @param names what may be named besides: at most so many, and what to say to who names more
 */
export function readOptions<const T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
  { most = 0, advice = '' }: { readonly most?: number; readonly advice?: string } = {},
): Read<T> {
  const read = parsed(command, args, options);
  const extra = read.positionals[most];
  if (extra !== undefined && !('help' in read.values && read.values.help))
    throw usage(command, `"${extra}" is too much${advice && `: ${advice}`}.`);
  return read;
}

function parsed<const T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
): Read<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Node goes on with advice about `--`.
    const [sentence = reason] = reason.split(/\.? To specify a positional/);
    throw usage(command, sentence);
  }
}

export function usage(command: string, reason: string): UsageError {
  const sentence = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  return new UsageError(`${sentence} See spor ${command} --help.`);
}

/** One of the words given; refuses any other. */
export function oneOf<const T extends string>(
  command: string,
  option: string,
  value: string,
  known: readonly T[],
): T {
  const found = known.find((each) => each === value);
  if (found === undefined)
    throw usage(command, `${option} is "${value}", but must be one of ${known.join(', ')}.`);
  return found;
}
