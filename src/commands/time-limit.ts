import {transientError} from '../errors.js';
import {flagOption, type Host, type Invocation} from './command.js';

/** Airbyte ends check and discover after 9 minutes, without saying why: what is to be said has to come before. */
const longest = 510_000;

/** The longest wait that a server may ask for within them, in ms. */
const longestWait = 240_000;

/** What a command with a limited time reads by. */
export interface Limited {
  readonly signal: AbortSignal;
  /** Above it a wait that the server names is an error, whatever `max_wait` says. */
  readonly maxWait?: number;
}

/**
 * Runs check or discover within the time that the platform gives it; beyond, the signal aborts with a transient_error. `--env`, which no
 * platform gives, means that `sync` or a person asks, who can wait.
 */
export async function withinTime<T>(
  invocation: Invocation,
  {alarm, signal}: Host,
  work: (limited: Limited) => Promise<T>,
): Promise<T> {
  if (flagOption(invocation, 'env')) return work({signal});
  const finished = new AbortController();
  const late = new AbortController();
  alarm.sleep(longest, finished.signal).then(
    () => late.abort(tooLate()),
    () => undefined,
  );
  try {
    return await work({signal: AbortSignal.any([signal, late.signal]), maxWait: longestWait});
  } finally {
    finished.abort();
  }
}

const tooLate = (): Error =>
  transientError(
    `not finished after ${longest / 60_000} minutes, and the platform gives it 9: declare the schema or the columns of slow streams, or lower discover.sample_pages, so that fewer requests are made; or try again when the API is faster`,
  );
