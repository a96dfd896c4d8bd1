import type {Clock} from '../../src/clock.js';
import {json, type Reply} from '../support/api-server.js';
import {basic, type Served, serve} from './serve.js';

export interface Ticket {
  readonly id: number;
  subject: string;
  generated_timestamp: number;
}

const error = (
  status: number,
  name: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Reply => json({error: name, description}, {status, headers});

/**
 * Zendesk's incremental export by cursor: ten requests in any minute, `start_time` at least a minute ago, `after_url` on every
 * page, the last one too, and `end_of_stream`.
 */
export function startZendesk(clock: Clock, tickets: readonly Ticket[], password: string): Promise<Served> {
  const times: number[] = [];
  const size = 100;
  return serve(clock, ({path, query, headers}) => {
    if (headers.authorization !== basic('me@acme.com/token', password)) {
      return json({error: "Couldn't authenticate you"}, {status: 401});
    }
    if (path !== '/api/v2/incremental/tickets/cursor.json') {
      return error(404, 'InvalidEndpoint', 'Not found');
    }
    const now = clock.now();
    if (times.filter((time) => time > now - 60_000).length >= 10) {
      return error(429, 'APIRateLimitExceeded', 'Number of allowed incremental requests exceeded', {
        'retry-after': '60',
      });
    }
    times.push(now);
    const cursor = query.get('cursor');
    const startTime = query.get('start_time');
    if (cursor === null && (startTime === null || !/^\d+$/.test(startTime))) {
      return error(400, 'InvalidParameters', 'start_time must be an integer');
    }
    if (cursor === null && Number(startTime) > now / 1_000 - 60) {
      return error(422, 'InvalidValue', 'Too recent start_time. Use a start_time older than 60 seconds');
    }
    const [from = 0, skip = 0] = (cursor ?? `${startTime}-0`).split('-').map(Number);
    const found = tickets
      .filter(({generated_timestamp}) => generated_timestamp >= from)
      .sort((a, b) => a.generated_timestamp - b.generated_timestamp);
    const end = Math.min(skip + size, found.length);
    const after = `${from}-${end}`;
    return json({
      tickets: found.slice(skip, end),
      after_url: `http://${headers.host}${path}?cursor=${after}`,
      after_cursor: after,
      before_url: null,
      end_of_stream: end === found.length,
    });
  });
}
