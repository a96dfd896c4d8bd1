import type {Clock} from '../../src/clock.js';
import {json, type Reply} from '../support/api-server.js';
import {at, type Served, serve} from './serve.js';

export interface NotionPage {
  readonly object: 'page';
  readonly id: string;
  /** Rounded down to the minute. */
  last_edited_time: string;
}

const error = (status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  json({object: 'error', status, code, message, request_id: 'r1'}, {status, headers});

/** Notion's query of a database: POST, `Notion-Version`, `start_cursor` a text or absent, `next_cursor` null at the end. */
export function startNotion(clock: Clock, pages: readonly NotionPage[], token: string): Promise<Served> {
  return serve(clock, ({method, path, headers, body}, index) => {
    if (headers.authorization !== `Bearer ${token}`) return error(401, 'unauthorized', 'API token is invalid.');
    if (headers['notion-version'] !== '2022-06-28') {
      return error(400, 'missing_version', 'Notion-Version header should be defined, instead was undefined.');
    }
    if (method !== 'POST' || path !== '/v1/databases/d0/query') {
      return error(400, 'invalid_request_url', 'Invalid request URL.');
    }
    if (index === 4) return error(429, 'rate_limited', 'You have been rate limited.', {'retry-after': '7'});
    const size = at(body, 'page_size');
    const cursor = at(body, 'start_cursor');
    if (typeof size !== 'number' || size > 100) return error(400, 'validation_error', 'body.page_size should be ≤ 100');
    if (cursor !== undefined && (typeof cursor !== 'string' || !/^p\d+$/.test(cursor))) {
      return error(
        400,
        'validation_error',
        'body.start_cursor should be a valid uuid or `undefined`, instead was null.',
      );
    }
    const from = Date.parse(String(at(body, 'filter.last_edited_time.on_or_after')));
    if (Number.isNaN(from) || at(body, 'filter.timestamp') !== 'last_edited_time') {
      return error(400, 'validation_error', 'body.filter.last_edited_time.on_or_after should be a valid ISO 8601 date');
    }
    if (at(body, 'sorts.0.direction') !== 'ascending') return error(400, 'validation_error', 'body.sorts is invalid');
    const time = (page: NotionPage) => Date.parse(page.last_edited_time);
    const found = pages.filter((page) => time(page) >= from).sort((a, b) => time(a) - time(b));
    const start = cursor === undefined ? 0 : Number(String(cursor).slice(1));
    const hasMore = start + size < found.length;
    return json({
      object: 'list',
      results: found.slice(start, start + size),
      next_cursor: hasMore ? `p${start + size}` : null,
      has_more: hasMore,
      type: 'page_or_database',
    });
  });
}
