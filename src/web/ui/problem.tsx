/**
 * What went wrong with a request: in the reader's language by its code, and, where the service knows
 * more (which line of a file, which field), in its own words after that.
 */
import { ApiProblem, Unreachable } from '../../client/client.ts';
import { type ProblemCode, PROBLEMS } from '../../contract/problems.ts';
import { type Say, useWords } from '../reader/words.tsx';
import { Icon } from './icon.tsx';

/** Their texts say all there is to say. */
const SAYS_ALL = new Set<string>([
  'already-so',
  'attempt-archived',
  'bill-cancelled',
  'bill-changed',
  'bill-is-duplicate',
  'bill-number-taken',
  'connection-off',
  'not-found',
  'payment-booked',
  'payment-not-offered',
  'posting-off',
  'secret-wanted',
  'unavailable',
]);

/** A refusal's text by its code; null for a code this page does not know. */
export function refusalText(code: string, t: Say): string | null {
  return code in PROBLEMS ? t(`refusal.${code as ProblemCode}`) : null;
}

/** One or two sentences: for a toast or beside a button. */
export function problemText(error: unknown, t: Say): string {
  const { text, more } = told(error, t);
  return more === null ? text : `${text} ${more}`;
}

function told(error: unknown, t: Say): { text: string; more: string | null } {
  if (error instanceof Unreachable) return { text: t('problem.unreachable'), more: null };
  if (!(error instanceof ApiProblem)) return { text: t('problem.unexpected'), more: null };
  const { code, title, detail } = error.problem;
  const text = refusalText(code, t);
  if (text === null) return { text: title, more: detail };
  return { text, more: SAYS_ALL.has(code) ? null : detail };
}

export function ProblemBanner({ error }: { error: unknown }) {
  const t = useWords();
  const { text, more } = told(error, t);
  const places = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
  return (
    <div className="banner bad" role="alert">
      <Icon name="failed" className="bad" />
      <div className="words">
        <p>
          <strong>{text}</strong>
        </p>
        {more !== null && <p>{more}</p>}
        {places.length > 0 && (
          <ul>
            {places.map((one) => (
              <li key={one.path + one.message}>
                {one.path && <code>{one.path}</code>} {one.message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

export function isNotFound(error: unknown): boolean {
  // An address that is no id at all is refused as a request; for a reader nothing is there either.
  return (
    error instanceof ApiProblem && (error.problem.status === 404 || error.problem.status === 400)
  );
}
