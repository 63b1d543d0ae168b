/** What the service can be told, and what it assumes. Everything has a default that works. */
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { StartError } from '../store/start-error.ts';

export interface ServiceConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absolute. */
  readonly dataDirectory: string;
  /** A given PostgreSQL; null: the embedded one. */
  readonly databaseUrl: string | null;
  /** The most connections to the database at once. */
  readonly databaseConnections: number;
  /** Does it work lanes itself? */
  readonly worker: boolean;
  readonly sample: boolean;
  readonly logLevel: string;
  readonly largestImportBytes: number;
  /** Who changes are by when a request does not say. */
  readonly person: string;
}

/** A worker alone: no doors, so nothing of ports and people. */
export interface WorkerConfig {
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  readonly databaseConnections: number;
  readonly logLevel: string;
}

export interface ConfigInput {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
  readonly sample?: boolean | undefined;
  readonly worker?: boolean | undefined;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);
const DEFAULT_PORT = 4780;
const MIB = 1024 * 1024;

/** Throws a `StartError` that says what is wrong in one sentence. */
export function readConfig(input: ConfigInput, env: NodeJS.ProcessEnv): ServiceConfig {
  const host = input.host ?? '127.0.0.1';
  if (!LOOPBACK.has(host)) {
    throw new StartError(
      `Spor has no accounts yet, so it listens on this machine only (127.0.0.1) and refuses ${host}: whoever reached it could read and change every bill.`,
    );
  }
  const worker = input.worker ?? true;
  return {
    host,
    port: whole(input.port ?? env['SPOR_PORT'], '--port', DEFAULT_PORT, 0, 65_535),
    dataDirectory: dataDirectory(input, env),
    databaseUrl: env['DATABASE_URL'] || null,
    databaseConnections: worker ? 20 : 10,
    worker,
    sample: input.sample ?? true,
    logLevel: logLevel(env),
    largestImportBytes:
      whole(env['SPOR_LARGEST_IMPORT_MIB'], 'SPOR_LARGEST_IMPORT_MIB', 20, 1, 500) * MIB,
    person: env['SPOR_PERSON'] ?? userName(),
  };
}

/** Throws a `StartError` without `DATABASE_URL`. */
export function readWorkerConfig(
  input: Pick<ConfigInput, 'data'>,
  env: NodeJS.ProcessEnv,
): WorkerConfig {
  const databaseUrl = env['DATABASE_URL'];
  if (!databaseUrl) {
    throw new StartError(
      'A worker needs DATABASE_URL, the PostgreSQL it shares with the service: the embedded one belongs to one service, which works its lanes itself.',
    );
  }
  return {
    dataDirectory: dataDirectory(input, env),
    databaseUrl,
    databaseConnections: 10,
    logLevel: logLevel(env),
  };
}

const dataDirectory = (input: Pick<ConfigInput, 'data'>, env: NodeJS.ProcessEnv) =>
  resolve(input.data ?? env['SPOR_DATA'] ?? '.spor');
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function logLevel(env: NodeJS.ProcessEnv): string {
  const level = env['SPOR_LOG_LEVEL'] || 'info';
  if (LOG_LEVELS.includes(level)) return level;
  throw new StartError(
    `SPOR_LOG_LEVEL is "${level}", but must be one of ${LOG_LEVELS.join(', ')}.`,
  );
}

function whole(
  text: string | undefined,
  name: string,
  usual: number,
  least: number,
  most: number,
): number {
  if (text === undefined || text === '') return usual;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new StartError(
      `${name} is "${text}", but must be a whole number from ${least} to ${most}.`,
    );
  }
  return value;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'spor';
  }
}
