/**
 * A real PostgreSQL that comes with Spor, started and ended with it, so that one command is enough.
 * `DATABASE_URL` takes its place where there is a PostgreSQL already.
 *
 * What must stay true: what was committed survives `kill -9` of anything and the loss of power; no
 * server lives on without its Spor; one Spor at a time uses a folder, and another is told so in one
 * sentence; the server is reached through a socket in its own folder and by password, never from
 * the network (with `port`, from this machine alone).
 */
import { constants } from 'node:fs';
import { access, mkdir, realpath, rmdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type Account, serverAccount } from './embedded-postgres-account.ts';
import { type Binaries, findBinaries, SHARED_FOLDER } from './embedded-postgres-binaries.ts';
import {
  clusterExists,
  createCluster,
  readPassword,
  SUPERUSER,
} from './embedded-postgres-cluster.ts';
import { launch, LaunchFailure, type RunningServer } from './embedded-postgres-launch.ts';
import { alreadyUsed, claimFolder } from './embedded-postgres-owner.ts';
import { endLeftBehindServer } from './embedded-postgres-process.ts';
import { socketFolder } from './embedded-postgres-socket.ts';
import { StartError } from './start-error.ts';

export interface EmbeddedPostgresOptions {
  /** The folder for the database, its log and its socket; made when missing. */
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Listen on 127.0.0.1 at this port as well; without it there is only the socket. */
  readonly port?: number;
  /** PostgreSQL settings over ours, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where root keeps what the server's user can't reach elsewhere, for tests. */
  readonly sharedFolder?: string;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Shuts down in good order, within about a minute even with work under way. */
  stop(): Promise<void>;
  /** A server left behind by a killed Spor was found running, and was ended before this start. */
  readonly foundLeftBehind: boolean;
  /** Resolves when the server ends without having been asked to. */
  readonly lost: Promise<void>;
}

const DATABASE = 'spor';
const SOCKET_PORT = 5432;
/** After a crash, PostgreSQL's last processes may take a moment to let go of its memory. */
const MEMORY_PATIENCE_MS = 20_000;

export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const folder = await writableFolder(resolve(options.dataDir));
  const cluster = join(folder, 'cluster');
  const account = await serverAccount(cluster);
  const release = await claimFolder(folder);
  try {
    const binaries = await findBinaries(account, options.sharedFolder);
    if (!(await clusterExists(cluster, binaries))) {
      const startedAt = performance.now();
      await createCluster(cluster, account, binaries, options.sharedFolder ?? SHARED_FOLDER);
      options.log(
        `PostgreSQL ${binaries.version}: new database in ${await realpath(cluster)} (${sinceMs(startedAt)} ms)`,
      );
    }
    return await start(options, { folder, cluster, account, binaries, release });
  } catch (error) {
    await release();
    throw error;
  }
}

interface Place {
  readonly folder: string;
  readonly cluster: string;
  readonly account: Account | null;
  readonly binaries: Binaries;
  readonly release: () => Promise<void>;
}

async function start(options: EmbeddedPostgresOptions, place: Place): Promise<EmbeddedPostgres> {
  const startedAt = performance.now();
  const cluster = await realpath(place.cluster);
  const { leftBehind, strangerPid } = await endLeftBehindServer(cluster);
  if (leftBehind) options.log('PostgreSQL: ended a server that an earlier start had left behind');
  const port = options.port ?? SOCKET_PORT;
  const socket = await socketFolder(cluster, port, place.account);
  const server = await launchPatiently(place, {
    postgres: place.binaries.postgres,
    cluster,
    settings: {
      ...SETTINGS,
      listen_addresses: options.port === undefined ? '' : '127.0.0.1',
      port: String(port),
      unix_socket_directories: socket,
      unix_socket_permissions: '0700',
      ...options.settings,
    },
    account: place.account,
    serverLog: join(place.folder, 'server.log'),
    strangerPid,
    onStillStarting: (seconds) =>
      options.log(`PostgreSQL: still reading itself back after a crash (${seconds} s)`),
  });
  try {
    const url = await ensureDatabase(socket, port, await readPassword(cluster));
    options.log(`PostgreSQL ${place.binaries.version}: started (${sinceMs(startedAt)} ms)`);
    return { url, foundLeftBehind: leftBehind, ...ending(server, place, socket) };
  } catch (error) {
    await server.end();
    throw error;
  }
}

function ending(
  server: RunningServer,
  place: Place,
  socket: string,
): Pick<EmbeddedPostgres, 'stop' | 'lost'> {
  let stopped: Promise<void> | undefined;
  const end = async () => {
    try {
      await server.end();
    } finally {
      // A socket folder of its own is empty now; the cluster is not, and stays.
      await rmdir(socket).catch(() => undefined);
      await place.release();
    }
  };
  return {
    stop: () => (stopped ??= end()),
    lost: new Promise((tell) => {
      void server.gone.then(() => {
        if (stopped === undefined) tell();
      });
    }),
  };
}

/**
 * Durability is PostgreSQL's default and spelled out here so that nobody loosens it unseen. The
 * memory suits a machine with one or two gigabytes; a query never spreads over more processes,
 * since shared memory is scarce in containers and the work is many small statements.
 */
const SETTINGS = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '100',
  shared_buffers: '128MB',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
} as const;

async function launchPatiently(
  place: Place,
  options: Parameters<typeof launch>[0],
): Promise<RunningServer> {
  const giveUpAt = performance.now() + MEMORY_PATIENCE_MS;
  for (;;) {
    try {
      return await launch(options);
    } catch (error) {
      if (!(error instanceof LaunchFailure)) throw error;
      if (/lock file .* already exists/.test(error.message)) throw alreadyUsed(place.folder);
      const memoryHeld = /shared memory block .* still in use/.test(error.message);
      if (!memoryHeld || performance.now() > giveUpAt) {
        throw new StartError(
          `PostgreSQL did not start: ${error.message} (more in ${options.serverLog}).`,
          { cause: error },
        );
      }
      await pause(200);
    }
  }
}

async function ensureDatabase(socket: string, port: number, password: string): Promise<string> {
  const urlOf = (database: string) =>
    `postgresql://${SUPERUSER}:${password}@localhost:${port}/${database}?host=${encodeURIComponent(socket)}`;
  const client = new Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [
      DATABASE,
    ]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    return urlOf(DATABASE);
  } finally {
    await client.end();
  }
}

async function writableFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
    return await realpath(folder);
  } catch (cause) {
    throw new StartError(
      `The folder ${folder} can't be written by user ${userInfo().username}: choose another with --data.`,
      { cause },
    );
  }
}

function sinceMs(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
