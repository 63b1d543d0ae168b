/**
 * Takes secrets out of everything the log keeps: exchanges, intents, error texts (invariant 8).
 *
 * Two belts: the secrets we know are taken out wherever and however written (`redact-forms.ts`), and
 * whatever stands under a secret's name is taken out though we don't know it (`redact-keys.ts`).
 * Must stay true: the last step is always the search for known secrets, and the mask can neither be
 * part of one nor complete one with the text around it.
 */
import { hash } from 'node:crypto';
import { SyncFailure } from '../core/failure.ts';
import { type SecretForms, secretForms, SHORTEST_SECRET } from './redact-forms.ts';
import { isSecretName, maskForm, maskJson } from './redact-keys.ts';

/** The log keeps at most this much of a body, in bytes of UTF-8. */
export const BODY_BYTES_AT_MOST = 65_536;

/** Tokens learned on the way that are remembered; older ones have long expired. */
const LEARNED_AT_MOST = 16;

const MASKS = ['[redacted]', '•••', '‹hidden›', '∎∎∎'];

export class Redactor {
  private readonly given: SecretForms[];
  private learned: { secret: string; forms: SecretForms }[] = [];
  private plain: readonly string[] = [];
  private insideBase64: readonly string[] = [];
  private mask = MASKS[0]!;
  private longest = 0;

  constructor(secrets: Iterable<string>) {
    this.given = [...secrets].filter(isLongEnough).map(secretForms);
    this.settle();
  }

  /** A secret that came up on the way: an access token, a rotated refresh token. */
  learn(secret: string): void {
    if (!isLongEnough(secret) || this.learned.some((known) => known.secret === secret)) return;
    this.learned = [...this.learned, { secret, forms: secretForms(secret) }].slice(
      -LEARNED_AT_MOST,
    );
    this.settle();
  }

  text(text: string): string {
    return this.withoutKnown(text.includes('":') ? maskJson(text, this.mask) : text);
  }

  /** A URL or path with its query. */
  target(target: string): string {
    return this.withoutKnown(target.includes('?') ? maskForm(target, this.mask) : target);
  }

  headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    const safe: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      safe[this.withoutKnown(name)] = isSecretName(name) ? this.mask : this.target(value);
    }
    return safe;
  }

  /** A body as the log shows it: text of at most 64 KiB, anything else as its size and hash. */
  body(bytes: Uint8Array, mediaType: string): string {
    if (bytes.length === 0) return '';
    // A secret that begins before the cut must be whole when we look for it; one that the end of
    // this piece halves is dropped with the last characters below.
    const looked = bytes.subarray(0, BODY_BYTES_AT_MOST + this.longest * 3);
    const text = asText(looked, mediaType, looked.length < bytes.length);
    if (text === null) return `[binary, ${bytes.length} bytes, sha256 ${hash('sha256', bytes)}]`;
    const form = mediaType.includes('x-www-form-urlencoded');
    const safe = form ? this.withoutKnown(maskForm(text, this.mask)) : this.text(text);
    const isWhole = looked.length === bytes.length;
    return cut(isWhole ? safe : safe.slice(0, safe.length - this.longest), bytes.length);
  }

  /** The same failure with the secrets out of its words; its cause is left behind. */
  failure(failure: SyncFailure): SyncFailure {
    const { code, originalMessage, subject, retryAfterMs } = failure.details;
    const safeMessage = originalMessage === null ? null : this.text(originalMessage);
    const safeSubject = subject === null ? null : this.text(subject);
    const isSafe = safeMessage === originalMessage && safeSubject === subject;
    if (isSafe && failure.cause === undefined) return failure;
    return new SyncFailure(code, {
      originalMessage: safeMessage ?? undefined,
      subject: safeSubject ?? undefined,
      retryAfterMs: retryAfterMs ?? undefined,
      uncertain: failure.uncertain,
    });
  }

  private withoutKnown(text: string): string {
    let safe = text;
    for (const form of this.plain) {
      if (safe.includes(form)) safe = safe.replaceAll(form, () => this.mask);
    }
    for (const core of this.insideBase64) {
      if (safe.includes(core)) safe = withoutWordsAround(safe, core, this.mask);
    }
    return safe;
  }

  private settle(): void {
    const all = [...this.given, ...this.learned.map((known) => known.forms)];
    // The longest first, so that one secret that is part of another leaves no rest of it.
    const byLength = (a: string, b: string) => b.length - a.length;
    this.plain = [...new Set(all.flatMap(({ plain }) => plain))].sort(byLength);
    this.insideBase64 = [...new Set(all.flatMap((forms) => forms.insideBase64))].sort(byLength);
    const forms = [...this.plain, ...this.insideBase64];
    this.longest = Math.max(0, ...forms.map((form) => form.length));
    this.mask = MASKS.find((mask) => !forms.some((form) => couldMeet(mask, form))) ?? '';
  }
}

function isLongEnough(secret: string): boolean {
  return secret.length >= SHORTEST_SECRET && secret.trim() !== '';
}

/** Could the mask, with some text before or after it, read as the secret? */
function couldMeet(mask: string, form: string): boolean {
  if (mask.includes(form) || form.includes(mask)) return true;
  for (let length = 1; length < Math.min(mask.length, form.length); length++) {
    if (mask.endsWith(form.slice(0, length)) || mask.startsWith(form.slice(-length))) return true;
  }
  return false;
}

const BASE64_CHAR = /[A-Za-z0-9+/_=\\%-]/;

function withoutWordsAround(text: string, core: string, mask: string): string {
  let safe = text;
  for (let at = safe.indexOf(core); at !== -1; at = safe.indexOf(core, at)) {
    let start = at;
    let end = at + core.length;
    while (start > 0 && BASE64_CHAR.test(safe[start - 1]!)) start--;
    while (end < safe.length && BASE64_CHAR.test(safe[end]!)) end++;
    safe = safe.slice(0, start) + mask + safe.slice(end);
    at = start + mask.length;
  }
  return safe;
}

const TEXTUAL = /^(?:text\/|application\/(?:.*\+)?(?:json|xml|x-www-form-urlencoded|javascript))/i;

function asText(bytes: Uint8Array, mediaType: string, isCut: boolean): string | null {
  if (TEXTUAL.test(mediaType)) return new TextDecoder().decode(bytes);
  if (bytes.includes(0)) return null;
  try {
    // With `stream`, a character cut in two at the end is no error.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}

/** As much of it as the log keeps, with how much there is. */
export function cut(text: string, byteLength = Buffer.byteLength(text)): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= BODY_BYTES_AT_MOST && byteLength <= BODY_BYTES_AT_MOST) return text;
  const note = `\n[cut here: ${byteLength} bytes in all]`;
  const kept = bytes.subarray(0, BODY_BYTES_AT_MOST - Buffer.byteLength(note));
  return new TextDecoder().decode(kept, { stream: true }) + note;
}
