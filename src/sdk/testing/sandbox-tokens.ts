/** OAuth-like sign-in of the sandbox system: client credentials, short access tokens, refresh tokens that work once. */
export interface SandboxClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export class SandboxTokens {
  private readonly client: SandboxClient;
  private readonly lastMs: number;
  private readonly now: () => number;
  private readonly access = new Map<string, number>();
  private readonly refresh = new Set<string>();
  private readonly randomText: () => string;
  /** Sign-ins and refreshes so far, refused ones included. */
  requests = 0;
  /** The client's access was taken away. */
  revoked = false;

  constructor(client: SandboxClient, lastMs: number, now: () => number, randomText: () => string) {
    this.client = client;
    this.lastMs = lastMs;
    this.now = now;
    this.randomText = randomText;
  }

  grant(form: URLSearchParams): { status: number; body: unknown } {
    this.requests++;
    const isClient =
      form.get('client_id') === this.client.clientId &&
      form.get('client_secret') === this.client.clientSecret;
    // As careless systems do, it repeats what it was given.
    if (!isClient || this.revoked)
      return refused('invalid_client', `Unknown client or secret "${form.get('client_secret')}"`);
    if (form.get('grant_type') === 'refresh_token') {
      if (!this.refresh.delete(form.get('refresh_token') ?? ''))
        return refused('invalid_grant', 'The refresh token was used or has expired');
    } else if (form.get('grant_type') !== 'client_credentials')
      return refused('unsupported_grant_type', 'Use client_credentials or refresh_token');
    const accessToken = `at-${this.randomText()}`;
    const refreshToken = `rt-${this.randomText()}`;
    this.access.set(accessToken, this.now() + this.lastMs);
    this.refresh.add(refreshToken);
    return {
      status: 200,
      body: {
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'bearer',
        expires_in: Math.floor(this.lastMs / 1000),
      },
    };
  }

  isValid(authorization: string | undefined): boolean {
    if (!authorization?.startsWith('Bearer ') || this.revoked) return false;
    const until = this.access.get(authorization.slice(7));
    return until !== undefined && until > this.now();
  }

  expireAll(): void {
    this.access.clear();
  }
}

function refused(code: string, message: string): { status: number; body: unknown } {
  return { status: code === 'invalid_client' ? 401 : 400, body: { error: { code, message } } };
}
