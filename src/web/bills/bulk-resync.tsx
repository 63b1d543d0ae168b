/** Syncing many bills again: asks first, then shows how far it is and what was left out, and why. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BillSummaryShape } from '../../contract/bill-shapes.ts';
import { ConnectionSelect } from '../connections/connection-select.tsx';
import { connectionsQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { RunDialog } from '../resync-runs/run-dialog.tsx';
import { RunName } from '../resync-runs/run-name.tsx';
import { type ResyncWish, useResyncRun } from '../resync-runs/use-resync-run.ts';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { ProblemBanner } from '../ui/problem.tsx';

export type BulkWish =
  | { readonly kind: 'chosen'; readonly bills: readonly BillSummaryShape[] }
  | { readonly kind: 'all-failed'; readonly count: number };

type Kind = 'both' | 'supplier-invoice' | 'supplier-payment';

export function BulkResync({
  companyId,
  wish,
  onDone,
  onClose,
}: {
  companyId: string;
  wish: BulkWish;
  /** It is asked for. */
  onDone: () => void;
  onClose: () => void;
}) {
  const t = useWords();
  const connections = useQuery(connectionsQuery(companyId)).data?.items ?? [];
  const [connectionId, setConnectionId] = useState('');
  const [posting, setPosting] = useState<Kind>('both');
  const { run, ...doing } = useResyncRun(companyId);
  const start = () => {
    const asked: ResyncWish = {
      ...(connectionId ? { connectionId } : {}),
      ...(posting === 'both' ? {} : { posting }),
      of:
        wish.kind === 'chosen'
          ? { by: 'bills', billIds: wish.bills.map(({ id }) => id) }
          : { by: 'state', state: 'failed' },
    };
    doing.start(asked, onDone);
  };
  if (run) {
    return (
      <RunDialog
        companyId={companyId}
        run={run}
        doing={doing}
        which={<RunName run={run} />}
        bills={wish.kind === 'chosen' ? wish.bills : []}
        onClose={onClose}
      />
    );
  }
  const count = wish.kind === 'chosen' ? wish.bills.length : wish.count;
  const noPayment = wish.kind === 'chosen' && wish.bills.every(({ paid }) => !paid);
  return (
    <ConfirmDialog
      title={t('bulk.title', { count })}
      confirm={t('resync.go')}
      busy={doing.starting}
      onConfirm={start}
      onClose={onClose}
    >
      <p>{t('bulk.help')}</p>
      <ConnectionSelect connections={connections} value={connectionId} onChoose={setConnectionId} />
      {!noPayment && (
        <Field label={t('bulk.what')}>
          {(parts) => (
            <select
              {...parts}
              className="select"
              value={posting}
              onChange={(event) => setPosting(event.target.value as Kind)}
            >
              <option value="both">{t('bulk.both')}</option>
              <option value="supplier-invoice">{t('posting.supplier-invoice')}</option>
              <option value="supplier-payment">{t('posting.supplier-payment')}</option>
            </select>
          )}
        </Field>
      )}
      {doing.error !== null && <ProblemBanner error={doing.error} />}
    </ConfirmDialog>
  );
}
