/** The way to the service: where it is, who speaks, in which language, and about which company. */
import { type Client, createClient } from '../client/client.ts';
import type { CompanyShape } from '../contract/sync-shapes.ts';
import { isLanguage, type Language, pickLanguage } from '../messages/languages.ts';
import { CommandRefused, UsageError } from './options.ts';

const DEFAULT_URL = 'http://127.0.0.1:4780';

export interface ServiceOptions {
  readonly url?: string | undefined;
  readonly company?: string | undefined;
  readonly person?: string | undefined;
  readonly lang?: string | undefined;
}

export interface Reached {
  readonly client: Client;
  readonly language: Language;
}

export function reachService(options: ServiceOptions, env: NodeJS.ProcessEnv): Reached {
  const baseUrl = serviceUrl(options.url ?? (env['SPOR_URL'] || DEFAULT_URL));
  const language = languageOf(options.lang, env);
  const client = createClient({
    baseUrl,
    person: () => options.person,
    language: () => language,
  });
  return { client, language };
}

/** The company named, else the only one there is. */
export async function chosenCompany(
  client: Client,
  wanted: string | undefined,
): Promise<CompanyShape> {
  const { items } = await client.listCompanies();
  if (wanted === undefined) {
    const names = items.map(({ name }) => `"${name}"`).join(', ');
    const [only, ...others] = items;
    if (!only) throw new CommandRefused('There is no company yet; add one in the web pages first.');
    if (others.length > 0)
      throw new CommandRefused(`There are several companies; name one with --company: ${names}.`);
    return only;
  }
  return named(items, wanted);
}

/** The company with this id or name. */
export function named<C extends { readonly id: string; readonly name: string }>(
  companies: readonly C[],
  wanted: string,
): C {
  const found = companies.filter(
    ({ id, name }) => id === wanted.toLowerCase() || same(name, wanted),
  );
  const [company, ...others] = found;
  const names = companies.map(({ name }) => `"${name}"`).join(', ');
  if (!company)
    throw new CommandRefused(
      `There is no company "${wanted}"${names === '' ? '' : `; there are: ${names}`}.`,
    );
  if (others.length > 0) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new CommandRefused(`Several companies are named "${wanted}"; use one's id: ${ids}.`);
  }
  return company;
}

export function same(a: string, b: string): boolean {
  const plain = (text: string) => text.normalize('NFC').trim().toLocaleLowerCase('da');
  return plain(a) === plain(b);
}

function serviceUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError(`"${text}" is no address of a service; one looks like ${DEFAULT_URL}.`);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** `--lang`, else what the terminal's own settings say; English when they say nothing. */
export function languageOf(wanted: string | undefined, env: NodeJS.ProcessEnv): Language {
  if (wanted !== undefined) {
    if (isLanguage(wanted)) return wanted;
    throw new UsageError(`--lang is "${wanted}", but must be da or en.`);
  }
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  const tag = locale.split('.')[0]!.replaceAll('_', '-');
  return /^[a-z]{2}\b/i.test(tag) ? pickLanguage(tag) : 'en';
}
