/** What went wrong, who can do what about it, and the accounting system's own words. */
import type { FailureShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';

export function FailureBlock({ failure }: { failure: FailureShape }) {
  const t = useWords();
  const passing = failure.class === 'transient';
  return (
    <section
      className={`banner ${passing ? 'care' : 'bad'} failure-block`}
      aria-label={t('failure.label')}
      data-failure={failure.code}
    >
      <Icon name={passing ? 'warning' : 'failed'} className={passing ? 'care' : 'bad'} />
      <div className="words">
        <p className="title">{failure.title}</p>
        <p>
          <strong>{t('failure.whatToDo')}</strong> {failure.remedy}
        </p>
        <p className="quiet small">{t(`failure.who-${failure.who}`)}</p>
        {failure.originalMessage !== null && (
          <figure>
            <figcaption className="quiet small">{t('failure.original')}</figcaption>
            <blockquote lang="">{failure.originalMessage}</blockquote>
          </figure>
        )}
      </div>
    </section>
  );
}
