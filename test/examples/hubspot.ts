import type {Clock} from '../../src/clock.js';
import {json, type Reply} from '../support/api-server.js';
import {at, type Served, serve} from './serve.js';

export interface Contact {
  readonly id: string;
  readonly properties: {email: string; lastmodifieddate: string};
}

const error = (status: number, category: string, message: string): Reply =>
  json({status: 'error', message, correlationId: 'a1b2', category}, {status});

/** HubSpot's search: POST, times in epoch ms, `limit` at most 100, `after` a number as text, nothing behind row 10,000. */
export function startHubspot(clock: Clock, contacts: readonly Contact[], token: string): Promise<Served> {
  return serve(clock, ({method, path, headers, body}) => {
    if (headers.authorization !== `Bearer ${token}`) {
      return error(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
    }
    if (path !== '/crm/v3/objects/contacts/search') return error(404, 'OBJECT_NOT_FOUND', 'resource not found');
    if (method !== 'POST') return error(405, 'VALIDATION_ERROR', 'Method Not Allowed');
    if (headers['content-type']?.startsWith('application/json') !== true) {
      return error(415, 'VALIDATION_ERROR', 'Unsupported Media Type');
    }
    const limit = Number(at(body, 'limit') ?? 10);
    const after = at(body, 'after') ?? '0';
    if (limit > 100) return error(400, 'VALIDATION_ERROR', 'limit must be at most 100');
    if (typeof after !== 'string' || !/^\d+$/.test(after))
      return error(400, 'VALIDATION_ERROR', 'after is no paging cursor');
    if (Number(after) + limit > 10_000) {
      return error(400, 'VALIDATION_ERROR', 'Paging through more than 10,000 results is not supported');
    }
    const bounds = new Map<unknown, number>();
    for (const filter of [0, 1]) {
      const place = `filterGroups.0.filters.${filter}`;
      const value = at(body, `${place}.value`);
      if (at(body, `${place}.propertyName`) !== 'lastmodifieddate' || !/^\d{13}$/.test(String(value))) {
        return error(400, 'VALIDATION_ERROR', `There was a problem with the request: ${String(value)} is no date`);
      }
      bounds.set(at(body, `${place}.operator`), Number(value));
    }
    const from = bounds.get('GTE') ?? 0;
    const until = bounds.get('LT') ?? Number.POSITIVE_INFINITY;
    const time = ({properties}: Contact) => Date.parse(properties.lastmodifieddate);
    const found = contacts
      .filter((contact) => time(contact) >= from && time(contact) < until)
      .sort((a, b) => time(a) - time(b));
    const end = Number(after) + limit;
    const next = end < found.length ? {paging: {next: {after: String(end), link: `?after=${end}`}}} : {};
    return json({total: found.length, results: found.slice(Number(after), end), ...next});
  });
}
