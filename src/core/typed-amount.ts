/** Amounts as people type them. */

/**
 * What a person typed → a decimal string, or null when it is no amount. Danish `1.234,50` and plain
 * `1234.50` both work: a dot followed by anything but groups of three is a decimal sign.
 */
export function readTypedAmount(typed: string, decimal: ',' | '.'): string | null {
  const grouping = decimal === ',' ? '.' : ',';
  let text = typed.replaceAll(/[\s\u00a0\u202f']/g, '').replace('\u2212', '-');
  const escaped = `\\${grouping}`;
  const grouped = new RegExp(`^-?\\d{1,3}(${escaped}\\d{3})+(\\${decimal}\\d*)?$`);
  if (grouped.test(text)) text = text.replaceAll(grouping, '');
  else if (!text.includes(decimal)) text = text.replace(grouping, decimal);
  text = text.replace(decimal, '.').replace(/\.$/, '');
  if (text.startsWith('.')) text = `0${text}`;
  return /^-?\d{1,13}(\.\d{1,4})?$/.test(text) ? text : null;
}
