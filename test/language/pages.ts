import {attempt, errorsOf, serve, source} from '../dlt/run.js';
import type {Handler} from '../support/api-server.js';

/** Rows with the ids from `from` up to, not including, `to`. */
export const rows = (from: number, to: number) =>
  Array.from({length: Math.max(0, to - from)}, (_, index) => ({id: from + index}));

/** Their ids. */
export const count = (from: number, to: number) => rows(from, to).map(({id}) => id);

/** Reads the stream `rows` with this paginator; none is written where it is undefined. */
export async function read(handler: Handler, paginator: unknown, endpoint: object = {}, client: object = {}) {
  await using api = await serve(handler);
  const own = paginator === undefined ? {} : {paginator};
  const config = source(api, [{name: 'rows', endpoint: {data_selector: 'data', ...own, ...endpoint}}], {...client});
  return await attempt(api, config);
}

/** What a paginator is refused for. */
export const wrong = (paginator: unknown, endpoint: object = {}) =>
  errorsOf({client: {base_url: 'https://a.example'}, resources: [{name: 'rows', endpoint: {paginator, ...endpoint}}]});

/** Counts from 1. */
export const counted = {type: 'page_number', base_page: 1};
