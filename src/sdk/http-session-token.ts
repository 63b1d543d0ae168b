/**
 * Access tokens that run out: fetched when first needed, renewed shortly before they expire or when
 * the system refuses one, by one caller at a time — the others wait for the same new token, because
 * many systems make a refresh token worthless once it was used.
 */
import type { Clock } from '../core/clock.ts';
import { SyncFailure } from '../core/failure.ts';
import type { Call } from './connector.ts';

export interface AccessToken {
  readonly value: string;
  /** Null: not known; used until it is refused. */
  readonly expiresAt: Date | null;
  readonly refresh?: string | undefined;
}

/** Gets a new token, given the one before it (null at first). Throws `signed-out` when it can't. */
export type ObtainToken = (call: Call, previous: AccessToken | null) => Promise<AccessToken>;

const RENEW_AHEAD_MS = 10_000;

export class TokenKeeper {
  private readonly obtain: ObtainToken;
  private readonly clock: Clock;
  private held: AccessToken | null = null;
  private underWay: Promise<AccessToken> | null = null;

  constructor(obtain: ObtainToken, clock: Clock) {
    this.obtain = obtain;
    this.clock = clock;
  }

  current(call: Call): Promise<AccessToken> {
    const held = this.held;
    if (held && !this.isRunningOut(held)) return Promise.resolve(held);
    return this.renewOnce(call);
  }

  /** A token the system just refused; another caller may have renewed it meanwhile. */
  replace(call: Call, refused: AccessToken): Promise<AccessToken> {
    if (this.held && this.held !== refused && !this.underWay) return Promise.resolve(this.held);
    return this.renewOnce(call);
  }

  private isRunningOut(token: AccessToken): boolean {
    if (token.expiresAt === null) return false;
    return token.expiresAt.getTime() - this.clock.now().getTime() <= RENEW_AHEAD_MS;
  }

  private async renewOnce(call: Call): Promise<AccessToken> {
    while (this.underWay) {
      try {
        return await this.underWay;
      } catch (error) {
        // The caller that asked was called off, we were not: ask again ourselves.
        const calledOff = error instanceof SyncFailure && error.details.code === 'interrupted';
        if (!calledOff || call.signal.aborted) throw error;
      }
    }
    const renewal = this.obtain(call, this.held);
    this.underWay = renewal;
    try {
      this.held = await renewal;
      return this.held;
    } finally {
      this.underWay = null;
    }
  }
}
