/** Connections: a company's configured connectors, each with its lane. */
import type { ConnectionRules } from '../core/rules.ts';
import type { Queryable } from './pool.ts';

export interface Connection {
  readonly id: string;
  readonly companyId: string;
  readonly connector: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Without the secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly sealedSecrets: string | null;
  readonly rules: ConnectionRules;
  /** What the connector calls the books it syncs to: only one connection has them. Null: they have no name. */
  readonly books: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

const COLUMNS = `connection_id as "id", company_id as "companyId", connector, name, enabled, settings,
  sealed_secrets as "sealedSecrets", rules, books, created_at as "createdAt", changed_at as "changedAt"`;

export async function insertConnection(db: Queryable, connection: Connection): Promise<void> {
  await db.query(`select from companies where company_id = $1 for update`, [connection.companyId]);
  await db.query(
    `insert into connections (
       company_id, connection_id, connector, name, enabled, settings, sealed_secrets, rules, books,
       created_at, changed_at
     )
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      connection.companyId,
      connection.id,
      connection.connector,
      connection.name,
      connection.enabled,
      JSON.stringify(connection.settings),
      connection.sealedSecrets,
      JSON.stringify(connection.rules),
      connection.books,
      connection.createdAt,
      connection.changedAt,
    ],
  );
  await db.query(`insert into lanes (company_id, connection_id) values ($1, $2)`, [
    connection.companyId,
    connection.id,
  ]);
}

export async function saveConnection(db: Queryable, connection: Connection): Promise<void> {
  await db.query(
    `update connections
     set name = $3, enabled = $4, settings = $5, sealed_secrets = $6, rules = $7, books = $8, changed_at = $9
     where company_id = $1 and connection_id = $2`,
    [
      connection.companyId,
      connection.id,
      connection.name,
      connection.enabled,
      JSON.stringify(connection.settings),
      connection.sealedSecrets,
      JSON.stringify(connection.rules),
      connection.books,
      connection.changedAt,
    ],
  );
}

export async function listConnections(db: Queryable, companyId: string): Promise<Connection[]> {
  const { rows } = await db.query<Connection>(
    `select ${COLUMNS} from connections where company_id = $1 order by connection_id`,
    [companyId],
  );
  return rows;
}

export async function findConnection(
  db: Queryable,
  companyId: string,
  connectionId: string,
): Promise<Connection | null> {
  const { rows } = await db.query<Connection>({
    name: 'find-connection',
    text: `select ${COLUMNS} from connections where company_id = $1 and connection_id = $2`,
    values: [companyId, connectionId],
  });
  return rows[0] ?? null;
}

/** Who syncs to these books, of all companies. */
export async function findSyncedBooks(
  db: Queryable,
  connector: string,
  books: string,
): Promise<{ id: string; name: string; companyName: string } | null> {
  const { rows } = await db.query<{ id: string; name: string; companyName: string }>(
    `select connection_id as "id", connections.name, companies.name as "companyName"
     from connections join companies using (company_id)
     where connector = $1 and books = $2`,
    [connector, books],
  );
  return rows[0] ?? null;
}

/** Held while bills are planned on these rules, so that a change of rules sees every bill or is seen by it. */
export async function lockConnections(db: Queryable, companyId: string): Promise<Connection[]> {
  // No connection comes meanwhile (`insertConnection`): it would not know of the change, nor the change of it.
  await db.query(`select from companies where company_id = $1 for key share`, [companyId]);
  const { rows } = await db.query<Connection>(
    `select ${COLUMNS} from connections where company_id = $1 order by connection_id for share`,
    [companyId],
  );
  return rows;
}

export async function lockConnection(
  db: Queryable,
  companyId: string,
  connectionId: string,
): Promise<Connection | null> {
  const { rows } = await db.query<Connection>(
    `select ${COLUMNS} from connections where company_id = $1 and connection_id = $2 for update`,
    [companyId, connectionId],
  );
  return rows[0] ?? null;
}

/** Secrets as they are sealed, those changed last first. */
export async function listSealed(
  db: Queryable,
  limit: number,
): Promise<{ id: string; sealedSecrets: string }[]> {
  const { rows } = await db.query<{ id: string; sealedSecrets: string }>(
    `select connection_id as "id", sealed_secrets as "sealedSecrets"
     from connections
     where sealed_secrets is not null
     order by changed_at desc
     limit $1`,
    [limit],
  );
  return rows;
}

/** Before the first bill. */
export const FROM_THE_START = '00000000-0000-0000-0000-000000000000';

/** Connections whose settings or rules changed: whose bills are to be looked at again, and from where. */
export interface Replan {
  readonly companyId: string;
  readonly connectionId: string;
  readonly after: string;
}

export async function listReplans(db: Queryable, limit: number): Promise<Replan[]> {
  const { rows } = await db.query<Replan>(
    `select company_id as "companyId", connection_id as "connectionId", replan_after as "after"
     from connections
     where replan_after is not null
     limit $1`,
    [limit],
  );
  return rows;
}

/** From the first bill on; null: all have been looked at. */
export async function setReplan(
  db: Queryable,
  companyId: string,
  connectionId: string,
  after: string | null,
): Promise<void> {
  await db.query(
    `update connections set replan_after = $3 where company_id = $1 and connection_id = $2`,
    [companyId, connectionId, after],
  );
}

/**
 * Locks a connection if its replanning still stands where we saw it; null when somebody went on. From here on the
 * transaction waits a second for a lock, no longer: others are planned after it.
 */
export async function lockReplan(db: Queryable, replan: Replan): Promise<Connection | null> {
  await db.query(`set local lock_timeout = '1s'`);
  const { rows } = await db.query<Connection>(
    `select ${COLUMNS}
     from connections
     where company_id = $1 and connection_id = $2 and replan_after = $3
     for update`,
    [replan.companyId, replan.connectionId, replan.after],
  );
  return rows[0] ?? null;
}
