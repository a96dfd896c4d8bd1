import type {Clock} from '../../src/clock.js';
import {json, type Reply} from '../support/api-server.js';
import {at, type Served, serve} from './serve.js';

export interface Order {
  readonly id: string;
  updatedAt: string;
}

/** What GraphQL answers to a query that it cannot run: status 200. */
const error = (message: string, extensions: object): Reply => json({errors: [{message, extensions}]});

/**
 * Shopify's GraphQL: 200 for everything but a wrong token, `after` null or a cursor, a used up budget as THROTTLED.
 * `throttled` says for which requests (counted from 0) it is used up.
 */
export function startShopify(
  clock: Clock,
  orders: readonly Order[],
  token: string,
  throttled: (index: number) => boolean,
): Promise<Served> {
  return serve(clock, ({method, path, headers, body}, index) => {
    if (headers['x-shopify-access-token'] !== token) {
      return json(
        {errors: '[API] Invalid API key or access token (unrecognized login or wrong password)'},
        {status: 401},
      );
    }
    if (method !== 'POST' || path !== '/admin/api/2025-07/graphql.json')
      return json({errors: 'Not Found'}, {status: 404});
    const query = String(at(body, 'query')).replaceAll(/\s+/g, ' ');
    const wanted =
      'query($after:String,$q:String){ orders(first:100,after:$after,query:$q,sortKey:UPDATED_AT){nodes{id updatedAt} pageInfo{hasNextPage endCursor}}}';
    if (query !== wanted) return error(`syntax error in ${query}`, {code: 'undefinedField'});
    if (throttled(index))
      return error('Throttled', {code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage'});

    const after = at(body, 'variables.after');
    if (after !== null && typeof after !== 'string') return error('after is missing', {code: 'argumentNotAccepted'});
    const since = /^updated_at:>='([^']+)'$/.exec(String(at(body, 'variables.q')))?.[1] ?? '';
    if (Number.isNaN(Date.parse(since))) return error(`invalid search ${since}`, {code: 'invalid'});
    const time = (order: Order) => Date.parse(order.updatedAt);
    const found = orders.filter((order) => time(order) >= Date.parse(since)).sort((a, b) => time(a) - time(b));
    const start = after === null ? 0 : Number(Buffer.from(after, 'base64').toString());
    if (Number.isNaN(start)) return error(`Invalid cursor ${after}`, {code: 'invalid'});
    const nodes = found.slice(start, start + 100);
    const end = start + nodes.length;
    const pageInfo = {
      hasNextPage: end < found.length,
      endCursor: nodes.length === 0 ? null : Buffer.from(String(end)).toString('base64'),
    };
    return json({data: {orders: {nodes, pageInfo}}, extensions: {cost: {throttleStatus: {currentlyAvailable: 900}}}});
  });
}
