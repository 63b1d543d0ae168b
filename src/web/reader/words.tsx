/** The words of the screens, in the reader's language. */
import type { ReactNode } from 'react';
import { IntlProvider, useTranslations } from 'use-intl';
import da from '../messages/da.json';
import en from '../messages/en.json';
import { language } from './preferences.ts';

declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof da;
  }
}

const MESSAGES = { da, en };

export function Words({ children }: { readonly children: ReactNode }) {
  const chosen = language.use();
  const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <IntlProvider locale={chosen} messages={MESSAGES[chosen]} timeZone={timeZone}>
      {children}
    </IntlProvider>
  );
}

/** `t('bills.title')`: always the whole key, so that it can be searched for. */
export const useWords = () => useTranslations();
export type Say = ReturnType<typeof useWords>;
