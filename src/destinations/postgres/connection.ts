import {readFile} from 'node:fs/promises';
import {finished} from 'node:stream/promises';
import type {Client, ClientConfig} from 'pg';
import type {from} from 'pg-copy-streams';
import {type ConnectorError, configError} from '../../errors.js';
import type {Address} from './address.js';
import {failureOf} from './failure.js';

/** A value of a row: text, or null. */
export type Cell = string | null;
export type Value = string | number | boolean | null;

/** Runs statements of whoever has the session (`Session.exclusive`). All of them throw ConnectorErrors. */
export class Connection {
  readonly #client: Client;
  readonly #copyFrom: typeof from;
  readonly #address: Address;
  /** Why the connection is gone: what is asked later fails for that reason, not for the connection's absence. */
  #lost: ConnectorError | undefined;

  constructor(client: Client, copyFrom: typeof from, address: Address) {
    this.#client = client;
    this.#copyFrom = copyFrom;
    this.#address = address;
    // Also while nothing runs: a server that goes away must not end the process as an exception nobody caught.
    client.on('error', (error) => {
      this.#lost ??= failureOf(error, address);
    });
  }

  /** All rows, every value as text: integers of 64 bits would not survive as numbers. */
  async rows(sql: string, values: readonly Value[] = []): Promise<readonly (readonly Cell[])[]> {
    return (await this.#query(sql, values)).rows.map((row) =>
      row.map((value) => (value === null || value === undefined ? null : String(value))),
    );
  }

  /** How many rows it changed. */
  async run(sql: string, values: readonly Value[] = []): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  /** Sends `bytes` as the input of a COPY … FROM STDIN. */
  async copy(sql: string, bytes: Buffer): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    try {
      const stream = this.#client.query(this.#copyFrom(sql));
      stream.end(bytes);
      await finished(stream);
    } catch (thrown) {
      throw this.#failed(thrown);
    }
  }

  async end(): Promise<void> {
    if (this.#lost === undefined) await this.#client.end().catch(() => undefined);
  }

  async #query(sql: string, values: readonly Value[]) {
    if (this.#lost !== undefined) throw this.#lost;
    try {
      return await this.#client.query<unknown[]>({
        text: sql,
        values: [...values],
        rowMode: 'array',
        types: {getTypeParser: () => asText},
      });
    } catch (thrown) {
      throw this.#failed(thrown);
    }
  }

  #failed(thrown: unknown): ConnectorError {
    return this.#lost ?? failureOf(thrown, this.#address);
  }
}

const asText = (value: string): string => value;

/** Connects. Throws a config_error or a transient_error that says what stands in the way. */
export async function connect(address: Address): Promise<Connection> {
  const {pg, copyFrom} = await load();
  const open = async (ssl: NonNullable<ClientConfig['ssl']>): Promise<Connection> => {
    const client = new pg.Client({
      ...address.client,
      ssl,
      fallback_application_name: 'source-rest-api',
      connectionTimeoutMillis: 20_000,
      // Else a firewall forgets a connection that waits for a slow API.
      keepAlive: true,
      keepAliveInitialDelayMillis: 60_000,
    });
    try {
      await client.connect();
    } catch (thrown) {
      await client.end().catch(() => undefined);
      throw thrown;
    }
    return new Connection(client, copyFrom, address);
  };
  try {
    const tls = await tlsOf(address);
    if (address.tls !== 'prefer') return await open(tls);
    return await open(tls).catch((thrown: unknown) => {
      if (!/does not support SSL/.test(String(thrown))) throw thrown;
      return open(false);
    });
  } catch (thrown) {
    throw failureOf(thrown, address);
  }
}

async function tlsOf({tls, caFile, shown}: Address): Promise<NonNullable<ClientConfig['ssl']>> {
  if (tls === 'disable') return false;
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8').catch(() => null);
  if (ca === null) throw configError(`${shown}: sslrootcert=${caFile} cannot be read: name a file of certificates`);
  const given = ca === undefined ? {} : {ca};
  switch (tls) {
    case 'verify-full':
      return given;
    case 'verify-ca':
      return {...given, checkServerIdentity: () => undefined};
    default:
      // libpq: whoever names certificates wants them to be checked.
      return ca === undefined ? {rejectUnauthorized: false} : {...given, checkServerIdentity: () => undefined};
  }
}

async function load() {
  try {
    const [pg, copy] = await Promise.all([import('pg'), import('pg-copy-streams')]);
    return {pg: pg.default, copyFrom: copy.default.from};
  } catch (thrown) {
    throw configError(
      'the PostgreSQL client is not installed here: npm install pg pg-copy-streams, or write JSON Lines with --into out/',
      {cause: thrown},
    );
  }
}
