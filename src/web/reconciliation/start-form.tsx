/** Which days and which integration to compare, and the press that begins it. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { addDays, dayOf } from '../../core/day.ts';
import { NIGHT_DAYS } from '../../core/reconciliation.ts';
import { client, newKey, queryClient } from '../api.ts';
import { ConnectionSelect } from '../connections/connection-select.tsx';
import { keys } from '../queries.ts';
import { useLocale } from '../reader/preferences.ts';
import { dayToType, readDay } from '../reader/typed-days.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { DayInput } from '../ui/day-input.tsx';
import { Field } from '../ui/field.tsx';
import { useNowMs } from '../ui/moment.tsx';
import { ProblemBanner } from '../ui/problem.tsx';

export function StartForm({
  companyId,
  connections,
  onStarted,
}: {
  companyId: string;
  connections: readonly ConnectionShape[];
  onStarted: (id: string) => void;
}) {
  const t = useWords();
  const locale = useLocale();
  const today = dayOf(new Date(useNowMs()));
  const [from, setFrom] = useState(() => dayToType(addDays(today, 0 - NIGHT_DAYS), locale));
  const [to, setTo] = useState(() => dayToType(today, locale));
  const [connectionId, setConnectionId] = useState('');
  const year = Number(today.slice(0, 4));
  const [fromOn, toOn] = [readDay(from, year), readDay(to, year)];
  const start = useMutation({
    mutationFn: () =>
      client.startReconciliation({
        params: { companyId },
        idempotencyKey: newKey(),
        body: {
          ...(connectionId ? { connectionId } : {}),
          ...(fromOn ? { fromOn } : {}),
          ...(toOn ? { toOn } : {}),
        },
      }),
    onSuccess: async ({ items }) => {
      await queryClient.invalidateQueries({ queryKey: keys.reconciliations(companyId) });
      if (items[0]) onStarted(items[0].id);
    },
  });
  const on = connections.filter(({ enabled }) => enabled);
  const reason =
    on.length === 0
      ? t('reconcile.noIntegration')
      : fromOn === null || toOn === null
        ? t('reconcile.noPeriod')
        : fromOn > toOn
          ? t('reconcile.backwards')
          : null;
  return (
    <form
      className="reconcile-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!reason) start.mutate();
      }}
    >
      <Field label={t('reconcile.from')}>
        {(parts) => <DayInput {...parts} value={from} onType={setFrom} />}
      </Field>
      <Field label={t('reconcile.to')}>
        {(parts) => <DayInput {...parts} value={to} onType={setTo} />}
      </Field>
      <ConnectionSelect connections={on} value={connectionId} onChoose={setConnectionId} />
      <Button
        type="submit"
        icon="sync"
        look={reason ? undefined : 'primary'}
        reason={reason}
        busy={start.isPending}
      >
        {t('reconcile.start')}
      </Button>
      {start.error && <ProblemBanner error={start.error} />}
    </form>
  );
}
