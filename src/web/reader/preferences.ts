/** What a reader chooses once: language, light or dark, the name changes are made under, shortcuts. */
import { isLanguage, type Language, LOCALE_OF, pickLanguage } from '../../messages/languages.ts';
import { remembered } from './remembered.ts';

export const language = remembered<Language>(
  'language',
  () => pickLanguage(navigator.languages.join(',')),
  isLanguage,
);

/** Dates and amounts are written as this locale writes them. */
export function useLocale(): string {
  return LOCALE_OF[language.use()];
}

export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
export const theme = remembered<Theme>(
  'theme',
  () => 'system',
  (text): text is Theme => THEMES.some((one) => one === text),
);

/** Empty: whoever the service says the reader is. */
export const person = remembered<string>(
  'person',
  () => '',
  (text): text is string => text.length <= 200,
);

/** Shortcuts of a single key can be turned off (WCAG 2.1.4). */
export const shortcuts = remembered<'on' | 'off'>(
  'shortcuts',
  () => 'on',
  (text): text is 'on' | 'off' => text === 'on' || text === 'off',
);

/** Keeps `<html lang>` and the theme as chosen. */
export function applyPreferences(): void {
  const root = document.documentElement;
  const apply = () => {
    root.lang = language.get();
    if (theme.get() === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme.get();
  };
  apply();
  language.listen(apply);
  theme.listen(apply);
}
