/** The form: what was typed stays until it is saved or dropped; another's change is shown, never lost. */
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { DayInput } from '../ui/day-input.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { useBill } from './bill-context.ts';
import { Conflicts } from './conflicts.tsx';
import { conflicts, isAmountField, NO_DRAFT, shown, type, wrongFields } from './draft.ts';
import { LinesEditor } from './lines-editor.tsx';
import { useDraft } from './use-draft.ts';
import { useSaveDraft } from './use-save-draft.ts';

export function DetailsForm() {
  const t = useWords();
  const locale = useLocale();
  const bill = useBill();
  const [draft, setDraft] = useDraft(bill.id);
  const save = useSaveDraft(bill, () => setDraft(NO_DRAFT));
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

  const typing = (field: string) => (text: string) =>
    setDraft(type(draft, bill, field, text, locale));
  const bindDay = (field: string) => ({
    value: shown(draft, bill, field, locale),
    readOnly: locked,
    onType: typing(field),
  });
  const bind = (field: string) => ({
    value: shown(draft, bill, field, locale),
    readOnly: locked,
    onChange: (event: { target: { value: string } }) => typing(field)(event.target.value),
  });

  return (
    <form
      className="stack"
      aria-label={t('bill.details')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!reason) save.mutate(draft);
      }}
    >
      <section className="card">
        <div className="body detail-fields">
          <Field
            label={t('field.number')}
            wrong={wrong.includes('number') ? t('form.numberWrong') : null}
          >
            {(parts) => <input {...parts} className="input" maxLength={200} {...bind('number')} />}
          </Field>
          <Field
            label={t('field.issuedOn')}
            wrong={wrong.includes('issuedOn') ? t('form.dayWrong') : null}
          >
            {(parts) => <DayInput {...parts} {...bindDay('issuedOn')} />}
          </Field>
          <Field
            label={t('field.dueOn')}
            wrong={wrong.includes('dueOn') ? t('form.dayWrong') : null}
          >
            {(parts) => <DayInput {...parts} {...bindDay('dueOn')} />}
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
      <div className="save-area" data-unsaved={unsaved > 0 || undefined}>
        {save.error && inConflict.length === 0 && <ProblemBanner error={save.error} />}
        <Conflicts bill={bill} draft={draft} fields={inConflict} onSettle={setDraft} />
        {bill.status === 'approved' && Object.keys(draft.typed).some(isAmountField) && (
          <output className="small block">
            <Icon name="warning" className="care" /> {t('form.approvedAmounts')}
          </output>
        )}
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
