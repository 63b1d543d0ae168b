/** Does something to a bill: the new bill is shown at once, what else is stale is asked for, and said. */
import { useMutation } from '@tanstack/react-query';
import type { BillShape } from '../../contract/bill-shapes.ts';
import { newKey, queryClient } from '../api.ts';
import { billQuery, keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { problemText } from '../ui/problem.tsx';
import { showToast } from '../ui/toasts.tsx';
import { useBill } from './bill-context.ts';

export function showBill(bill: BillShape): void {
  queryClient.setQueryData(billQuery(bill.companyId, bill.id).queryKey, bill);
  for (const queryKey of [
    keys.bill(bill.companyId, bill.id),
    keys.bills(bill.companyId),
    keys.overview(bill.companyId),
  ])
    void queryClient.invalidateQueries({ queryKey });
}

interface Press<T> {
  readonly input: T;
  readonly idempotencyKey: string;
}

export function useBillAction<T = void>(
  act: (input: T, idempotencyKey: string) => Promise<BillShape>,
  done: string,
  onDone?: () => void,
  undo?: (bill: BillShape) => void,
) {
  const t = useWords();
  const { companyId, id } = useBill();
  const mutation = useMutation({
    mutationFn: ({ input, idempotencyKey }: Press<T>) => act(input, idempotencyKey),
    onSuccess: (bill) => {
      showBill(bill);
      showToast(done, undo && { label: t('act.undo'), run: () => undo(bill) });
      onDone?.();
    },
    onError: (error) => {
      showToast(problemText(error, t));
      // It may be another by now.
      void queryClient.invalidateQueries({ queryKey: keys.bill(companyId, id) });
    },
  });
  return {
    busy: mutation.isPending,
    error: mutation.error,
    run: (input: T) => mutation.mutate({ input, idempotencyKey: newKey() }),
  };
}
