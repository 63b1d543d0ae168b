/** Days and instants as people read them. Instants are shown in the reader's own time zone. */

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };

/** `2026-11-24` → `24. nov. 2026`. */
export function formatDay(day: string, locale: string): string {
  return format(locale, { ...DAY, timeZone: 'UTC' }, new Date(`${day}T00:00:00Z`));
}

/** `2025-01` → `januar 2025`. */
export function formatMonth(month: string, locale: string): string {
  const form = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return format(locale, form, new Date(`${month}-01T00:00:00Z`));
}

/** `24. nov. 2026 kl. 14.03`; with seconds where attempts follow closely. */
export function formatInstant(
  instant: string,
  locale: string,
  options: { readonly seconds?: boolean; readonly timeZone?: string } = {},
): string {
  const date = new Date(instant);
  const zone = options.timeZone === undefined ? {} : { timeZone: options.timeZone };
  const seconds = options.seconds ? ({ second: '2-digit' } as const) : {};
  const day = format(locale, { ...DAY, ...zone }, date);
  const time = format(locale, { hour: '2-digit', minute: '2-digit', ...seconds, ...zone }, date);
  return locale.startsWith('da') ? `${day} kl. ${time}` : `${day}, ${time}`;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `for 3 minutter siden`, `om 2 timer`; under a minute: `nu`. */
export function formatRelative(instant: string, nowMs: number, locale: string): string {
  const awayMs = new Date(instant).getTime() - nowMs;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });
  for (const [unit, lengthMs] of STEPS) {
    if (Math.abs(awayMs) >= lengthMs) return relative.format(Math.trunc(awayMs / lengthMs), unit);
  }
  return relative.format(0, 'second');
}

/** `340 ms`, `1,2 s`, `2 min`. */
export function formatDuration(durationMs: number, locale: string): string {
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  if (durationMs < 1) return `${number(1, 0)} ms`;
  if (durationMs < 1000) return `${number(durationMs, 0)} ms`;
  if (durationMs < 60_000) return `${number(durationMs / 1000, 1)} s`;
  return `${number(durationMs / 60_000, 0)} min`;
}

/** The reader's day today, for a date field. */
export function today(now: Date): string {
  return new Intl.DateTimeFormat('sv-SE').format(now);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions, date: Date): string {
  const key = locale + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options);
    formats.set(key, made);
  }
  return made.format(date);
}
