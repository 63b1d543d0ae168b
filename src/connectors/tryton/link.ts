/** Where a person finds a record: in Tryton's web client, else as the desktop client's address. */
import type { TrytonSettings } from './index.ts';

export function linkTo(settings: TrytonSettings, model: string, id: number): string {
  const place = `model/${model}/${id}`;
  if (settings.webUrl)
    return `${settings.webUrl.replace(/\/+$/, '')}/#${settings.database}/${place}`;
  return `tryton://${new URL(settings.baseUrl).host}/${settings.database}/${place}`;
}
