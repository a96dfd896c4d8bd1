import {createHash} from 'node:crypto';
import {configError, transientError} from '../../errors.js';
import type {Address} from './address.js';
import {type Connection, connect} from './connection.js';

/** Settings of the session, as far as the server's version has them. */
const settings: readonly (readonly [string, string])[] = [
  // Names are always qualified: nobody's function or table can take the place of a built-in one.
  ['search_path', 'pg_catalog'],
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO, YMD'],
  ['standard_conforming_strings', 'on'],
  // The source is as slow as its API, and a load as long as its rows.
  ['statement_timeout', '0'],
  ['idle_in_transaction_session_timeout', '0'],
  ['idle_session_timeout', '0'],
  ['transaction_timeout', '0'],
  // A reader that never ends must not hold the sync for ever.
  ['lock_timeout', '5min'],
  // The server notices within two minutes when this machine is gone, and gives the lock free.
  ['tcp_keepalives_idle', '60'],
  ['tcp_keepalives_interval', '10'],
  ['tcp_keepalives_count', '6'],
  ['client_connection_check_interval', '10s'],
  ['work_mem', '64MB'],
];

const oldest = 120_000;

/**
 * One connection with the schema to itself. Everything goes over it, one piece of work after the other, so that rows on their way,
 * transactions and the lock live and end together.
 */
export class Session {
  readonly #connection: Connection;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Runs `work` when all work before it has ended. */
  exclusive<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => work(this.#connection));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** The same in a transaction. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.exclusive(async (connection) => {
      await connection.run('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
      try {
        const result = await work(connection);
        await connection.run('COMMIT');
        return result;
      } catch (thrown) {
        await connection.run('ROLLBACK').catch(() => undefined);
        throw thrown;
      }
    });
  }

  /** Gives the schema free. */
  close(): Promise<void> {
    return this.exclusive((connection) => connection.end());
  }
}

/** Connects, and takes the schema for this process. Throws a config_error or a transient_error that says what to change. */
export async function openSession(address: Address): Promise<Session> {
  const connection = await connect(address);
  try {
    await refuseServer(connection, address);
    await connection.rows(
      `SELECT pg_catalog.set_config(name, value, false)
         FROM (VALUES ${settings.map(([name, value]) => `('${name}', '${value}')`).join(', ')}) AS wanted (name, value)
         JOIN pg_catalog.pg_settings USING (name)`,
    );
    await connection.rows(
      `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
    );
    await lock(connection, address);
    return new Session(connection);
  } catch (thrown) {
    await connection.end();
    throw thrown;
  }
}

async function refuseServer(connection: Connection, {shown}: Address): Promise<void> {
  const [[name = '', version = '', encoding = '', readOnly = ''] = []] = await connection.rows(
    `SELECT version(), current_setting('server_version_num'), current_setting('server_encoding'),
            current_setting('default_transaction_read_only')`,
  );
  if (!String(name).startsWith('PostgreSQL ') || Number(version) < oldest)
    throw configError(`${shown} is ${String(name).split(',')[0]}: PostgreSQL 12 or later is needed`);
  if (encoding !== 'UTF8')
    throw configError(
      `${shown}: the database holds ${encoding} text, which has not all characters: name one that was created with ENCODING 'UTF8'`,
    );
  if (readOnly === 'on')
    throw configError(
      `${shown}: default_transaction_read_only is on for this user: ALTER ROLE … SET it off, or name another`,
    );
}

/** Waits a little: the session of a process that was just killed lives on until the server notices. */
async function lock(connection: Connection, {schema, shown}: Address): Promise<void> {
  const digest = createHash('sha256').update(`source-rest-api\u0000${schema}`).digest();
  const key = [digest.readInt32BE(0), digest.readInt32BE(4)];
  for (let tries = 0; tries < 30; tries++) {
    const [[has] = []] = await connection.rows('SELECT pg_try_advisory_lock($1::integer, $2::integer)', key);
    if (has === 't') return;
    await connection.rows('SELECT pg_sleep(0.1)');
  }
  const [[pid, from, since] = []] = await connection.rows(
    `SELECT pid, host(client_addr), to_char(backend_start, 'YYYY-MM-DD HH24:MI:SS')
       FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = $1::bigint AND objid::bigint = $2::bigint
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [digest.readUInt32BE(0), digest.readUInt32BE(4)],
  );
  const details = [
    pid === undefined ? undefined : `server process ${pid}`,
    from === undefined || from === null ? undefined : `from ${from}`,
    since === undefined || since === null ? undefined : `since ${since} UTC`,
  ].filter((part) => part !== undefined);
  throw transientError(
    `schema "${schema}" of ${shown} is in use by another sync (${details.join(', ')}): wait for it to end` +
      `${pid === undefined ? '' : `, or end it with SELECT pg_terminate_backend(${pid})`}; or give this one a schema of its own with ?schema=`,
  );
}
