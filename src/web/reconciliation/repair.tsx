/** Mending many at once: what is missing or deviates is synced again; the rest is decided bill by bill. */
import { useState } from 'react';
import type { ReconciliationShape } from '../../contract/endpoints/reconciliations.ts';
import type { Verdict } from '../../core/reconciliation.ts';
import { useWords } from '../reader/words.tsx';
import { RunDialog } from '../resync-runs/run-dialog.tsx';
import { RunName } from '../resync-runs/run-name.tsx';
import { useResyncRun } from '../resync-runs/use-resync-run.ts';
import { Button } from '../ui/button.tsx';
import { ProblemBanner } from '../ui/problem.tsx';

export function Repair({
  companyId,
  one,
  verdict,
}: {
  companyId: string;
  one: ReconciliationShape;
  verdict: Verdict | undefined;
}) {
  const t = useWords();
  const [open, setOpen] = useState(false);
  const [recreate, setRecreate] = useState(false);
  const { run, ...doing } = useResyncRun(companyId);
  if (verdict === undefined || verdict === 'same') return null;
  const isHere = one.totals.some((total) => total.verdict === verdict);
  const help = <p className="quiet">{t(`verdict.help-${verdict}`)}</p>;
  if (!isHere || (verdict !== 'missing' && verdict !== 'deviates')) return help;
  const { connectionId, id: reconciliationId } = one;
  const start = () =>
    doing.start(
      { connectionId, of: { by: 'reconciled', reconciliationId, verdict }, recreate },
      () => setOpen(true),
    );
  const isOpen = open && run !== null;
  return (
    <>
      {help}
      {!isOpen && doing.error !== null && <ProblemBanner error={doing.error} />}
      {verdict === 'missing' && (
        <label className="check">
          <input
            type="checkbox"
            checked={recreate}
            onChange={(event) => setRecreate(event.target.checked)}
          />
          <span>
            {t('reconcile.recreate')}
            <span className="quiet small block">{t('reconcile.recreateHelp')}</span>
          </span>
        </label>
      )}
      <div className="doings">
        <Button icon="retry" busy={doing.starting} onClick={start}>
          {t('reconcile.resync')}
        </Button>
      </div>
      {isOpen && (
        <RunDialog
          companyId={companyId}
          run={run}
          doing={doing}
          which={<RunName run={run} />}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
