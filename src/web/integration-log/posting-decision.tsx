/**
 * What only a person can decide about a posting: which value holds where somebody changed it in the
 * accounting system, and whether one that was deleted there shall be made again.
 */
import { useMutation } from '@tanstack/react-query';
import type { BillShape } from '../../contract/bill-shapes.ts';
import type { PostingShape } from '../../contract/sync-shapes.ts';
import { client, newKey, queryClient } from '../api.ts';
import { keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { showToast } from '../ui/toasts.tsx';
import { ConflictValues } from './compare-tables.tsx';
import { FieldName } from './field-name.tsx';
import { FieldValue } from './field-value.tsx';
import type { Resync } from './use-resync.ts';

interface PostingDecisionProps {
  readonly bill: BillShape;
  readonly posting: PostingShape;
  readonly name: string;
  /** Null: it can not be synced now, so there is nothing to decide. */
  readonly resync: Resync | null;
}

export function PostingDecision({ bill, posting, name, resync }: PostingDecisionProps) {
  const t = useWords();
  if (!resync) return null;
  const ask = (overwrite: boolean) =>
    resync.run({
      posting: posting.kind,
      overwrite,
      ...(posting.paymentId ? { paymentId: posting.paymentId } : {}),
    });
  const code = posting.state === 'failed' ? posting.failure?.code : undefined;
  if (code === 'deleted-in-target') {
    return (
      <div className="doings">
        <Button icon="retry" busy={resync.busy} onClick={() => ask(false)}>
          {t('resync.recreate')}
        </Button>
      </div>
    );
  }
  if (code === 'changed-in-target')
    return <Changed {...{ bill, posting, name, resync }} onOverwrite={() => ask(true)} />;
  if (posting.kept.length === 0) return null;
  return <Kept {...{ bill, posting, resync }} onOverwrite={() => ask(true)} />;
}

function Changed({
  bill,
  posting,
  name,
  resync,
  onOverwrite,
}: PostingDecisionProps & { readonly onOverwrite: () => void }) {
  const t = useWords();
  const keep = useMutation({
    mutationFn: (attemptId: string) =>
      client.keepInTarget({
        params: { companyId: bill.companyId, billId: bill.id, postingId: posting.id },
        body: { attemptId },
        idempotencyKey: newKey(),
      }),
    onSuccess: () => showToast(t('decision.keptDone', { name })),
    onSettled: () =>
      queryClient.invalidateQueries({ queryKey: keys.bill(bill.companyId, bill.id) }),
  });
  const { lastAttemptId, failure } = posting;
  return (
    <div className="decision stack">
      <ConflictValues
        label={t('decision.title')}
        conflicts={failure?.conflicts ?? []}
        currency={bill.currency}
      />
      {keep.error && <ProblemBanner error={keep.error} />}
      <div className="doings">
        <Button busy={resync?.busy ?? false} onClick={onOverwrite}>
          {t('decision.overwrite')}
        </Button>
        <Button
          busy={keep.isPending}
          onClick={() => lastAttemptId !== null && keep.mutate(lastAttemptId)}
        >
          {t('decision.keep')}
        </Button>
      </div>
    </div>
  );
}

function Kept({
  bill,
  posting,
  resync,
  onOverwrite,
}: Omit<PostingDecisionProps, 'name'> & { readonly onOverwrite: () => void }) {
  const t = useWords();
  return (
    <div className="decision stack">
      <p className="quiet">{t('decision.kept')}</p>
      <ScrollX label={t('decision.kept')}>
        <table className="table compare" aria-label={t('decision.kept')}>
          <thead>
            <tr>
              <th>{t('field.label')}</th>
              <th>{t('attempt.thereNow')}</th>
              <th>{t('attempt.onBill')}</th>
            </tr>
          </thead>
          <tbody>
            {posting.kept.map(({ field, there, wanted }) => (
              <tr key={field}>
                <th scope="row">
                  <FieldName field={field} />
                </th>
                <td>
                  <FieldValue field={field} value={there} currency={bill.currency} />
                </td>
                <td>
                  <FieldValue field={field} value={wanted} currency={bill.currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <div className="doings">
        <Button slim busy={resync?.busy ?? false} onClick={onOverwrite}>
          {t('decision.useBill')}
        </Button>
      </div>
    </div>
  );
}
