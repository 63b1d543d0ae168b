/** What went wrong with a request, in the words of the service. */
import { ApiProblem, Unreachable } from '../../client/client.ts';
import { type Say, useWords } from '../reader/words.tsx';
import { Icon } from './icon.tsx';

/** One or two sentences: for a toast or beside a button. */
export function problemText(error: unknown, t: Say): string {
  if (error instanceof ApiProblem) return error.problem.detail;
  if (error instanceof Unreachable) return t('problem.unreachable');
  return t('problem.unexpected');
}

export function ProblemBanner({ error }: { error: unknown }) {
  const t = useWords();
  const problem = error instanceof ApiProblem ? error.problem : null;
  return (
    <div className="banner bad" role="alert">
      <Icon name="failed" className="bad" />
      <div className="words">
        <p>
          <strong>{problem?.title ?? t('problem.title')}</strong>
        </p>
        <p>{problemText(error, t)}</p>
        {problem?.errors && problem.errors.length > 0 && (
          <ul>
            {problem.errors.map((one) => (
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
