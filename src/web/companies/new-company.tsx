/** Adds a company: a name and the currency of its books. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client, newKey, queryClient } from '../api.ts';
import { companiesQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Shell } from '../shell/shell.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { ProblemBanner } from '../ui/problem.tsx';

export function NewCompany() {
  const t = useWords();
  const navigate = useNavigate();
  usePageTitle(t('company.new'));
  const [name, setName] = useState('');
  const [baseCurrency, setBaseCurrency] = useState('DKK');
  const create = useMutation({
    mutationFn: (idempotencyKey: string) =>
      client.createCompany({ body: { name, baseCurrency }, idempotencyKey }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: companiesQuery.queryKey });
      await navigate({ to: '/c/$companyId/connections/new', params: { companyId: id } });
    },
  });
  const wrong = name.trim() === '' ? t('company.nameMissing') : null;
  return (
    <Shell>
      <form
        className="card narrow"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) create.mutate(newKey());
        }}
      >
        <header>
          <h1>{t('company.new')}</h1>
        </header>
        <div className="body stack">
          <Field label={t('company.name')}>
            {(parts) => (
              <input
                {...parts}
                className="input"
                required
                maxLength={200}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('company.currency')} help={t('company.currencyHelp')}>
            {(parts) => (
              <input
                {...parts}
                className="input"
                required
                pattern="[A-Z]{3}"
                value={baseCurrency}
                onChange={(event) => setBaseCurrency(event.target.value.toUpperCase())}
              />
            )}
          </Field>
          {create.error && <ProblemBanner error={create.error} />}
          <div className="doings">
            <Button type="submit" look="primary" reason={wrong} busy={create.isPending}>
              {t('company.create')}
            </Button>
          </div>
        </div>
      </form>
    </Shell>
  );
}
