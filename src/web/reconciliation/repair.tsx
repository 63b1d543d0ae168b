/** Mending many at once: what is missing or deviates is synced again; the rest is decided bill by bill. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReconciliationShape } from '../../contract/endpoints/reconciliations.ts';
import type { Verdict } from '../../core/reconciliation.ts';
import { BulkResult } from '../bills/bulk-result.tsx';
import { client, newKey, queryClient } from '../api.ts';
import { keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
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
  const resync = useMutation({
    mutationFn: (of: Verdict) =>
      client.resyncMany({
        params: { companyId },
        idempotencyKey: newKey(),
        body: {
          connectionId: one.connectionId,
          reconciled: { reconciliationId: one.id, verdict: of },
        },
      }),
    onSuccess: () => {
      setOpen(true);
      void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
    },
  });
  if (verdict === undefined || verdict === 'same') return null;
  const isHere = one.totals.some((total) => total.verdict === verdict);
  const help = <p className="quiet">{t(`verdict.help-${verdict}`)}</p>;
  if (!isHere || (verdict !== 'missing' && verdict !== 'deviates')) return help;
  return (
    <>
      {help}
      {resync.error && <ProblemBanner error={resync.error} />}
      <div className="doings">
        <Button icon="retry" busy={resync.isPending} onClick={() => resync.mutate(verdict)}>
          {t('reconcile.resync')}
        </Button>
      </div>
      {open && resync.data && (
        <Dialog title={t('bulk.resultTitle')} onClose={() => setOpen(false)} wide>
          <BulkResult companyId={companyId} result={resync.data} onFollow={() => setOpen(false)} />
          <div className="doings">
            <Button look="primary" onClick={() => setOpen(false)}>
              {t('act.close')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
