import {ConnectorError, configError, systemError, transientError} from '../../errors.js';
import {Secrets} from '../../secrets.js';
import type {Address} from './address.js';

/** What can be told of a failure without its values: the server's CONTEXT would quote rows. */
interface Facts {
  readonly code: string;
  readonly message: string;
  readonly detail: string | undefined;
}

function factsOf(thrown: unknown): Facts {
  if (!(thrown instanceof Error)) return {code: '', message: String(thrown), detail: undefined};
  // One error for each address that was tried (Node, `autoSelectFamily`).
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return factsOf(thrown.errors[0]);
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(thrown, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const detail = [text('detail'), text('hint')].filter((part) => part !== undefined).join('\n');
  return {code: text('code') ?? '', message: thrown.message, detail: detail === '' ? undefined : detail};
}

type Explain = (facts: Facts, address: Address) => ConnectorError | undefined;

/** The error that a thrown one is for the user: what the server said, and what to change. Never holds the password. */
export function failureOf(thrown: unknown, address: Address): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  const secrets = new Secrets();
  if (typeof address.client.password === 'string') secrets.add(address.client.password);
  const {code, message, detail} = factsOf(thrown);
  const facts = {
    code,
    message: secrets.redact(message),
    detail: detail === undefined ? undefined : secrets.redact(detail),
  };
  const explain = reasons[code] ?? reasons[code.slice(0, 2)];
  const known = explain?.(facts, address) ?? lost(facts, address) ?? byText(facts, address);
  const more = facts.detail === undefined ? {} : {detail: facts.detail};
  return known ?? systemError(`PostgreSQL: ${facts.message}${code === '' ? '' : ` (${code})`}`, more);
}

const more = ({detail}: Facts): {readonly detail?: string} => (detail === undefined ? {} : {detail});

const unreachable: Explain = ({code}, {shown}) =>
  transientError(`no PostgreSQL server answers at ${shown} (${code}): check host and port, and that the server runs`);

const unknownHost: Explain = ({code}, {client, shown}) =>
  configError(`${shown}: the host ${client.host ?? ''} is not known (${code}): correct it`);

const notTrusted: Explain = ({message}, {shown}) =>
  configError(
    `${shown}: the server's certificate is not accepted (${message}): name its issuer with sslrootcert=FILE, or do not ` +
      'verify it, with sslmode=require',
  );

const connectionLost: Explain = ({message}, {shown}) =>
  transientError(`the connection to ${shown} was lost (${message}): what was committed is kept, run this again`);

const busy: Explain = ({message}, {shown}) => transientError(`${shown}: ${message}: run this again later`);

const full: Explain = (facts, {shown}) =>
  transientError(`the disk of ${shown} is full (${facts.message}): make room there, then run this again`, more(facts));

const tooLarge: Explain = (facts) =>
  configError(
    `PostgreSQL cannot hold this: ${facts.message}: leave the field out, with processing_steps: [{map: {remove: [field]}}]`,
    more(facts),
  );

/** By SQLSTATE, its class (two characters), or Node's code. */
const reasons: Readonly<Record<string, Explain>> = {
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  ENOENT: unreachable,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted,
  CERT_HAS_EXPIRED: notTrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: notTrusted,
  ECONNRESET: connectionLost,
  EPIPE: connectionLost,
  '08': connectionLost,
  '57P01': connectionLost,
  '57P02': connectionLost,
  '57P03': busy,
  '53300': busy,
  '40': busy,
  '53100': full,
  '58030': full,
  '28P01': ({message}, {shown}) =>
    configError(`${shown} refused the login (${message}): correct the user, the password or PGPASSWORD`),
  '28': ({message}, {shown}) =>
    configError(`${shown} refused the login (${message}): correct the user, or let it in (pg_hba.conf)`),
  '3D000': ({message}, {shown}) =>
    configError(`${shown}: ${message}: create it (createdb), or name another database in the URL`),
  '42501': (facts, {client, schema, shown}) =>
    configError(
      `${shown}: ${facts.message}: whoever owns it grants it, for tables GRANT USAGE, CREATE ON SCHEMA "${schema}" TO ` +
        `"${client.user ?? 'user'}", for temporary ones GRANT TEMPORARY ON DATABASE; or name a schema of your own with ?schema=`,
      more(facts),
    ),
  '25006': ({message}, {shown}) =>
    configError(`${shown} can only be read (${message}): name the primary server, not a standby`),
  '55P03': ({message}, {shown}) =>
    transientError(`${shown}: another session holds a table for too long (${message}): end it, then run this again`),
  '57014': ({message}, {shown}) => transientError(`${shown} ended a statement (${message}): run this again`),
  '0A000': inUse,
  '2BP01': inUse,
  '42P01': (facts, {shown}) =>
    configError(
      `${shown}: ${facts.message}: somebody dropped it during the run, or a pooler hands each statement to another session ` +
        '(PgBouncer in transaction mode): name the server itself',
      more(facts),
    ),
  '54': tooLarge,
  '22P05': tooLarge,
};

function inUse(facts: Facts, {shown}: Address): ConnectorError | undefined {
  if (!/view|rule|depend/i.test(`${facts.message} ${facts.detail ?? ''}`)) return undefined;
  return configError(
    `${shown}: ${facts.message}: drop what uses it (a view, a rule), run this again, then create it anew`,
    more(facts),
  );
}

/** pg's own errors have no code. */
function lost(facts: Facts, address: Address): ConnectorError | undefined {
  if (facts.code !== '' || !/^Connection terminated|not queryable|Client was closed/.test(facts.message))
    return undefined;
  return connectionLost(facts, address);
}

function byText({message}: Facts, {shown}: Address): ConnectorError | undefined {
  if (/does not support SSL/.test(message))
    return configError(`${shown}: the server has no TLS: set ssl = on there, or connect with sslmode=disable`);
  if (/password must be a (non-empty )?string|client password/.test(message))
    return configError(`${shown} asks for a password: set PGPASSWORD, or write postgres://user:password@host/database`);
  if (/timeout expired|connection timeout/.test(message))
    return transientError(`no PostgreSQL server answers at ${shown} (time-out): check host and port, and the firewall`);
  return undefined;
}
