import axios, {AxiosError, type InternalAxiosRequestConfig} from 'axios';
import axiosRetry from 'axios-retry';

/** What an attempt throws to be repeated after a wait. */
export class Again extends Error {
  override readonly name = 'Again';
  /** Awaited before the next attempt; rejects when the run is aborted. */
  readonly wait: () => Promise<void>;

  constructor(wait: () => Promise<void>) {
    super('again');
    this.wait = wait;
  }
}

/** axios-retry repeats what fails with the configuration it belongs to. */
class Rejection extends AxiosError {
  readonly reason: unknown;

  constructor(reason: unknown, config: InternalAxiosRequestConfig) {
    super('attempt failed', undefined, config);
    this.reason = reason;
  }
}

const reasonOf = (error: unknown): unknown => (error instanceof Rejection ? error.reason : error);

const client = axios.create({transformRequest: [], transformResponse: []});
axiosRetry(client, {
  retries: Number.POSITIVE_INFINITY,
  retryCondition: (error) => reasonOf(error) instanceof Again,
  onRetry: async (_count, error) => {
    const reason = reasonOf(error);
    if (reason instanceof Again) await reason.wait();
  },
  // The waiting is ours, in onRetry and by our clock; axios-retry's own would be taken out of the request's timeout.
  retryDelay: () => 0,
  shouldResetTimeout: true,
});

/**
 * Runs attempts until one does not throw `Again`, by axios-retry: an attempt is the adapter of a request. How often and how
 * long is decided by the attempts, which know what came back. The first one runs outside: most are the only one.
 */
export async function repeat<T>(attempt: () => Promise<T>): Promise<T> {
  let asked: Again;
  try {
    return await attempt();
  } catch (reason) {
    if (!(reason instanceof Again)) throw reason;
    asked = reason;
  }
  let isFirst = true;
  const next = (): Promise<T> => {
    if (!isFirst) return attempt();
    isFirst = false;
    return Promise.reject(asked);
  };
  const adapter = async (config: InternalAxiosRequestConfig) => {
    try {
      return {data: await next(), status: 200, statusText: '', headers: {}, config};
    } catch (reason) {
      throw new Rejection(reason, config);
    }
  };
  try {
    return (await client.request<T>({adapter})).data;
  } catch (error) {
    throw reasonOf(error);
  }
}
