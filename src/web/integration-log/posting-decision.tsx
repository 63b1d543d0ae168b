/**
 * What only a person can decide about a posting: which value holds where somebody changed it in the
 * accounting system, whether one that was deleted there shall be made again, whether one that can be
 * changed no more shall be credited and made anew, and whether one that was booked there by hand is this one.
 */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { BillShape } from '../../contract/bill-shapes.ts';
import type { ConnectionShape, PostingShape } from '../../contract/sync-shapes.ts';
import { client, newKey, queryClient } from '../api.ts';
import { keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { showToast } from '../ui/toasts.tsx';
import { ConflictValues } from './compare-tables.tsx';
import type { Resync, Wish } from './use-resync.ts';

interface PostingDecisionProps {
  readonly bill: BillShape;
  readonly posting: PostingShape;
  readonly connection: ConnectionShape;
  readonly name: string;
  /** Null: it can not be synced now, so there is nothing to decide. */
  readonly resync: Resync | null;
}

export function PostingDecision(props: PostingDecisionProps) {
  const { bill, posting, connection, resync } = props;
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
  if (code === 'changed-in-target') return <Changed {...props} onOverwrite={() => ask(true)} />;
  if (code === 'posting-locked' && canCredit(posting, connection))
    return <Locked {...{ connection, resync }} />;
  if (code === 'number-taken' && canLink(posting, connection))
    return <Taken {...{ connection, resync }} said={posting.failure?.originalMessage ?? null} />;
  if (code === 'booked-otherwise') return <BookedOtherwise {...props} />;
  if (posting.kept.length === 0) return null;
  return <Kept {...{ bill, posting, resync }} onOverwrite={() => ask(true)} />;
}

function canLink(
  { kind, off, remoteId }: PostingShape,
  { capabilities }: ConnectionShape,
): boolean {
  const isToBeMade = kind === 'supplier-invoice' && off === null && remoteId === null;
  return isToBeMade && capabilities['link'] === true;
}

function canCredit({ kind, off }: PostingShape, { capabilities }: ConnectionShape): boolean {
  return kind === 'supplier-invoice' && off === null && capabilities['credit'] === true;
}

/** It touches what is booked. */
function Locked({ connection, resync }: Offered) {
  const t = useWords();
  return (
    <AskedTwice
      label={t('decision.replace')}
      title={t('decision.replaceTitle')}
      wish={{ posting: 'supplier-invoice', replace: true }}
      resync={resync}
    >
      <p>{t('decision.replaceHelp', { connection: connection.name })}</p>
      <p className="quiet">{t('decision.replaceElse', { connection: connection.name })}</p>
    </AskedTwice>
  );
}

/** From then on it counts as what Spor made. `said`: the accounting system's own words of which one it is. */
function Taken({ connection, resync, said }: Offered & { readonly said: string | null }) {
  const t = useWords();
  return (
    <AskedTwice
      label={t('decision.link')}
      title={t('decision.linkTitle')}
      wish={{ posting: 'supplier-invoice', link: true }}
      resync={resync}
    >
      <p>{t('decision.linkHelp', { connection: connection.name })}</p>
      {said !== null && (
        <p>
          {t('failure.original')}: <q lang="">{said}</q>
        </p>
      )}
      <p className="quiet">{t('decision.linkLater', { connection: connection.name })}</p>
    </AskedTwice>
  );
}

/** It was not linked with many others, for it is not as the bill says; but it may be the same invoice. */
function BookedOtherwise({ bill, posting, connection, resync }: PostingDecisionProps) {
  const t = useWords();
  return (
    <div className="decision stack">
      <ConflictValues
        label={t('attempt.otherwise')}
        conflicts={posting.failure?.conflicts ?? []}
        currency={bill.currency}
      />
      {resync && canLink(posting, connection) && <Taken {...{ connection, resync }} said={null} />}
    </div>
  );
}

interface Offered {
  readonly connection: ConnectionShape;
  readonly resync: Resync;
}

function AskedTwice(props: {
  readonly label: string;
  readonly title: string;
  readonly wish: Wish;
  readonly resync: Resync;
  readonly children: ReactNode;
}) {
  const { label, resync } = props;
  const [isAsking, setAsking] = useState(false);
  const close = () => {
    resync.forgetError();
    setAsking(false);
  };
  return (
    <div className="doings">
      <Button aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {label}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={props.title}
          confirm={label}
          busy={resync.busy}
          onConfirm={() => resync.run(props.wish)}
          onClose={close}
        >
          {props.children}
          {resync.error && <ProblemBanner error={resync.error} />}
        </ConfirmDialog>
      )}
    </div>
  );
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
}: Omit<PostingDecisionProps, 'name' | 'connection'> & { readonly onOverwrite: () => void }) {
  const t = useWords();
  return (
    <div className="decision stack">
      <p className="quiet">{t('decision.kept')}</p>
      <ConflictValues
        label={t('decision.kept')}
        conflicts={posting.kept.map((kept) => ({ ...kept, confirmed: null }))}
        currency={bill.currency}
      />
      <div className="doings">
        <Button slim busy={resync?.busy ?? false} onClick={onOverwrite}>
          {t('decision.useBill')}
        </Button>
      </div>
    </div>
  );
}
