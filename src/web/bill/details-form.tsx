/** The form: what was typed stays until it is saved or dropped; another's change is shown, never lost. */
import { useMutation } from '@tanstack/react-query';
import type { BillEdit, BillShape } from '../../contract/bill-shapes.ts';
import { ApiProblem } from '../../client/client.ts';
import { client, queryClient } from '../api.ts';
import { keys } from '../queries.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { DayInput } from '../ui/day-input.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { problemText, ProblemBanner } from '../ui/problem.tsx';
import { showToast } from '../ui/toasts.tsx';
import { useBill } from './bill-context.ts';
import { Conflicts } from './conflicts.tsx';
import {
  billValues,
  conflicts,
  editOf,
  NO_DRAFT,
  shown,
  toEdit,
  type,
  wrongFields,
} from './draft.ts';
import { LinesEditor } from './lines-editor.tsx';
import { useDraft } from './use-draft.ts';
import { showBill } from './use-bill-action.ts';

export function DetailsForm() {
  const t = useWords();
  const locale = useLocale();
  const bill = useBill();
  const [draft, setDraft] = useDraft(bill.id);
  const save = useSave(bill, () => setDraft(NO_DRAFT));
  const wrong = wrongFields(draft, locale);
  const inConflict = conflicts(draft, bill, locale);
  const unsaved = Object.keys(draft.typed).length;
  const locked = bill.status === 'cancelled';
  const reason = locked
    ? t('bill.isCancelled')
    : wrong.length > 0
      ? t('form.somethingWrong')
      : inConflict.length > 0
        ? t('form.settleFirst')
        : unsaved === 0
          ? t('form.nothingToSave')
          : null;

  const bind = (field: string) => ({
    value: shown(draft, bill, field, locale),
    readOnly: locked,
    onChange: (event: { target: { value: string } }) =>
      setDraft(type(draft, bill, field, event.target.value, locale)),
  });

  return (
    <form
      className="stack"
      aria-label={t('bill.details')}
      onSubmit={(event) => {
        event.preventDefault();
        const edit = toEdit(draft, bill, locale);
        if (edit && !reason) save.mutate(edit);
      }}
    >
      <section className="card">
        <div className="body detail-fields">
          <Field
            label={t('field.dueOn')}
            wrong={wrong.includes('dueOn') ? t('form.dayWrong') : null}
          >
            {(parts) => (
              <DayInput
                {...parts}
                value={shown(draft, bill, 'dueOn', locale)}
                readOnly={locked}
                onType={(text) => setDraft(type(draft, bill, 'dueOn', text, locale))}
              />
            )}
          </Field>
          <Field label={t('field.department')}>
            {(parts) => (
              <input {...parts} className="input" maxLength={100} {...bind('department')} />
            )}
          </Field>
          <Field label={t('field.project')}>
            {(parts) => <input {...parts} className="input" maxLength={100} {...bind('project')} />}
          </Field>
          <Field label={t('field.note')} className="wide">
            {(parts) => (
              <textarea {...parts} className="input" rows={2} maxLength={2000} {...bind('note')} />
            )}
          </Field>
        </div>
      </section>
      <LinesEditor bill={bill} draft={draft} bind={bind} wrong={wrong} />
      {save.error && !(isChanged(save.error) && inConflict.length > 0) && (
        <ProblemBanner error={save.error} />
      )}
      <div className="save-area" data-unsaved={unsaved > 0 || undefined}>
        <Conflicts bill={bill} draft={draft} fields={inConflict} onSettle={setDraft} />
        <div className="save-bar">
          <Button
            type="submit"
            look={reason ? undefined : 'primary'}
            reason={reason}
            busy={save.isPending}
          >
            {t('form.save')}
          </Button>
          {unsaved > 0 && (
            <>
              <Button look="plain" onClick={() => setDraft(NO_DRAFT)}>
                {t('form.drop')}
              </Button>
              <span className="quiet small unsaved">
                <Icon name="info" /> {t('form.unsaved', { count: unsaved })}
              </span>
            </>
          )}
        </div>
      </div>
    </form>
  );
}

function isChanged(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.code === 'bill-changed';
}

function useSave(bill: BillShape, onSaved: () => void) {
  const t = useWords();
  const params = { companyId: bill.companyId, billId: bill.id };
  const undo = async (saved: BillShape, before: Record<string, string>) => {
    const body = editOf(before, saved);
    if (!body) return;
    try {
      showBill(await client.editBill({ params, body }));
      showToast(t('form.undone'));
    } catch (error) {
      showToast(problemText(error, t));
    }
  };
  return useMutation({
    mutationFn: (body: BillEdit) => client.editBill({ params, body }),
    onSuccess: (saved) => {
      const before = billValues(bill);
      showBill(saved);
      onSaved();
      const changed = Object.entries(billValues(saved)).filter(([f, v]) => before[f] !== v);
      const former = Object.fromEntries(changed.map(([field]) => [field, before[field] ?? '']));
      showToast(t('form.saved'), { label: t('act.undo'), run: () => void undo(saved, former) });
    },
    onError: (error) => {
      // Somebody was first: show what the bill says now, beside what was typed.
      if (isChanged(error))
        void queryClient.invalidateQueries({ queryKey: keys.bill(bill.companyId, bill.id) });
    },
  });
}
