/** One reconciliation: how far it is, its sums, and its rows by verdict. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { requestPath } from '../../client/client.ts';
import type { ReconciliationShape } from '../../contract/endpoints/reconciliations.ts';
import { endpoints } from '../../contract/endpoints.ts';
import { type Verdict, VERDICTS } from '../../core/reconciliation.ts';
import { MoreItems } from '../ui/more-items.tsx';
import { reconciliationRowsQuery } from '../queries.ts';
import { formatDay, formatInstant } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';
import { Skeleton } from '../ui/loaded.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { Repair } from './repair.tsx';
import { ReconciliationTable } from './reconciliation-table.tsx';
import { Sums } from './sums.tsx';
import { VERDICT_LOOK } from './verdicts.tsx';

interface OneProps {
  readonly companyId: string;
  readonly one: ReconciliationShape;
  readonly connectionName: string;
  readonly verdict: Verdict | undefined;
}

export function OneReconciliation({ companyId, one, connectionName, verdict }: OneProps) {
  const t = useWords();
  const locale = useLocale();
  const rows = useInfiniteQuery(
    reconciliationRowsQuery(companyId, one.id, verdict, one.finishedAt === null),
  );
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const csv = requestPath(endpoints.reconciliationCsv, {
    params: { companyId, reconciliationId: one.id },
    query: { verdict, decimals: locale.startsWith('da') ? 'comma' : 'point' },
  });
  const period = `${formatDay(one.fromOn, locale)} – ${formatDay(one.toOn, locale)}`;
  return (
    <section className="card reconciliation" aria-labelledby="reconciliation-title">
      <header>
        <h2 id="reconciliation-title">
          {connectionName}, {period}
        </h2>
        <a className="button slim" href={csv} download>
          {t('reconcile.csv')}
        </a>
      </header>
      <div className="body stack">
        <p className="quiet">
          {one.nightly
            ? t('reconcile.askedByNight', { at: formatInstant(one.createdAt, locale) })
            : t('reconcile.askedBy', {
                name: one.actor ?? '',
                at: formatInstant(one.createdAt, locale),
              })}
        </p>
        <Progress one={one} />
        <nav className="chips" aria-label={t('reconcile.verdicts')}>
          <Chip {...{ companyId, one }} verdict={undefined} on={verdict === undefined} />
          {VERDICTS.map((each) => (
            <Chip key={each} {...{ companyId, one }} verdict={each} on={verdict === each} />
          ))}
        </nav>
        <Sums totals={one.totals} />
        <Repair companyId={companyId} one={one} verdict={verdict} />
      </div>
      {rows.error && !rows.data && <ProblemBanner error={rows.error} />}
      {!rows.data && !rows.error && <Skeleton lines={5} />}
      {rows.data && items.length === 0 && (
        <p className="body quiet">
          {one.finishedAt === null ? t('reconcile.noRowsYet') : t('reconcile.noRows')}
        </p>
      )}
      {items.length > 0 && <ReconciliationTable companyId={companyId} one={one} rows={items} />}
      <MoreItems query={rows} shown={items.length} />
    </section>
  );
}

function Progress({ one }: { one: ReconciliationShape }) {
  const t = useWords();
  const values = { done: one.billsLookedAt, all: one.bills };
  const title = one.failure?.title ?? '';
  if (one.state === 'stopped') {
    return (
      <p className="result-line">
        <Icon name="failed" className="bad" /> {t('reconcile.stopped', values)} {title}
      </p>
    );
  }
  if (one.state === 'done') {
    const isSame = one.totals.every(({ verdict }) => verdict === 'same');
    return (
      <p className="result-line">
        <Icon name={isSame ? 'good' : 'warning'} className={isSame ? 'good' : 'care'} />{' '}
        {isSame ? t('reconcile.allSame', values) : t('reconcile.notAllSame', values)}
      </p>
    );
  }
  const label = one.listing ? t('reconcile.listing') : t('reconcile.progress', values);
  return (
    <div className="progress" aria-live="polite">
      <progress
        aria-label={t('reconcile.title')}
        max={Math.max(one.bills, 1)}
        value={one.billsLookedAt}
      />
      <span>
        {label} {title}
      </span>
    </div>
  );
}

function Chip({
  companyId,
  one,
  verdict,
  on,
}: {
  companyId: string;
  one: ReconciliationShape;
  verdict: Verdict | undefined;
  on: boolean;
}) {
  const t = useWords();
  const locale = useLocale();
  const totals = one.totals.filter((total) => verdict === undefined || total.verdict === verdict);
  const count = totals.reduce((sum, { rows }) => sum + rows, 0);
  return (
    <Link
      to="/c/$companyId/reconciliation"
      params={{ companyId }}
      search={{ run: one.id, ...(verdict ? { verdict } : {}) }}
      className="chip"
      activeProps={{ className: '' }}
      data-on={on || undefined}
      aria-current={on ? 'true' : undefined}
    >
      {verdict && <Icon name={VERDICT_LOOK[verdict].icon} className={VERDICT_LOOK[verdict].tone} />}
      {verdict ? t(`verdict.${verdict}`) : t('bills.all')}
      <span className="count">{count.toLocaleString(locale)}</span>
    </Link>
  );
}
