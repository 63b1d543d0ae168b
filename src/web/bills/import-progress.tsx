/** How an import goes, file by file: what failed stays on top, with the reason. */
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useWords } from '../reader/words.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import type { IconName } from '../ui/icon.tsx';
import { problemText } from '../ui/problem.tsx';
import { announce } from '../ui/toasts.tsx';
import type { ImportedFile, Imports, ImportState } from './imports.ts';

const LOOK: Readonly<Record<ImportState, { icon: IconName; tone: Tone; order: number }>> = {
  failed: { icon: 'failed', tone: 'bad', order: 0 },
  duplicate: { icon: 'duplicate', tone: 'care', order: 1 },
  sending: { icon: 'sync', tone: 'news', order: 2 },
  added: { icon: 'good', tone: 'good', order: 3 },
  waiting: { icon: 'clock', tone: 'mute', order: 4 },
};

export function ImportProgress({ companyId, imports }: { companyId: string; imports: Imports }) {
  const t = useWords();
  const { files } = imports;
  const done = files.filter(({ state }) => state !== 'waiting' && state !== 'sending').length;
  const over = files.length > 0 && done === files.length;
  const failed = files.filter(({ state }) => state === 'failed').length;
  const summary = t('import.summary', { done, count: files.length, failed });
  useEffect(() => {
    if (over) announce(summary);
  }, [over, summary]);
  if (files.length === 0) return null;
  const sorted = [...files].sort((a, b) => LOOK[a.state].order - LOOK[b.state].order);
  return (
    <section className="card import-progress" aria-label={t('import.title')}>
      <header>
        <h2>{summary}</h2>
        <progress max={files.length} value={done} aria-label={t('import.title')} />
        {over && (
          <Button slim look="plain" onClick={imports.clear}>
            {t('act.close')}
          </Button>
        )}
      </header>
      <ul>
        {sorted.slice(0, 200).map((file) => (
          <FileLine key={file.id} companyId={companyId} file={file} />
        ))}
      </ul>
    </section>
  );
}

function FileLine({ companyId, file }: { companyId: string; file: ImportedFile }) {
  const t = useWords();
  const { icon, tone } = LOOK[file.state];
  return (
    <li>
      <Badge icon={icon} tone={tone}>
        {t(`import.${file.state}`)}
      </Badge>
      <span className="file-name">{file.name}</span>
      {file.billId && (
        <Link to="/c/$companyId/bills/$billId/details" params={{ companyId, billId: file.billId }}>
          {file.billName}
        </Link>
      )}
      {file.error !== undefined && <span className="wrong">{problemText(file.error, t)}</span>}
    </li>
  );
}
