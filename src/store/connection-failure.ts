/**
 * Turns what went wrong while connecting to PostgreSQL into one sentence for the operator. It names
 * host, database and user, and never repeats the address as given: the address holds the password.
 */
import { Client } from 'pg';
import { StartError } from './start-error.ts';

export function connectionFailure(url: string, cause: unknown): StartError {
  const place = placeOf(url);
  if (place === null) {
    return new StartError(
      'DATABASE_URL is not a PostgreSQL address; it looks like postgres://user:password@host:5432/database.',
    );
  }
  const { code, message } = firstError(cause);
  const sentence = sentenceFor(code, place) ?? `PostgreSQL at ${place.at} said: ${message}`;
  return new StartError(place.password ? sentence.replaceAll(place.password, '…') : sentence, {
    cause,
  });
}

interface Place {
  readonly at: string;
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

function sentenceFor(code: string, place: Place): string | undefined {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `Nothing answers at ${place.at}: is PostgreSQL running there? Check DATABASE_URL.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host of ${place.at} is not known: check DATABASE_URL.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `PostgreSQL at ${place.at} can't be reached: check DATABASE_URL and the network.`;
    case 'ECONNRESET':
      return `What answers at ${place.at} is not PostgreSQL, or it closed the connection: check DATABASE_URL.`;
    case '28P01':
      return `PostgreSQL at ${place.at} refused the password of user "${place.user}": check DATABASE_URL.`;
    case '28000':
      return `PostgreSQL at ${place.at} does not let user "${place.user}" in: check DATABASE_URL.`;
    case '3D000':
      return `PostgreSQL at ${place.at} has no database "${place.database}": create it, or check DATABASE_URL.`;
    case '42501':
      return `User "${place.user}" may not use database "${place.database}" at ${place.at}: check DATABASE_URL.`;
    case '53300':
      return `PostgreSQL at ${place.at} has no free connections.`;
    default:
      return undefined;
  }
}

function placeOf(url: string): Place | null {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) return null;
    // A client that is never connected: it reads the address by the same rules as the pool does.
    const { host, port, user, database, password } = new Client({ connectionString: url });
    return {
      at: host.startsWith('/') ? host : `${host}:${port}`,
      user: user ?? '',
      database: database ?? user ?? '',
      password: typeof password === 'string' ? password : '',
    };
  } catch {
    return null;
  }
}

/** A host with two addresses fails twice; both failures are alike, so the first one speaks. */
function firstError(cause: unknown): { code: string; message: string } {
  if (cause instanceof AggregateError && cause.errors.length > 0) {
    return firstError(cause.errors[0]);
  }
  const error = cause instanceof Error ? cause : new Error(String(cause));
  let code = (error as { code?: string }).code ?? '';
  if (/timeout exceeded|timeout expired|connection timeout/i.test(error.message)) {
    code = 'ETIMEDOUT';
  }
  if (/connection terminated/i.test(error.message) && code === '') code = 'ECONNRESET';
  return { code, message: error.message };
}
