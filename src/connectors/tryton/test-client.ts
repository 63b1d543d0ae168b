/** A person at Tryton's own client: the same calls, without anything of Spor in between. Tests only. */
import type { TrytonServer } from './test-server.ts';
import { day } from './values.ts';

export interface Person {
  call<T = unknown>(method: string, ...params: unknown[]): Promise<T>;
  /** Ids of records. */
  search(model: string, domain: unknown[]): Promise<number[]>;
  read<T = Record<string, unknown>>(
    model: string,
    domain: unknown[],
    fields: string[],
  ): Promise<T[]>;
}

export interface SignedIn {
  readonly authorization: string;
  readonly context: object;
}

export async function signIn(url: string, user: string, password: string): Promise<SignedIn> {
  const [id, key] = (await post(url, 'common.db.login', [user, { password }, 'en'])) as [
    number,
    string,
  ];
  const authorization = `Session ${Buffer.from(`${user}:${id}:${key}`).toString('base64')}`;
  const method = 'model.res.user.get_preferences';
  const preferences = (await post(url, method, [true, {}], authorization)) as object;
  return { authorization, context: { ...preferences, company: 1 } };
}

/** The administrator, whose session is in the books as they are put back. */
export function asAdmin({ url, admin: { authorization, context } }: TrytonServer): Person {
  const call = async (method: string, ...params: unknown[]) =>
    post(url, `model.${method}`, [...params, context], authorization);
  return {
    call: call as Person['call'],
    search: (model, domain) => call(`${model}.search`, domain, 0, null, null) as Promise<number[]>,
    read: (async (model: string, domain: unknown[], fields: string[]) =>
      call(`${model}.search_read`, domain, 0, null, [['id', 'ASC']], fields)) as Person['read'],
  };
}

async function post(url: string, method: string, params: unknown[], authorization?: string) {
  const response = await fetch(`${url}/demo/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: JSON.stringify({ id: 1, method, params }),
  });
  if (!response.ok) throw new Error(`${method}: HTTP ${response.status}`);
  const body = (await response.json()) as { result?: unknown; error?: unknown[] };
  if (body.error) throw new Error(`${method}: ${JSON.stringify(body.error).slice(0, 800)}`);
  return body.result;
}

/** The periods up to and with the one this day is in. */
export async function closePeriods(admin: Person, through: string): Promise<void> {
  const domain = [
    ['start_date', '<=', day(through)],
    ['state', '=', 'open'],
  ];
  const ids = await admin.search('account.period', domain);
  await admin.call('account.period.close', ids);
}
