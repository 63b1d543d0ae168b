/** Client credentials → access token; a refresh token first, when there is one, which works only once. */
import type { Clock } from '../../core/clock.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { HttpSessionOptions } from '../../sdk/http-session.ts';
import type { SandboxSettings } from './index.ts';
import { tokenAnswer } from './wire.ts';

export function signIn(
  settings: SandboxSettings,
  clock: Clock,
): NonNullable<HttpSessionOptions['obtainToken']> {
  return async (http, call, previous) => {
    const grant = async (form: Record<string, string>) => {
      const { body } = await http.request(call, {
        method: 'POST',
        path: '/token',
        form: { ...form, client_id: settings.clientId, client_secret: settings.clientSecret },
        // Changes nothing in the books.
        write: false,
        signedIn: false,
        answer: tokenAnswer,
      });
      return {
        value: body.access_token,
        refresh: body.refresh_token,
        expiresAt: new Date(clock.now().getTime() + body.expires_in * 1000),
      };
    };
    if (previous?.refresh) {
      try {
        return await grant({ grant_type: 'refresh_token', refresh_token: previous.refresh });
      } catch (error) {
        // A refresh token that was used or forgotten is no reason to give up: the secret may still do.
        const isRefused = error instanceof SyncFailure && error.details.code === 'signed-out';
        if (!isRefused) throw error;
      }
    }
    return grant({ grant_type: 'client_credentials' });
  };
}
