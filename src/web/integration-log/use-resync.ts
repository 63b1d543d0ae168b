/**
 * A wish to sync again, from the press to the result: the wish is in the log at once, gives way to
 * the real attempt when that opens, and how it ended is said aloud.
 */
import { useMutation } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { BillShape } from '../../contract/bill-shapes.ts';
import type { AttemptShape, ConnectionShape } from '../../contract/sync-shapes.ts';
import { client, newKey, queryClient } from '../api.ts';
import { keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { showToast } from '../ui/toasts.tsx';

export interface Wish {
  readonly posting: AttemptShape['kind'];
  readonly paymentId?: string | undefined;
  /** Also over what was kept as it is in the accounting system. */
  readonly overwrite?: boolean | undefined;
  /** What can be changed no more there is to be credited and made anew. */
  readonly replace?: boolean | undefined;
  /** What somebody booked there by hand is to be linked, as it is. */
  readonly link?: boolean | undefined;
}

/** One posting somebody asked for. Until the service has said which, there is no `postingId`. */
export interface Wished {
  readonly kind: AttemptShape['kind'];
  readonly postingId: string | null;
  readonly requestedAt: string;
  /** The attempt is in the log itself by now. */
  readonly seen: boolean;
}

export type Resync = ReturnType<typeof useResync>;

export function useResync(bill: BillShape, connection: ConnectionShape, onAccepted: () => void) {
  const t = useWords();
  const [wished, setWished] = useState<readonly Wished[]>([]);
  const mutation = useMutation({
    mutationFn: ({ wish, idempotencyKey }: { wish: Wish; idempotencyKey: string }) =>
      client.resync({
        params: { companyId: bill.companyId, billId: bill.id },
        idempotencyKey,
        body: {
          connectionId: connection.id,
          posting: wish.posting,
          ...(wish.paymentId ? { paymentId: wish.paymentId } : {}),
          ...(wish.overwrite ? { overwrite: true } : {}),
          ...(wish.replace ? { replace: true } : {}),
          ...(wish.link ? { link: true } : {}),
        },
      }),
    onMutate: ({ wish }) => {
      const requestedAt = new Date().toISOString();
      setWished([{ kind: wish.posting, postingId: null, requestedAt, seen: false }]);
    },
    onSuccess: ({ postingIds, requestedAt }, { wish }) => {
      const kind = wish.posting;
      setWished(postingIds.map((postingId) => ({ kind, postingId, requestedAt, seen: false })));
      onAccepted();
      void queryClient.invalidateQueries({ queryKey: keys.bill(bill.companyId, bill.id) });
    },
    onError: () => setWished([]),
  });

  /** Called with the log as it comes in. */
  const watch = useCallback(
    (attempts: readonly AttemptShape[]) => {
      if (wished.length === 0) return;
      const left = wished.flatMap((wish) => {
        const attempt = attempts.find((one) => isFor(wish, one));
        if (!attempt) return [wish];
        if (attempt.outcome === null) return wish.seen ? [wish] : [{ ...wish, seen: true }];
        const name = t(`posting.${attempt.kind}`);
        const outcome = t(`outcome.${attempt.outcome}`);
        showToast(
          attempt.failure
            ? t('resync.endedBadly', { name, outcome, why: attempt.failure.title })
            : t('resync.ended', { name, outcome }),
        );
        return [];
      });
      if (left.length !== wished.length || left.some((wish, at) => wish !== wished[at]))
        setWished(left);
    },
    [wished, t],
  );
  return {
    wished,
    watch,
    busy: mutation.isPending,
    error: mutation.error,
    run: (wish: Wish) => mutation.mutate({ wish, idempotencyKey: newKey() }),
    forgetError: mutation.reset,
  };
}

function isFor(wish: Wished, attempt: AttemptShape): boolean {
  return (
    attempt.postingId === wish.postingId &&
    Date.parse(attempt.openedAt) >= Date.parse(wish.requestedAt)
  );
}
