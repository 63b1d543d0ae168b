/** An integration's rules: what is kept in step, from when, on which accounts, and what is opted out. */
import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { CONFLICT_RULES } from '../../core/rules.ts';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { ProblemBanner } from '../ui/problem.tsx';
import { MapEditor } from './map-editor.tsx';
import { OptOutsEditor } from './opt-outs-editor.tsx';
import { type RulesDraft, rulesDraft, rulesFrom, rulesWrong } from './rules-draft.ts';
import { useEditConnection } from './use-edit-connection.ts';

const BEGIN_ON = ['added', 'approved', 'paid'] as const;

interface RulesFormProps {
  readonly companyId: string;
  readonly connection: ConnectionShape;
}

export function RulesForm({ companyId, connection }: RulesFormProps) {
  const t = useWords();
  const locale = useLocale();
  const [edited, setEdited] = useState<RulesDraft | null>(null);
  const draft = edited ?? rulesDraft(connection.rules, locale);
  const save = useEditConnection(companyId, connection.id, () => setEdited(null));
  const change = (part: Partial<RulesDraft>) => setEdited({ ...draft, ...part });
  const wrong = rulesWrong(draft, locale);
  const reason = edited === null ? t('form.nothingToSave') : wrong && t(`rules.wrong-${wrong}`);
  return (
    <form
      className="card"
      aria-labelledby="rules-title"
      onSubmit={(event) => {
        event.preventDefault();
        if (!reason) save.run({ rules: rulesFrom(draft, locale) });
      }}
    >
      <header>
        <h2 id="rules-title">{t('rules.title')}</h2>
      </header>
      <div className="body stack rules">
        <WhatAndWhen draft={draft} onChange={change} />
        <Accounts draft={draft} onChange={change} />
        <OnConflict draft={draft} onChange={change} />
        <OptOutsEditor optOuts={draft.optOuts} onChange={(optOuts) => change({ optOuts })} />
        {save.error && <ProblemBanner error={save.error} />}
        <div className="doings">
          <Button
            type="submit"
            look={reason ? undefined : 'primary'}
            busy={save.busy}
            reason={reason}
          >
            {t('rules.save')}
          </Button>
          {edited !== null && (
            <Button look="plain" onClick={() => setEdited(null)}>
              {t('form.drop')}
            </Button>
          )}
          {edited !== null && wrong && <span className="wrong">{t(`rules.wrong-${wrong}`)}</span>}
        </div>
      </div>
    </form>
  );
}

interface PartProps {
  readonly draft: RulesDraft;
  readonly onChange: (part: Partial<RulesDraft>) => void;
}

function WhatAndWhen({ draft, onChange }: PartProps) {
  const t = useWords();
  return (
    <>
      <fieldset>
        <legend className="label">{t('rules.what')}</legend>
        <label className="check">
          <input
            type="checkbox"
            checked={!draft.supplierInvoices}
            onChange={(event) => onChange({ supplierInvoices: !event.target.checked })}
          />
          <span>{t('rules.noInvoices')}</span>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={!draft.supplierPayments}
            onChange={(event) => onChange({ supplierPayments: !event.target.checked })}
          />
          <span>{t('rules.noPayments')}</span>
        </label>
      </fieldset>
      <RadioGroup
        className="radios begin-on"
        value={draft.beginOn}
        onChange={(beginOn) => onChange({ beginOn: beginOn as RulesDraft['beginOn'] })}
      >
        <Label className="label">{t('rules.beginOn')}</Label>
        {BEGIN_ON.map((moment) => (
          <Radio key={moment} value={moment} className="radio">
            <span className="name">{t(`rules.begin-${moment}`)}</span>
          </Radio>
        ))}
      </RadioGroup>
    </>
  );
}

function OnConflict({ draft, onChange }: PartProps) {
  const t = useWords();
  return (
    <RadioGroup
      className="radios on-conflict"
      value={draft.onConflict}
      onChange={(rule) => onChange({ onConflict: rule as RulesDraft['onConflict'] })}
    >
      <Label className="label">{t('rules.onConflict')}</Label>
      {CONFLICT_RULES.map((rule) => (
        <Radio key={rule} value={rule} className="radio">
          <span className="name">{t(`rules.conflict-${rule}`)}</span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

function Accounts({ draft, onChange }: PartProps) {
  const t = useWords();
  return (
    <>
      <div className="side-by-side">
        <Field label={t('rules.defaultAccount')} help={t('rules.defaultAccountHelp')}>
          {(parts) => (
            <input
              {...parts}
              className="input"
              maxLength={200}
              value={draft.defaultAccount}
              onChange={(event) => onChange({ defaultAccount: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('rules.paymentAccount')} help={t('rules.paymentAccountHelp')}>
          {(parts) => (
            <input
              {...parts}
              className="input"
              maxLength={200}
              value={draft.paymentAccount}
              onChange={(event) => onChange({ paymentAccount: event.target.value })}
            />
          )}
        </Field>
      </div>
      <MapEditor
        title={t('rules.accounts')}
        from={t('field.category')}
        to={t('field.account')}
        rows={draft.accounts}
        fromMost={100}
        onChange={(accounts) => onChange({ accounts })}
      />
      <MapEditor
        title={t('rules.vatCodes')}
        help={t('rules.vatCodesHelp')}
        from={t('rules.vatKey')}
        to={t('field.vatCode')}
        rows={draft.vatCodes}
        fromMost={20}
        onChange={(vatCodes) => onChange({ vatCodes })}
      />
    </>
  );
}
