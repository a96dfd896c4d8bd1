import type {ClientConfig} from 'pg';
import {configError} from '../../errors.js';
import {withoutPassword} from '../without-password.js';

/** As libpq means them; `prefer` is its default. */
const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

type TlsMode = (typeof tlsModes)[number];

/** Where the rows go, as a URL names it. What it leaves out comes from PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. */
export interface Address {
  readonly client: Pick<ClientConfig, 'host' | 'port' | 'user' | 'password' | 'database'>;
  readonly tls: TlsMode;
  /** A file of certificates to trust. */
  readonly caFile: string | undefined;
  /** For our books, and for streams without a namespace. */
  readonly schema: string;
  /** The URL without the password. */
  readonly shown: string;
}

const parameters = ['schema', 'sslmode', 'sslrootcert', 'host', 'user', 'password'];

/** Reads `postgres://user:password@host:port/database?schema=x&sslmode=require`. Throws a config_error, without the password. */
export function parseAddress(into: string): Address {
  const shown = withoutPassword(into);
  try {
    const url = new URL(into);
    const given = url.searchParams;
    refuseUnknown(shown, given);
    const text = (value: string | null) => (value === null || value === '' ? undefined : decodeURIComponent(value));
    const host = given.get('host') ?? text(url.hostname.replace(/^\[(.*)\]$/, '$1'));
    const user = given.get('user') ?? text(url.username);
    const password = given.get('password') ?? text(url.password);
    const database = text(url.pathname.slice(1));
    return {
      client: {
        ...(host === undefined ? {} : {host}),
        ...(url.port === '' ? {} : {port: Number(url.port)}),
        ...(user === undefined ? {} : {user}),
        ...(password === undefined ? {} : {password}),
        ...(database === undefined ? {} : {database}),
      },
      tls: host?.startsWith('/') === true ? 'disable' : tlsMode(shown, given.get('sslmode')),
      caFile: given.get('sslrootcert') ?? undefined,
      schema: given.get('schema') || 'public',
      shown,
    };
  } catch (thrown) {
    // The text of such an error repeats the URL.
    if (!(thrown instanceof TypeError || thrown instanceof URIError)) throw thrown;
    throw configError(
      `${shown} is no URL of a database: postgres://user@host:5432/database?schema=public; in a user or password the ` +
        'characters / ? # % are written %2F %3F %23 %25, or set PGPASSWORD and leave the password out',
    );
  }
}

function refuseUnknown(shown: string, given: URLSearchParams): void {
  const unknown = [...given.keys()].find((name) => !parameters.includes(name));
  if (unknown === undefined) return;
  throw configError(`${shown}: there is no parameter ${unknown}; there are ${parameters.join(', ')}`);
}

function tlsMode(shown: string, given: string | null): TlsMode {
  const mode = tlsModes.find((known) => known === (given ?? 'prefer'));
  if (mode !== undefined) return mode;
  throw configError(`${shown}: sslmode=${given} is none of ${tlsModes.join(', ')}`);
}
