/** *Test forbindelsen*: can we sign in and see the books? */
import { useMutation } from '@tanstack/react-query';
import { client, newKey } from '../api.ts';
import { FailureBlock } from '../integration-log/failure-block.tsx';
import { formatDuration } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ProblemBanner } from '../ui/problem.tsx';

export function ConnectionCheck({
  companyId,
  connectionId,
}: {
  companyId: string;
  connectionId: string;
}) {
  const t = useWords();
  const locale = useLocale();
  const check = useMutation({
    mutationFn: (idempotencyKey: string) =>
      client.checkConnection({ params: { companyId, connectionId }, idempotencyKey }),
  });
  const result = check.data;
  return (
    <section className="connection-check" aria-label={t('connection.test')}>
      <Button icon="plug" busy={check.isPending} onClick={() => check.mutate(newKey())}>
        {t('connection.test')}
      </Button>
      <div aria-live="polite">
        {result?.ok && !check.isPending && (
          <p className="result-line">
            <Icon name="good" className="good" />
            {t('connection.testOk', { duration: formatDuration(result.durationMs, locale) })}
          </p>
        )}
        {result?.failure && !check.isPending && <FailureBlock failure={result.failure} />}
      </div>
      {check.error && <ProblemBanner error={check.error} />}
    </section>
  );
}
