/** Why an attempt was made: by itself, and for which change; or because somebody asked. */
import type { AttemptShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';

const SHOWN = 2;

export function TriggerText({ attempt }: { attempt: AttemptShape }) {
  const t = useWords();
  const actor = attempt.actor ?? t('trigger.somebody');
  switch (attempt.trigger) {
    case 'manual':
      return <Pair kind={t('trigger.by-hand')} why={actor} />;
    case 'bulk':
      return <Pair kind={t('trigger.by-hand')} why={t('trigger.bulk', { actor })} />;
    case 'retry':
      return <Pair kind={t('trigger.by-itself')} why={t('trigger.retry')} />;
    case 'settings':
      return <Pair kind={t('trigger.by-itself')} why={t('trigger.settings')} />;
    case 'change': {
      const names = [...new Set(attempt.changes)].map((kind) => t(`change.${kind}`));
      const more = names.length - SHOWN;
      const said = names.slice(0, SHOWN).join(', ');
      const why = more > 0 ? t('trigger.more', { said, count: more }) : said;
      return <Pair kind={t('trigger.by-itself')} why={why} />;
    }
    default:
      return attempt.trigger satisfies never;
  }
}

function Pair({ kind, why }: { kind: string; why: string }) {
  return (
    <>
      {kind}
      {why && <span className="quiet small block">{why}</span>}
    </>
  );
}
