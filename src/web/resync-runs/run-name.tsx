/** What a run syncs again, in words. */
import type { ResyncRunShape } from '../../contract/resync-shapes.ts';
import { type Say, useWords } from '../reader/words.tsx';

export function RunName({ run }: { run: ResyncRunShape }) {
  const t = useWords();
  const { posting, link, recreate } = run;
  return (
    <>
      {meantBy(run, t)}
      {posting !== null && (
        <span className="quiet small block">
          {link ? t('run.linking') : t(`posting.${posting}`)}
        </span>
      )}
      {recreate && <span className="quiet small block">{t('run.recreating')}</span>}
    </>
  );
}

function meantBy({ of, bills }: ResyncRunShape, t: Say): string {
  switch (of.by) {
    case 'failure':
      return of.failure.title;
    case 'state':
      return t('run.ofState', { state: t(`sync.${of.state}`) });
    case 'reconciled':
      return t('run.ofReconciled', { verdict: t(`verdict.${of.verdict}`) });
    case 'bills':
      return t('run.ofBills', { count: bills });
  }
}
