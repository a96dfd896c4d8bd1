import axios, {AxiosError, type InternalAxiosRequestConfig} from 'axios';
import axiosRetry from 'axios-retry';
import {Again} from './again.js';

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

/** Goes on after a first attempt that threw `asked`, by axios-retry: an attempt is the adapter of a request. */
export async function repeatAfter<T>(asked: Again, attempt: () => Promise<T>): Promise<T> {
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
