/** A draft that outlives a tab change or a reload: kept in this browser tab until saved or dropped. */
import { useCallback, useEffect, useState } from 'react';
import { z } from 'zod';
import { type Draft, NO_DRAFT } from './draft.ts';

const stored = z.object({
  typed: z.record(z.string(), z.string()),
  base: z.record(z.string(), z.string()),
});

export function useDraft(billId: string): [Draft, (draft: Draft) => void] {
  const key = `spor.draft.${billId}`;
  const [draft, setDraft] = useState<Draft>(() => read(key));
  const set = useCallback(
    (next: Draft) => {
      setDraft(next);
      try {
        if (Object.keys(next.typed).length === 0) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Storage is off: the draft lasts as long as the page.
      }
    },
    [key],
  );
  const unsaved = Object.keys(draft.typed).length > 0;
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);
  return [draft, set];
}

function read(key: string): Draft {
  try {
    const parsed = stored.safeParse(JSON.parse(sessionStorage.getItem(key) ?? 'null'));
    return parsed.success ? parsed.data : NO_DRAFT;
  } catch {
    return NO_DRAFT;
  }
}
