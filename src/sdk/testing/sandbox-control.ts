/**
 * `POST /_control`: lets a test in another process, or a person showing the demo, make the sandbox
 * system misbehave or act as somebody who works in it. Tests in the same process use the objects.
 */
import { z } from 'zod';
import type { SandboxBooks } from './sandbox-books.ts';
import { sandboxChaos, sandboxFault, type SandboxFaults } from './sandbox-faults.ts';
import type { SandboxTokens } from './sandbox-tokens.ts';

const reference = z.string();

export const sandboxCommand = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('state') }),
  z.strictObject({ do: z.literal('fail-next'), fault: sandboxFault }),
  z.strictObject({ do: z.literal('fail-at-random'), chaos: sandboxChaos }),
  z.strictObject({ do: z.literal('calm') }),
  z.strictObject({ do: z.literal('count'), reference }),
  z.strictObject({ do: z.literal('edit'), reference, memo: z.string().optional() }),
  z.strictObject({ do: z.literal('touch'), reference }),
  z.strictObject({ do: z.literal('delete'), reference }),
  z.strictObject({ do: z.literal('close-record'), reference, closed: z.boolean().default(true) }),
  z.strictObject({ do: z.literal('lock-period'), through: z.iso.date().nullable() }),
  z.strictObject({
    do: z.literal('archive-account'),
    number: z.string(),
    archived: z.boolean().default(true),
  }),
  z.strictObject({ do: z.literal('expire-tokens') }),
  z.strictObject({ do: z.literal('revoke-access'), revoked: z.boolean().default(true) }),
]);
export type SandboxCommand = z.input<typeof sandboxCommand>;

export interface Controlled {
  readonly books: SandboxBooks;
  readonly faults: SandboxFaults;
  readonly tokens: SandboxTokens;
}

/** Does what it says, and tells the state after it. */
export function obey(system: Controlled, input: unknown): unknown {
  const command = sandboxCommand.parse(input);
  const { books, faults, tokens } = system;
  let count: number | undefined;
  switch (command.do) {
    case 'state':
      break;
    case 'fail-next':
      faults.next(command.fault);
      break;
    case 'fail-at-random':
      faults.atRandom(command.chaos);
      break;
    case 'calm':
      faults.calm();
      break;
    case 'count':
      count = books.count(command.reference);
      break;
    case 'edit':
      books.editByHand(command.reference, command.memo);
      break;
    case 'touch':
      books.touch(command.reference);
      break;
    case 'delete':
      books.deleteByHand(command.reference);
      break;
    case 'close-record':
      books.closeByHand(command.reference, command.closed);
      break;
    case 'lock-period':
      books.setup.lockedThrough = command.through;
      break;
    case 'archive-account':
      books.archiveAccount(command.number, command.archived);
      break;
    case 'expire-tokens':
      tokens.expireAll();
      break;
    case 'revoke-access':
      tokens.revoked = command.revoked;
      break;
  }
  return {
    ...books.counts(),
    ...(count === undefined ? {} : { count }),
    lockedThrough: books.setup.lockedThrough,
    pendingFaults: faults.pending,
    doneFaults: Object.fromEntries(faults.done),
    tokenRequests: tokens.requests,
  };
}
