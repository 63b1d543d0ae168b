/** Whether the page follows what happens. */
import { useReachable } from '../reachability.ts';
import { useWords } from '../reader/words.tsx';
import { useLiveState } from './live.ts';

export function LiveDot() {
  const t = useWords();
  const reachable = useReachable();
  const line = useLiveState();
  const state = reachable ? line : 'offline';
  return (
    <span className={`live-dot ${state}`} title={t(`live.${state}Help`)}>
      <span className="dot" aria-hidden="true" />
      {t(`live.${state}`)}
    </span>
  );
}
