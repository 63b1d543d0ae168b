/** The languages Spor speaks, and how to tell which one a reader wants. Danish when nothing is said. */

export const LANGUAGES = ['da', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Danish dates and amounts for Danish; European English for English. */
export const LOCALE_OF: Readonly<Record<Language, string>> = { da: 'da-DK', en: 'en-GB' };

export function isLanguage(text: unknown): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/**
 * The best of `Accept-Language` (RFC 9110 §12.5.4): highest weight first, ties in the order written.
 * Norwegian and Swedish readers are given Danish before English; `*` and nothing give Danish; a
 * header that names only other languages gives English.
 */
export function pickLanguage(acceptLanguage: string | null | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 1000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ tag, weight }) => /^(?:[a-z]{1,8}|\*)(?:-|$)/.test(tag) && weight > 0)
    .sort((a, b) => b.weight - a.weight);
  if (wanted.length === 0) return 'da';
  for (const { tag } of wanted) {
    const language = SPOKEN_AS[tag.split('-')[0] ?? ''];
    if (language) return language;
  }
  return 'en';
}

const SPOKEN_AS: Readonly<Record<string, Language>> = {
  da: 'da',
  en: 'en',
  nb: 'da',
  nn: 'da',
  no: 'da',
  sv: 'da',
  '*': 'da',
};
