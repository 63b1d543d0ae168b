/**
 * Warnings that are no question to a person where Spor meets them: answered once, by what Tryton's own
 * clients call (`trytond/res/user.py`, `Warning_.skip`, 7.0.30, read 2026-11-30). 6.0 raises none of them.
 */
import { z } from 'zod';
import type { Call } from '../../sdk/connector.ts';
import { TrytonWarning } from './failures.ts';
import type { Rpc } from './rpc.ts';

/** Does the work; when Tryton asks first, and it may be answered, does it once more. Throws what else it throws. */
export async function answering(
  rpc: Rpc,
  call: Call,
  work: () => Promise<unknown>,
  mayAnswer: (key: string) => boolean | Promise<boolean>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TrytonWarning) || !(await mayAnswer(error.key))) throw error;
    await rpc.write(call, 'res.user.warning.skip', [error.key, false], z.unknown());
    await work();
  }
}
