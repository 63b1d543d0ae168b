/** Values side by side: three where somebody changed the posting, two since the attempt before. */
import type { AttemptDetailShape, FailureShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { FieldName } from './field-name.tsx';
import { FieldValue } from './field-value.tsx';

export function ConflictTable({
  title,
  conflicts,
  currency,
  rule,
}: {
  title: string;
  conflicts: FailureShape['conflicts'];
  currency: string;
  /** What decided, where no person has to. */
  rule?: NonNullable<AttemptDetailShape['decision']>['rule'];
}) {
  const t = useWords();
  return (
    <section className="card">
      <header>
        <h2 id="conflicts-title">{title}</h2>
      </header>
      {rule && <p className="body">{t(`attempt.decided-${rule}`)}</p>}
      <ConflictValues label={title} conflicts={conflicts} currency={currency} />
    </section>
  );
}

export function ConflictValues({
  label,
  conflicts,
  currency,
}: {
  label: string;
  conflicts: FailureShape['conflicts'];
  currency: string;
}) {
  const t = useWords();
  // Of what was booked by hand nothing was confirmed yet.
  const isKnown = conflicts.some(({ confirmed }) => confirmed !== null);
  return (
    <ScrollX label={label}>
      <table className="table compare" aria-label={label}>
        <thead>
          <tr>
            <th>{t('field.label')}</th>
            {isKnown && <th>{t('attempt.confirmed')}</th>}
            <th>{t('attempt.thereNow')}</th>
            <th>{t('attempt.onBill')}</th>
          </tr>
        </thead>
        <tbody>
          {conflicts.map(({ field, confirmed, there, wanted }) => (
            <tr key={field}>
              <th scope="row">
                <FieldName field={field} />
              </th>
              {isKnown && (
                <td data-label={t('attempt.confirmed')}>
                  <FieldValue field={field} value={confirmed} currency={currency} />
                </td>
              )}
              <td
                data-label={t('attempt.thereNow')}
                className={isKnown && there !== confirmed ? 'differs' : undefined}
              >
                <FieldValue field={field} value={there} currency={currency} />
              </td>
              <td data-label={t('attempt.onBill')}>
                <FieldValue field={field} value={wanted} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

export function DifferenceTable({
  attempt,
  currency,
}: {
  attempt: AttemptDetailShape;
  currency: string;
}) {
  const t = useWords();
  return (
    <section className="card">
      <header>
        <h2 id="differences-title">{t('attempt.differences')}</h2>
      </header>
      {attempt.differences.length === 0 ? (
        <p className="body quiet">{t('attempt.noDifferences')}</p>
      ) : (
        <ScrollX label={t('attempt.differences')}>
          <table className="table compare" aria-labelledby="differences-title">
            <thead>
              <tr>
                <th>{t('field.label')}</th>
                <th>{t('attempt.was')}</th>
                <th>{t('attempt.is')}</th>
              </tr>
            </thead>
            <tbody>
              {attempt.differences.map(({ field, before, after }) => (
                <tr key={field}>
                  <th scope="row">
                    <FieldName field={field} />
                  </th>
                  <td data-label={t('attempt.was')}>
                    <FieldValue field={field} value={before} currency={currency} />
                  </td>
                  <td data-label={t('attempt.is')} className="differs">
                    <FieldValue field={field} value={after} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}
