/** What can be done with the bills chosen. */
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';

export function BulkBar({
  count,
  onResync,
  onClear,
}: {
  count: number;
  onResync: () => void;
  onClear: () => void;
}) {
  const t = useWords();
  return (
    <section className="bulk-bar" aria-label={t('bulk.label')}>
      <span>{t('bulk.chosen', { count })}</span>
      <Button look="primary" icon="retry" onClick={onResync}>
        {t('bulk.resync')}
      </Button>
      <Button look="plain" onClick={onClear}>
        {t('bulk.clear')}
      </Button>
    </section>
  );
}
