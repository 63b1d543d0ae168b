/** Syncs many bills again: asks first, then says what was accepted and what was left out, and why. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BillSummaryShape } from '../../contract/bill-shapes.ts';
import { client, newKey, queryClient } from '../api.ts';
import { ConnectionSelect } from '../connections/connection-select.tsx';
import { connectionsQuery, keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog, Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { BulkResult } from './bulk-result.tsx';

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
  onDone: () => void;
  onClose: () => void;
}) {
  const t = useWords();
  const connections = useQuery(connectionsQuery(companyId)).data?.items ?? [];
  const [connectionId, setConnectionId] = useState('');
  const [posting, setPosting] = useState<Kind>('both');
  const resync = useMutation({
    mutationFn: (idempotencyKey: string) =>
      client.resyncMany({
        params: { companyId },
        idempotencyKey,
        body: {
          ...(connectionId ? { connectionId } : {}),
          ...(posting === 'both' ? {} : { posting }),
          ...(wish.kind === 'chosen'
            ? { billIds: wish.bills.map(({ id }) => id) }
            : { sync: 'failed' as const }),
        },
      }),
    onSuccess: () => {
      onDone();
      void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
    },
  });
  const count = wish.kind === 'chosen' ? wish.bills.length : wish.count;
  const noPayment = wish.kind === 'chosen' && wish.bills.every(({ paid }) => !paid);
  if (resync.data) {
    return (
      <Dialog title={t('bulk.resultTitle')} onClose={onClose} wide>
        <BulkResult
          companyId={companyId}
          result={resync.data}
          {...(wish.kind === 'chosen' ? { bills: wish.bills } : {})}
          onFollow={onClose}
        />
        <div className="doings">
          <Button look="primary" onClick={onClose}>
            {t('act.close')}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={t('bulk.title', { count })}
      confirm={t('resync.go')}
      busy={resync.isPending}
      onConfirm={() => resync.mutate(newKey())}
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
      {resync.error && <ProblemBanner error={resync.error} />}
    </ConfirmDialog>
  );
}
