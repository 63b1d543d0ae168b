/**
 * Account names a journal can hold so that hledger and ledger both read them as one account: parts
 * between `:`, each beginning with a letter or digit, single spaces only. Narrower than hledger's own
 * rule (any text without two spaces), because `(x)`, `[x]`, `;`, `*`, `!`, `=`, `@` and `"` mean
 * something else at the start of a posting or to one of the two programs.
 */
const PART =
  /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.,&+\-/()%'’–]*(?: [\p{L}\p{M}\p{N}_.,&+\-/()%'’–]+)*$/u;
const MAX_LENGTH = 200;

export function isAccountName(name: string): boolean {
  return name.length <= MAX_LENGTH && name.split(':').every((part) => PART.test(part));
}
