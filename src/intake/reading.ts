/**
 * One reading of one file: what all parts of the reader share. Fields are read here, so that every
 * value that reaches a bill has been trimmed, bounded and checked, and every complaint has its place.
 */
import { isDay, type Day } from '../core/day.ts';
import { currencyDecimals, fromMinor, rescale, type Decimal } from '../core/money.ts';
import { plainDecimal, readDecimal } from './decimal.ts';
import { first, placeOf, type XmlElement } from './element.ts';
import { IntakeError, positionOf, type IntakeErrorCode } from './intake-error.ts';
import type { IntakeLimits } from './limits.ts';
import { MAX_NOTICES, type IntakeNotice, type NoticeCode } from './notice.ts';

export type IntakeFormat = 'peppol-bis-3' | 'oioubl-2' | 'ubl-2.1';

/** No amount of a bill is larger, so that any sum of lines stays exact. */
const MAX_MINOR = 100_000_000_000n;

export class Reading {
  /** The `Invoice` or `CreditNote` element. */
  readonly root: XmlElement;
  readonly format: IntakeFormat;
  readonly currency: string;
  readonly limits: IntakeLimits;
  readonly #text: string;
  readonly #notices: IntakeNotice[] = [];
  #unlisted = 0;

  constructor(parts: {
    root: XmlElement;
    format: IntakeFormat;
    limits: IntakeLimits;
    text: string;
  }) {
    this.root = parts.root;
    this.format = parts.format;
    this.limits = parts.limits;
    this.#text = parts.text;
    this.currency = this.#readCurrency();
  }

  notices(): IntakeNotice[] {
    if (this.#unlisted === 0) return this.#notices;
    const message = `There are ${this.#unlisted} more notices that are not listed.`;
    return [...this.#notices, { code: 'more-notices', message, place: null }];
  }

  warn(code: NoticeCode, message: string, at: XmlElement | null): void {
    if (this.#notices.length >= MAX_NOTICES) this.#unlisted++;
    else this.#notices.push({ code, message, place: at && placeOf(at) });
  }

  fail(code: IntakeErrorCode, message: string, at: XmlElement, path?: string): never {
    throw new IntakeError(code, message, {
      place: path === undefined ? placeOf(at) : `${placeOf(at)}/${path}`,
      position: positionOf(this.#text, at.offset),
    });
  }

  need(from: XmlElement, path: string): XmlElement {
    const element = first(from, path);
    return element ?? this.fail('field-missing', `${path} is missing.`, from, path);
  }

  /** An identifier, code or name: one line, refused when it is too long. */
  id(element: XmlElement | undefined, maxLength = 200): string | undefined {
    if (!element) return undefined;
    const value = oneLine(element.text);
    if (value.length > maxLength) {
      this.fail('field-invalid', `It has more than ${maxLength} characters.`, element);
    }
    if (/\p{Cc}/u.test(value)) this.fail('field-invalid', 'It has a control character.', element);
    return value === '' ? undefined : value;
  }

  needId(from: XmlElement, path: string, maxLength = 200): string {
    const element = this.need(from, path);
    return this.id(element, maxLength) ?? this.fail('field-missing', `${path} is empty.`, element);
  }

  /** Words for people: shortened, with a notice, when they are too many. */
  prose(element: XmlElement | undefined, maxLength: number): string | undefined {
    if (!element) return undefined;
    const lines = element.text
      .split(/\r\n|[\r\n]/)
      .map((line) => oneLine(line.replace(/\p{Cc}/gu, ' ')));
    return this.shorten(lines.join('\n').trim(), maxLength, element) || undefined;
  }

  shorten(value: string, maxLength: number, at: XmlElement): string {
    if (value.length <= maxLength) return value;
    const message = `A text of ${value.length} characters was shortened to ${maxLength}.`;
    this.warn('text-shortened', message, at);
    // Not through the middle of a character that takes two units.
    return value.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '') + '…';
  }

  /** `2026-09-01`, with or without the time zone that `xs:date` allows. */
  day(element: XmlElement | undefined): Day | undefined {
    const value = element && this.id(element, 40);
    if (!element || value === undefined) return undefined;
    const day = value.replace(/(?:Z|[+-]\d{2}:\d{2})$/, '');
    if (!isDay(day)) this.fail('field-invalid', `"${value}" is not a date (YYYY-MM-DD).`, element);
    return day;
  }

  decimal(element: XmlElement): Decimal {
    const value = element.text.trim();
    return (
      readDecimal(value) ??
      this.fail('field-invalid', `"${value.slice(0, 40)}" is not a decimal number.`, element)
    );
  }

  /** An amount in the document's currency; rounded, with a notice, when it has more decimals. */
  amount(element: XmlElement): number {
    return this.#amount(element, true);
  }

  #readCurrency(): string {
    const path = 'cbc:DocumentCurrencyCode';
    const currency = this.needId(this.root, path, 50);
    if (/^[A-Z]{3}$/.test(currency)) return currency;
    const message = `"${currency}" is not a currency code (ISO 4217).`;
    return this.fail('field-invalid', message, this.need(this.root, path));
  }

  #amount(element: XmlElement, warns: boolean): number {
    const stated = element.attributes?.get('currencyID');
    if (stated !== undefined && stated.trim() !== this.currency) {
      const message = `The amount is in "${stated.slice(0, 10)}", the document in ${this.currency} (PEPPOL-EN16931-R051).`;
      this.fail('field-invalid', message, element);
    }
    const value = this.decimal(element);
    const decimals = currencyDecimals(this.currency);
    const size = rescale(value, decimals);
    if (size > MAX_MINOR || size < -MAX_MINOR) {
      this.fail('field-invalid', 'The amount is larger than any bill’s.', element);
    }
    const minor = Number(size);
    const plain = plainDecimal(value);
    if (warns && (plain.split('.')[1]?.length ?? 0) > decimals) {
      const message = `${plain} has more decimals than ${this.currency} (${decimals}); read as ${fromMinor(minor, this.currency)}.`;
      this.warn('amount-rounded', message, element);
    }
    return minor;
  }

  /** As {@link amount}, for a figure that was read before: says nothing about decimals twice. */
  amountQuietly(element: XmlElement): number {
    return this.#amount(element, false);
  }

  amountAt(from: XmlElement, path: string): number | undefined {
    const element = first(from, path);
    return element && this.amount(element);
  }

  /** `1234` → `12.34 DKK`, for messages. */
  money(minor: number): string {
    return `${fromMinor(minor, this.currency)} ${this.currency}`;
  }
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
