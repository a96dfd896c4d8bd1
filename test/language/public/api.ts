import {attempt, type Resource, serve, source} from '../../dlt/run.js';
import {json, type Recorded, type Reply} from '../../support/api-server.js';

/** Rows with the numbers from `from` up to, not including, `to`. */
export const range = (from: number, to: number, row: (n: number) => object = (id) => ({id})): object[] =>
  Array.from({length: Math.max(0, to - from)}, (_, index) => row(from + index));

/** One public API, as somebody configures it from memory, and a server that behaves like it. */
export interface PublicApi {
  readonly name: string;
  readonly client?: {readonly [key: string]: unknown};
  /** Behind the server's address. */
  readonly base?: string;
  readonly resources: readonly Resource[];
  /** The answer; what has no `body` is sent as JSON. `url`: of the server. */
  answer(request: Recorded, url: string): unknown;
  /** Rows of every stream. */
  readonly rows: Readonly<Record<string, number>>;
  /** What a warning says; none is expected when absent. */
  readonly warning?: RegExp;
}

const isReply = (value: unknown): value is Reply => value instanceof Object && 'body' in value;

/** Reads all streams: the rows of each, warnings but those of how the test itself is made, errors. */
export async function readApi({client = {}, base = '', resources, answer, rows}: PublicApi) {
  let url = '';
  await using api = await serve((request) => {
    const given = answer(request, url);
    return isReply(given) ? given : json(given);
  });
  url = api.url;
  const config = source({url: api.url + base}, resources, client, {secrets: {token: 'sec-ret', key: 'sec-key'}});
  const run = await attempt(api, config);
  return {
    rows: Object.fromEntries(Object.keys(rows).map((name) => [name, run.records(name).length])),
    warnings: run.warnings.replace(/^.*incremental was asked for, but.*\n?/gm, ''),
    errors: run.errors,
    calls: run.calls,
  };
}

/** A number in the query; `otherwise` where it is not there. */
export const numberIn = ({query}: Recorded, name: string, otherwise = 0): number =>
  Number(query.get(name) ?? otherwise);
