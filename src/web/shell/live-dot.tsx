/** Whether the page follows what happens. */
import { useWords } from '../reader/words.tsx';
import { useLiveState } from './live.ts';

export function LiveDot() {
  const t = useWords();
  const state = useLiveState();
  return (
    <span className={`live ${state}`} title={t(`live.${state}Help`)}>
      <span className="dot" aria-hidden="true" />
      {t(`live.${state}`)}
    </span>
  );
}
