/**
 * Saves what was typed. When somebody else changed the bill first, their change is read; fields both
 * touched are left for the person to settle, and the rest is saved upon their version.
 */
import { useMutation } from '@tanstack/react-query';
import { ApiProblem } from '../../client/client.ts';
import type { BillShape } from '../../contract/bill-shapes.ts';
import { client, queryClient } from '../api.ts';
import { billQuery } from '../queries.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { problemText } from '../ui/problem.tsx';
import { showToast } from '../ui/toasts.tsx';
import { billValues, conflicts, type Draft, editOf, toEdit } from './draft.ts';
import { showBill } from './use-bill-action.ts';

const TRIES = 3;

interface Saved {
  readonly before: BillShape;
  readonly after: BillShape;
}

export function useSaveDraft(bill: BillShape, onSaved: () => void) {
  const t = useWords();
  const locale = useLocale();
  const params = { companyId: bill.companyId, billId: bill.id };

  const save = async (draft: Draft, before: BillShape, tries = TRIES): Promise<Saved> => {
    const body = toEdit(draft, before, locale);
    if (!body) return { before, after: before };
    try {
      return { before, after: await client.editBill({ params, body }) };
    } catch (error) {
      if (!isChanged(error) || tries === 1) throw error;
      const theirs = await client.getBill({ params });
      queryClient.setQueryData(billQuery(bill.companyId, bill.id).queryKey, theirs);
      if (conflicts(draft, theirs, locale).length > 0) throw error;
      return save(draft, theirs, tries - 1);
    }
  };

  const undo = async ({ before, after }: Saved) => {
    const was = billValues(before);
    const changed = Object.keys(was).filter((field) => billValues(after)[field] !== was[field]);
    const body = editOf(
      Object.fromEntries(changed.map((field) => [field, was[field] ?? ''])),
      after,
    );
    if (!body) return;
    try {
      showBill(await client.editBill({ params, body }));
      showToast(t('form.undone'));
    } catch (error) {
      showToast(problemText(error, t));
    }
  };

  return useMutation({
    mutationFn: (draft: Draft) => save(draft, bill),
    onSuccess: (saved) => {
      showBill(saved.after);
      onSaved();
      showToast(t('form.saved'), { label: t('act.undo'), run: () => void undo(saved) });
    },
  });
}

function isChanged(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.code === 'bill-changed';
}
