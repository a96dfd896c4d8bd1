import type {Clock} from '../../src/clock.js';
import {type Api, type Handler, type Recorded, startApi} from '../support/api-server.js';

export interface Served extends Api, AsyncDisposable {
  /** The requests since the last call. */
  take(): readonly Recorded[];
  /** After so many further requests the server answers 500, until it is mended. */
  breakAfter(requests: number): void;
  mend(): void;
}

/** A server whose `Date` header follows the clock of the test, so that no test depends on the machine's. */
export async function serve(clock: Clock, handler: Handler): Promise<Served> {
  let left = Number.POSITIVE_INFINITY;
  const api = await startApi(async (request, index) => {
    left--;
    const reply = left < 0 ? {status: 500, body: 'out of order'} : await handler(request, index);
    return {...reply, headers: {date: new Date(clock.now()).toUTCString(), ...reply.headers}};
  });
  let taken = 0;
  const take = (): readonly Recorded[] => {
    const fresh = api.requests.slice(taken);
    taken = api.requests.length;
    return fresh;
  };
  const breakAfter = (requests: number): void => {
    left = requests;
  };
  const mend = (): void => breakAfter(Number.POSITIVE_INFINITY);
  return Object.defineProperties({take, breakAfter, mend}, Object.getOwnPropertyDescriptors(api)) as Served;
}

/** The value of `Authorization: Basic` for a name and password. */
export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The names in the query that the API does not know. */
export const strangers = (query: URLSearchParams, known: readonly string[]): string[] =>
  [...query.keys()].filter((name) => !known.includes(name));

/** A JSON body's member at a dotted path; undefined where there is none. */
export function at(body: string, path: string): unknown {
  let value: unknown = JSON.parse(body);
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  }
  return value;
}
