/** Where the log ends though it once went on: the months whose attempts left it, and where they are kept. */
import type { ArchivedAttemptsShape } from '../../contract/sync-shapes.ts';
import { formatMonth } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';

export function Archived({ months }: { months: readonly ArchivedAttemptsShape[] }) {
  const t = useWords();
  const locale = useLocale();
  if (months.length === 0) return null;
  return (
    <section className="body archived" aria-labelledby="archived-title">
      <h3 id="archived-title">{t('log.archived')}</h3>
      <ul>
        {months.map(({ month, attempts: count, archivedTo }) => {
          const said = { month: formatMonth(month, locale), count };
          return (
            <li key={month}>
              {archivedTo === null
                ? t('log.archivedLost', said)
                : t('log.archivedKept', { ...said, place: archivedTo })}
            </li>
          );
        })}
      </ul>
      <p className="quiet small">{t('log.archivedHelp')}</p>
    </section>
  );
}
