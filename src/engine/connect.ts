/**
 * Setting up a connection and changing it. Settings are checked by the connector; secrets are sealed
 * before they are stored; every bill is then looked at again (`replan.ts`).
 */
import { DEFAULT_RULES, type ConnectionRules } from '../core/rules.ts';
import type { Connector } from '../sdk/connector.ts';
import type { Company } from '../store/companies.ts';
import {
  type Connection,
  findSyncedBooks,
  insertConnection,
  lockConnection,
  saveConnection,
  FROM_THE_START,
  setReplan,
} from '../store/connections.ts';
import { tryNow } from '../store/lane-pauses.ts';
import { forgetRemoteSuppliers } from '../store/remote-suppliers.ts';
import { notifyChanged, notifyLive } from '../store/notices.ts';
import type { Queryable } from '../store/pool.ts';
import type { WorkerContext } from './engine.ts';
import type { Recording } from './record-change.ts';

export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';
  readonly errors: readonly { path: string; message: string }[];
  constructor(message: string, errors: readonly { path: string; message: string }[]) {
    super(message);
    this.errors = errors;
  }
}

/** `books-taken`: another connection syncs to them. `secret-wanted`: it was kept for another address. */
export class ConnectionRefused extends Error {
  override readonly name = 'ConnectionRefused';
  readonly code: 'books-taken' | 'secret-wanted';
  constructor(code: ConnectionRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export async function createConnection(
  context: Pick<WorkerContext, 'clock' | 'ids' | 'vault' | 'connectors'>,
  { db }: Recording,
  given: {
    company: Company;
    connector: string;
    name: string;
    settings: Readonly<Record<string, unknown>>;
    rules: Partial<ConnectionRules>;
  },
): Promise<Connection> {
  const connector = context.connectors.get(given.connector);
  if (!connector) {
    const known = [...context.connectors.keys()].join(', ');
    throw new SettingsInvalid(
      `There is no connector "${given.connector}"; there are: ${known}.`,
      [],
    );
  }
  const id = context.ids.next();
  const now = context.clock.now();
  const connection: Connection = {
    id,
    companyId: given.company.id,
    connector: connector.id,
    name: given.name,
    enabled: true,
    ...accepted(context, connector, id, given.settings),
    rules: { ...DEFAULT_RULES, ...given.rules },
    createdAt: now,
    changedAt: now,
  };
  await refuseTakenBooks(db, connection);
  await insertConnection(db, connection);
  await lookAgain(db, connection);
  return connection;
}

export interface ConnectionEdit {
  readonly name?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Replaces the settings; a secret left out stays, unless it would be sent to another address. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly rules?: Partial<ConnectionRules> | undefined;
}

export async function editConnection(
  context: Pick<WorkerContext, 'clock' | 'ids' | 'vault' | 'connectors'>,
  { db }: Recording,
  key: { companyId: string; connectionId: string },
  edit: ConnectionEdit,
): Promise<Connection> {
  const before = await lockConnection(db, key.companyId, key.connectionId);
  const connector = before && context.connectors.get(before.connector);
  if (!before || !connector)
    throw new SettingsInvalid('This connection has a connector Spor does not have.', []);
  const secrets = before.sealedSecrets ? context.vault.open(before.id, before.sealedSecrets) : {};
  if (edit.settings)
    refuseSentElsewhere(connector, { ...before.settings, ...secrets }, secrets, edit.settings);
  const after: Connection = {
    ...before,
    name: edit.name ?? before.name,
    enabled: edit.enabled ?? before.enabled,
    ...(edit.settings
      ? accepted(context, connector, before.id, { ...secrets, ...edit.settings })
      : {}),
    rules: { ...before.rules, ...edit.rules },
    // Strictly later, so that workers see that it changed.
    changedAt: new Date(Math.max(context.clock.now().getTime(), before.changedAt.getTime() + 1)),
  };
  await refuseTakenBooks(db, after);
  await saveConnection(db, after);
  const nameOnly =
    edit.enabled === undefined && edit.settings === undefined && edit.rules === undefined;
  if (!nameOnly) {
    if (edit.settings !== undefined) await forgetRemoteSuppliers(db, key);
    await lookAgain(db, after);
    await tryNow(db, key, context.clock.now());
  }
  return after;
}

async function lookAgain(db: Queryable, connection: Connection): Promise<void> {
  await setReplan(db, connection.companyId, connection.id, FROM_THE_START);
  await notifyChanged(db, connection);
  await notifyLive(db, [
    { companyId: connection.companyId, connectionId: connection.id, billId: null },
  ]);
}

async function refuseTakenBooks(db: Queryable, connection: Connection): Promise<void> {
  if (connection.books === null) return;
  const by = await findSyncedBooks(db, connection.connector, connection.books);
  if (by === null || by.id === connection.id) return;
  throw new ConnectionRefused(
    'books-taken',
    `"${by.name}" of ${by.companyName} syncs to these books already, and a second integration would book every bill twice. Use that one (turn it on, change its settings), or choose other books.`,
  );
}

/** A secret given for one address is not for whoever can have it sent to another. */
function refuseSentElsewhere(
  { settings, secretsGoTo }: Connector,
  before: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
  given: Readonly<Record<string, unknown>>,
): void {
  const kept = Object.keys(secrets).filter((name) => given[name] === undefined);
  const [was, is] = [before, { ...secrets, ...given }].map((all) => settings.safeParse(all));
  if (kept.length === 0 || !secretsGoTo || !is?.success) return;
  if (was?.success && secretsGoTo(was.data) === secretsGoTo(is.data)) return;
  throw new ConnectionRefused(
    'secret-wanted',
    `The address is another one, and what was kept for the old one is not sent there: give ${kept.join(', ')} again.`,
  );
}

/** Checks settings, and parts what is secret from what is not. */
function accepted(
  context: Pick<WorkerContext, 'clock' | 'ids' | 'vault' | 'connectors'>,
  connector: Connector,
  connectionId: string,
  settings: Readonly<Record<string, unknown>>,
): Pick<Connection, 'settings' | 'sealedSecrets' | 'books'> {
  const parsed = connector.settings.safeParse(settings);
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => ({
      path: ['body', 'settings', ...issue.path].join('.'),
      message: issue.message,
    }));
    throw new SettingsInvalid(`${errors[0]?.path}: ${errors[0]?.message}`, errors);
  }
  const names = new Set<string>(connector.secretSettings);
  const all = Object.entries(parsed.data as Record<string, unknown>);
  const secrets = Object.fromEntries(
    all.filter(([name]) => names.has(name)).map(([name, value]) => [name, String(value)]),
  );
  return {
    settings: Object.fromEntries(all.filter(([name]) => !names.has(name))),
    sealedSecrets:
      Object.keys(secrets).length > 0 ? context.vault.seal(connectionId, secrets) : null,
    books: connector.books?.(parsed.data) ?? null,
  };
}
