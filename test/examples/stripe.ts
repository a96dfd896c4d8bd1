import type {Clock} from '../../src/clock.js';
import {json, type Reply} from '../support/api-server.js';
import {basic, type Served, serve, strangers} from './serve.js';

export interface Customer {
  readonly id: string;
  readonly object: 'customer';
  readonly created: number;
  name: string;
}

const error = (status: number, message: string, more: object = {}): Reply =>
  json({error: {type: 'invalid_request_error', message, ...more}}, {status});

/** Stripe's list of customers: newest first, `limit` 1 to 100, unknown parameters refused, the key as user name. */
export function startStripe(clock: Clock, customers: readonly Customer[], key: string): Promise<Served> {
  return serve(clock, ({path, query, headers}) => {
    if (headers.authorization !== basic(key, '')) return error(401, 'Invalid API Key provided: sk_test_****1234');
    if (path !== '/v1/customers') return error(404, `Unrecognized request URL (GET: ${path}).`);
    const [strange] = strangers(query, ['limit', 'starting_after', 'created[gte]']);
    if (strange !== undefined) {
      return error(400, `Received unknown parameter: ${strange}`, {code: 'parameter_unknown', param: strange});
    }
    const limit = Number(query.get('limit') ?? '10');
    if (!(limit >= 1 && limit <= 100))
      return error(400, 'This value must be less than or equal to 100', {param: 'limit'});
    const since = query.get('created[gte]') ?? '0';
    if (!/^\d+$/.test(since)) return error(400, `Invalid integer: ${since}`, {param: 'created[gte]'});

    const listed = customers.toSorted((a, b) => b.created - a.created).filter(({created}) => created >= Number(since));
    const after = query.get('starting_after');
    const start = after === null ? 0 : listed.findIndex(({id}) => id === after) + 1;
    if (after !== null && start === 0) {
      return error(400, `No such customer: '${after}'`, {code: 'resource_missing', param: 'starting_after'});
    }
    const data = listed.slice(start, start + limit);
    return json({object: 'list', url: '/v1/customers', has_more: start + limit < listed.length, data});
  });
}
