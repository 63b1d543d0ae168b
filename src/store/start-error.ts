/**
 * Why Spor did not start, in one sentence an operator can act on. The command line prints the
 * message after `spor: ` and nothing else, so it holds one line and never a password.
 */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message.replaceAll(/\s*\n\s*/g, ' ').trim(), options);
  }
}
