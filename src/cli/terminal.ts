/**
 * Text for a terminal: aligned columns, and nothing in it that the terminal would obey. What comes
 * from suppliers and accounting systems is shown with its control characters made visible.
 */

// Control characters, and the ones that turn the direction of writing around.
const OBEYED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** In one line. */
export function plain(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll(OBEYED, '\u{fffd}');
}

/** In several lines: line breaks and tabs stay. */
export function plainLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(OBEYED, (character) =>
      character === '\n' || character === '\t' ? character : '\u{fffd}',
    );
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

/** The last column isn't padded. Rows may be followed by lines of their own, indented. */
export function table(
  columns: readonly Column[],
  rows: readonly { readonly cells: readonly string[]; readonly below?: readonly string[] }[],
): string {
  const all = [columns.map(({ title }) => title), ...rows.map(({ cells }) => cells.map(plain))];
  const widths = columns.map((_, index) =>
    Math.max(...all.map((cells) => width(cells[index] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const gap = ' '.repeat((widths[index] ?? 0) - width(cell));
        return columns[index]?.align === 'right' ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  const [titles, ...cells] = all;
  return [
    line(titles!),
    ...cells.flatMap((each, index) => [
      line(each),
      ...(rows[index]?.below ?? []).map((text) => `    ${plain(text)}`),
    ]),
  ].join('\n');
}

function width(text: string): number {
  return Array.from(text.normalize('NFC')).length;
}

/** `2026-11-24 09:15:03` where the reader is. */
export function localTime(instant: string): string {
  return new Date(instant).toLocaleString('sv-SE');
}

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value));
}

/** Whole, and readable by people too. */
export function printJsonDocument(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}
