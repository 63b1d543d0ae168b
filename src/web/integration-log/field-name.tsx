/** `lines.1.account` → "Linje 1: konto". A field only the connector knows is shown by its own name. */
import { type Say, useWords } from '../reader/words.tsx';

type FieldKey = Parameters<Say['has']>[0];

export function FieldName({ field }: { field: string }) {
  const t = useWords();
  const [, line, ofLine] = /^lines\.(.+)\.(\w+)$/.exec(field) ?? [];
  if (field.startsWith('attachments.')) return <>{t('field.attachment')}</>;
  const name = nameOf(ofLine ?? field, t);
  if (line !== undefined) return <>{lineFieldName(t, line, name ?? ofLine ?? '')}</>;
  return name === null ? <code>{field}</code> : <>{name}</>;
}

/** A line by its id; `c1` is the first charge or allowance of the whole e-invoice. */
export function lineFieldName(t: Say, line: string, name: string): string {
  const [, charge] = /^c(\d+)$/.exec(line) ?? [];
  return charge === undefined
    ? t('field.line', { line, name })
    : t('field.charge', { charge, name });
}

function nameOf(field: string, t: Say): string | null {
  const key = `field.${field}` as FieldKey;
  return /^\w+$/.test(field) && t.has(key) ? t(key) : null;
}
