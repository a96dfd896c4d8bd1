import type {Clock} from '../../src/clock.js';
import {json} from '../support/api-server.js';
import {type Served, serve} from './serve.js';

/** An API that answers {"data": [...]} and nothing else: no total, no link, an empty list behind the end. */
export function startPlain(clock: Clock, rows: readonly object[], apiKey: string): Promise<Served> {
  return serve(clock, ({method, path, query}, index) => {
    if (path !== '/v1/resource' || method !== 'GET') return json({detail: 'Not Found'}, {status: 404});
    if (query.get('api_key') !== apiKey) return json({detail: 'invalid api_key'}, {status: 401});
    if (index === 3) return json({detail: 'try again'}, {status: 503});
    const offset = Number(query.get('offset'));
    return json({data: rows.slice(offset, offset + Number(query.get('limit') ?? '10'))});
  });
}
