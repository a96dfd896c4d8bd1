import type {PaginatorConfig} from '../../config/config.js';
import {documentedDefault} from '../../pagination/paginator.js';
import {paginators} from '../../pagination/table.js';

/** How a stream is paged, and when that ends, in words; `maxPages`: of the client. */
export function paginatorText({type, options}: PaginatorConfig, maxPages: number): string {
  const kind = paginators.find((one) => one.type === type);
  const parsed = kind?.schema.safeParse(options);
  const all = new Map<string, unknown>(Object.entries(parsed?.success === true ? parsed.data : options));
  const text = (name: string): string => String(all.get(name) ?? (kind && documentedDefault(kind, name)) ?? '');
  const has = (name: string): boolean => (all.get(name) ?? undefined) !== undefined;
  const place = (stem: string): string =>
    has(`${stem}_body_path`) ? `body ${text(`${stem}_body_path`)}` : `?${text(`${stem}_param`)}`;
  const limit =
    (type === 'offset' && all.get('limit_param') !== null) ||
    (has('limit') && (has('limit_param') || has('limit_body_path')))
      ? `, ${text('limit')} a page (${place('limit')})`
      : '';
  const more = [
    ...(has('has_more_path') ? [`${text('has_more_path')} is false`] : []),
    ...(has('last_page_path') ? [`${text('last_page_path')} is true`] : []),
    ...(has('stop_when') ? [`${text('stop_when')}`] : []),
  ];
  const own = maxPagesText(all.get('max_pages'), maxPages);
  const ends = (...usual: readonly string[]): string => `     ends when ${[...usual, ...more].join(', or ')}; ${own}`;
  switch (type) {
    case 'cursor': {
      const from = all.get('cursor_from') === 'last_record' ? ' of the last record' : '';
      const path = has('cursor_path') ? `${text('cursor_path')}${from}` : 'found on the first page';
      const to = has('cursor_param') || has('cursor_body_path') ? ` → ${place('cursor')}` : ', followed as a link';
      return `cursor: ${path}${to}${limit}${ends('it is null, missing or ""')}`;
    }
    case 'offset':
      return `offset: ${place('offset')}${limit}, plus the rows received${ends('a page is empty', ...maximum(all, 'maximum_offset'))}`;
    case 'page_number':
      return `page_number: ${place('page')}${limit}, plus 1${ends('a page is empty', ...maximum(all, 'maximum_page'))}`;
    case 'json_link':
      return `json_link: the link at ${text('next_url_path')}${ends('there is none')}`;
    case 'header_link':
      return `header_link: the Link header, rel=${text('links_next_key')}${ends('there is none')}`;
    case 'header_cursor':
      return `header_cursor: header ${text('cursor_key')} → ?${text('cursor_param')}${ends('there is none')}`;
    case 'single_page':
      return 'single_page: one request';
    default:
      return `auto: detected on the first page     ends as the detected type does; ${own}`;
  }
}

const maximum = (all: ReadonlyMap<string, unknown>, name: string): readonly string[] => {
  const value = all.get(name) ?? undefined;
  return value === undefined ? [] : [`${name} ${String(value)} is reached`];
};

const usualMaxPages = 100_000;

function maxPagesText(own: unknown, client: number): string {
  if (typeof own === 'number') return `max_pages ${own}`;
  return `max_pages ${client}${client === usualMaxPages ? ' (default)' : ''}`;
}
