/** The exact exchange with the accounting system, secrets taken out: for support. */
import type { AttemptDetailShape } from '../../contract/sync-shapes.ts';
import { formatDuration } from '../reader/moments.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { readableBody } from './readable-body.ts';

type ExchangeShape = AttemptDetailShape['exchanges'][number];

export function Exchanges({ attempt }: { attempt: AttemptDetailShape }) {
  const t = useWords();
  const { exchanges, writes } = attempt;
  const everything = () => JSON.stringify({ attempt: attempt.id, writes, exchanges }, null, 2);
  return (
    <details className="card fold exchanges">
      <summary>
        <h2>{t('raw.title')}</h2>
        <span className="quiet small">{t('raw.count', { count: exchanges.length })}</span>
      </summary>
      <div className="body stack">
        <div className="doings">
          <p className="quiet small">{t('raw.help')}</p>
          <CopyButton text={everything} label={t('raw.copy')} done={t('raw.copied')} />
        </div>
        {exchanges.map((exchange, index) => (
          <OneExchange key={`${exchange.startedAt} ${index}`} exchange={exchange} />
        ))}
        {writes.length > 0 && (
          <ScrollX label={t('raw.writes')}>
            <table className="table" aria-label={t('raw.writes')}>
              <caption className="quiet small">{t('raw.writes')}</caption>
              <tbody>
                {writes.map((write, index) => (
                  <tr key={`${write.sentAt} ${index}`}>
                    <td className="mono">{write.sentAt}</td>
                    <td className="mono">
                      {write.method} {write.target}
                    </td>
                    <td className="mono quiet">{write.sha256 && `sha256 ${write.sha256}`}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollX>
        )}
      </div>
    </details>
  );
}

function OneExchange({ exchange }: { exchange: ExchangeShape }) {
  const t = useWords();
  const locale = useLocale();
  const bad = exchange.status === null ? exchange.error !== null : exchange.status >= 400;
  return (
    <section className="exchange">
      <p className="mono call">
        <strong>{exchange.method}</strong> {exchange.target}{' '}
        <span className={bad ? 'wrong' : 'quiet'}>
          → {exchange.status ?? exchange.error ?? t('raw.noAnswer')} ·{' '}
          {formatDuration(exchange.durationMs, locale)}
        </span>
      </p>
      <Part name={t('raw.request')} headers={exchange.requestHeaders} body={exchange.requestBody} />
      <Part name={t('raw.answer')} headers={exchange.answerHeaders} body={exchange.answerBody} />
    </section>
  );
}

function Part({
  name,
  headers,
  body,
}: {
  name: string;
  headers: Record<string, string>;
  body: string | null;
}) {
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  if (lines.length === 0 && (body === null || body === '')) return null;
  const text = [lines.join('\n'), body === null ? '' : readableBody(body)]
    .filter(Boolean)
    .join('\n\n');
  return (
    <figure>
      <figcaption className="quiet small">{name}</figcaption>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable
        tabIndex={0}
        aria-label={name}
      >
        {text}
      </pre>
    </figure>
  );
}
