/**
 * Tryton's JSON-RPC over the HTTP session: sign-in, one call, one wizard.
 *
 * Must stay true: a body has exactly `id`, `method` and `params` (with any other key Tryton answers
 * errors in another form); an error inside a 200 is a failure; the session key is a secret before the
 * answer that brings it is recorded; the language is English, because Tryton's refusals have no codes
 * and are told apart by their words.
 */
import { z } from 'zod';
import { SyncFailure } from '../../core/failure.ts';
import type { Call, ConnectionContext } from '../../sdk/connector.ts';
import { createHttpSession, halfDone } from '../../sdk/http-session.ts';
import { companyOf, type Signed } from './company.ts';
import { classify, rpcFailure } from './failures.ts';
import type { TrytonSettings } from './index.ts';
import type { Json } from './values.ts';

type Context = { readonly [name: string]: Json };

export interface Rpc {
  signed(call: Call): Promise<Signed>;
  /** Changes nothing. `method` is a model's: `account.invoice.search_read`. */
  read<T>(
    call: Call,
    method: string,
    params: readonly Json[],
    answer: z.ZodType<T>,
    context?: Context,
  ): Promise<T>;
  /**
   * Records of the company, by their ids in ascending order. None are only told of while its books can be seen;
   * else throws as `signed` does.
   */
  search<T>(
    call: Call,
    model: string,
    domain: readonly Json[],
    fields: readonly string[],
    row: z.ZodType<T>,
    more?: { readonly limit?: number | undefined; readonly context?: Context },
  ): Promise<T[]>;
  write<T>(
    call: Call,
    method: string,
    params: readonly Json[],
    answer: z.ZodType<T>,
    context?: Context,
  ): Promise<T>;
  /** Runs one state of a wizard that then ends. */
  wizard(
    call: Call,
    name: string,
    on: { model: string; ids: readonly number[] },
    state: string,
    data: Json,
  ): Promise<void>;
  close(): Promise<void>;
}

const loginAnswer = z.tuple([z.int(), z.string().min(16)]);
const envelope = z
  .object({ result: z.unknown(), error: z.array(z.unknown()).min(1).optional() })
  .partial({ result: true })
  .refine((body) => body.error !== undefined || 'result' in body, 'neither result nor error');

export function createRpc(context: ConnectionContext<TrytonSettings>): Rpc {
  const { settings, clock, timeoutMs, pace } = context;
  const path = `/${encodeURIComponent(settings.database)}/`;
  let signedIn: Signed | null = null;
  let id = 0;

  const http = createHttpSession({
    baseUrl: settings.baseUrl.replace(/\/+$/, ''),
    timeoutMs,
    clock,
    pace,
    secrets: [settings.password],
    connections: settings.concurrent + 1,
    classify,
    tokenHeaders: (token) => ({ authorization: `Session ${token}` }),
    // Tryton says nothing of when a session ends: it is used until it is refused.
    async obtainToken(session, call) {
      const [userId, key] = await send(
        session,
        call,
        'common.db.login',
        [settings.username, { password: settings.password }, 'en'],
        loginAnswer,
        { write: false, signedIn: false },
      );
      const value = Buffer.from(`${settings.username}:${userId}:${key}`).toString('base64');
      signedIn = null;
      return { value, expiresAt: null };
    },
  });

  async function send<T>(
    session: typeof http,
    call: Call,
    method: string,
    params: readonly Json[],
    answer: z.ZodType<T>,
    { write, signedIn: isSignedIn = true }: { write: boolean; signedIn?: boolean },
  ): Promise<T> {
    id += 1;
    const { body } = await session.request(call, {
      method: 'POST',
      // Tryton reads only the body; the query tells who reads the log what was called.
      path: `${path}?${encodeURIComponent(method)}`,
      json: { id, method, params },
      write,
      signedIn: isSignedIn,
      answer: envelope,
      ...(isSignedIn ? {} : { secretsIn: sessionKeys }),
    });
    if (body.error) throw rpcFailure(body.error, { write, redact: (said) => session.redact(said) });
    const result = answer.safeParse(body.result);
    if (result.success) return result.data;
    throw new SyncFailure('answer-unreadable', {
      originalMessage: `${method}: ${z.prettifyError(result.error).slice(0, 500)}`,
      uncertain: write,
    });
  }

  async function signed(call: Call): Promise<Signed> {
    signedIn ??= await companyOf(
      (name, params, answer) => send(http, call, `model.${name}`, params, answer, { write: false }),
      settings,
    );
    return signedIn;
  }

  async function model<T>(
    call: Call,
    name: string,
    params: readonly Json[],
    answer: z.ZodType<T>,
    write: boolean,
    extra: Context = {},
  ): Promise<T> {
    const { context } = await signed(call);
    return send(http, call, `model.${name}`, [...params, { ...context, ...extra }], answer, {
      write,
    });
  }

  return {
    signed,
    read: (call, method, params, answer, context) =>
      model(call, method, params, answer, false, context),
    async search(call, name, domain, fields, row, { limit, context } = {}) {
      const params = [domain, 0, limit ?? null, [['id', 'ASC']], fields];
      const found = await model(call, `${name}.search_read`, params, z.array(row), false, context);
      if (found.length > 0) return found;
      signedIn = null;
      await signed(call);
      return found;
    },
    write: (call, method, params, answer, context) =>
      model(call, method, params, answer, true, context),

    async wizard(call, name, on, state, data) {
      const { context } = await signed(call);
      const withRecords = {
        ...context,
        active_model: on.model,
        active_id: on.ids[0] ?? null,
        active_ids: on.ids,
      };
      // Opening and closing a wizard is like opening and closing a form: the books don't change.
      const [wizardId] = await send(
        http,
        call,
        `wizard.${name}.create`,
        [withRecords],
        z.tuple([z.int(), z.string(), z.string()]),
        { write: false },
      );
      const answer = z.looseObject({ view: z.unknown().optional() });
      const after = await send(
        http,
        call,
        `wizard.${name}.execute`,
        [wizardId, data, state, withRecords],
        answer,
        { write: true },
      );
      if (after.view !== undefined)
        throw new SyncFailure('rejected', {
          originalMessage: `Tryton asks for more before it goes on (${name}).`,
        });
      try {
        const params = [wizardId, withRecords];
        await send(http, call, `wizard.${name}.delete`, params, z.unknown(), { write: false });
      } catch (error) {
        throw halfDone(error);
      }
    },

    close: () => http.close(),
  };
}

/** Of a sign-in's answer, `[user id, session key]`, the key. */
function sessionKeys(body: unknown): string[] {
  const result = z.object({ result: loginAnswer }).safeParse(body).data?.result;
  return result ? [result[1]] : [];
}
