/** Who has to act: the user, nobody (try again), or us. Values of the protocol's `failure_type`. */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

/**
 * The one error of the connector. `message` is for the user: it names the place in the configuration or the request,
 * what came back and what to change. It must never carry a secret (it is redacted again where it is printed).
 */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly failureType: FailureType;
  /** Further facts for the log, not for the headline (first 200 characters of a body, a library's own message). */
  readonly detail: string | undefined;
  /** HTTP status of the answer that the error is about, where there is one. */
  readonly status: number | undefined;

  constructor(failureType: FailureType, message: string, options: Options = {}) {
    super(message, 'cause' in options ? {cause: options.cause} : undefined);
    this.failureType = failureType;
    this.detail = options.detail;
    this.status = options.status;
  }
}

type Options = {readonly detail?: string; readonly cause?: unknown; readonly status?: number};

/** The user has to change the configuration, the credentials or the arguments. */
export const configError = (message: string, options?: Options): ConnectorError =>
  new ConnectorError('config_error', message, options);

/** Trying again later can help: outages, rate limits, time-outs. */
export const transientError = (message: string, options?: Options): ConnectorError =>
  new ConnectorError('transient_error', message, options);

/** Our own fault. */
export const systemError = (message: string, options?: Options): ConnectorError =>
  new ConnectorError('system_error', message, options);

/** The result of `work`; the place in the configuration stands in front of the error that it throws. */
export function located<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError) || thrown.message.startsWith(place)) throw thrown;
    const {failureType, message, detail, status} = thrown;
    throw new ConnectorError(failureType, `${place}: ${message}`, {
      cause: thrown,
      ...(detail !== undefined && {detail}),
      ...(status !== undefined && {status}),
    });
  }
}

/** Why the system takes no more bytes, and what to do about it. */
const unwritable: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the disk quota is used up: make room, or raise it',
  EFBIG: 'a file reached the size that files may have here: raise the limit (ulimit -f)',
  EROFS: 'the disk is read-only: write elsewhere, or mount it for writing',
};

/** Any thrown value as a ConnectorError; what is not ours already becomes a system_error that keeps its cause. */
export function toConnectorError(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const remedy = 'code' in error ? unwritable[String(error.code)] : undefined;
  if (remedy !== undefined) return transientError(`${remedy}, then run this again (${error.message})`, {cause: error});
  return systemError(`internal error: ${error.message}`, {cause: error});
}
