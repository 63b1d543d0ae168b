/** The page's name, as the browser shows it in tabs and history. */
import { useEffect } from 'react';

export function usePageTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), 'Spor'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
