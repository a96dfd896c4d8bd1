import {type Api, json, type Recorded, type Reply, startApi} from '../support/api-server.js';

interface Row {
  readonly [field: string]: unknown;
}

const rows = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({length: count}, (_, index) => make(index));

/** 25 posts: ids 0 to 24. */
export const posts = rows(25, (id) => ({id, title: `Post ${id}`}));

/** 50 comments for any post. */
export const comments = (post: number) =>
  rows(50, (id) => ({id, post_id: post, body: `Comment ${id} for post ${post}`}));

/** The posts with five reactions each. */
export const postsWithReactions = posts.map((post) => ({
  ...post,
  reactions: rows(5, (id) => ({id, title: `Reaction ${id} for post ${post.id}`})),
}));

export const detail = (post: number) => ({id: post, body: `Post body ${post}`});

const pageSize = 5;

/** What the server's clock says in every answer: the time at which the clocks of the tests start. */
const date = new Date(Date.UTC(2026, 0, 1)).toUTCString();

interface Asked {
  readonly request: Recorded;
  /** http://127.0.0.1:port */
  readonly origin: string;
  /** The groups of the route's pattern. */
  readonly groups: readonly string[];
}

type Route = readonly [method: 'GET' | 'POST', pattern: RegExp, answer: (asked: Asked) => Reply];

interface PageOptions {
  readonly key?: string;
  readonly base?: number;
  readonly absolute?: boolean;
}

const numberOf = (query: URLSearchParams, name: string, fallback: number): number =>
  Number(query.get(name) ?? fallback);

function slice(all: readonly Row[], {request}: Asked, base: number) {
  const page = numberOf(request.query, 'page', base);
  const total = Math.ceil(all.length / pageSize);
  const from = (page - base) * pageSize;
  return {page, total, rows: all.slice(from, from + pageSize), next: page + 1 < total + base ? page + 1 : undefined};
}

/** A page of 5; the next URL keeps nothing of the query but the page. */
function page(all: readonly Row[], asked: Asked, {key = 'data', base = 1, absolute = true}: PageOptions = {}): Reply {
  const {page: number, total, rows: shown, next} = slice(all, asked, base);
  const link = `${absolute ? asked.origin : ''}${asked.request.path}?page=${next}`;
  return json({[key]: shown, page: number, total_pages: total, ...(next === undefined ? {} : {next_page: link})});
}

function bare(asked: Asked, header: (next: number) => Record<string, string>): Reply {
  const {rows: shown, next} = slice(posts, asked, 1);
  return json(shown, next === undefined ? {} : {headers: header(next)});
}

function body({request}: Asked): Record<string, unknown> {
  const value: unknown = request.body === '' ? {} : JSON.parse(request.body);
  return typeof value === 'object' && value !== null ? {...value} : {};
}

const range = (offset: number, limit: number): Reply =>
  json({data: posts.slice(offset, offset + limit), total_records: 25, offset, limit});

const isForm = ({request}: Asked): boolean =>
  (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

const form = ({request}: Asked): URLSearchParams => new URLSearchParams(request.body);

function search(asked: Asked): Reply {
  const {page_size = 5, page_count = 5, page: at = 1, ids_greater_than = 0} = body(asked);
  const [size, count, number, above] = [page_size, page_count, at, ids_greater_than].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const found = rows(size * count, (index) => index + above + 1).map((id) => ({id, title: `Post ${id}`}));
  const next = number >= Math.ceil(found.length / size) ? null : number + 1;
  return json({data: found.slice((number - 1) * size, number * size), next_page: next, total_pages: count});
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

const guarded =
  (isAllowed: (request: Recorded) => boolean, refusal: Reply) =>
  (asked: Asked): Reply =>
    isAllowed(asked.request) ? page(posts, asked) : refusal;

const unauthorized = json({error: 'Unauthorized'}, {status: 401});

function token(asked: Asked, lifetime: number): Reply {
  const sent = form(asked);
  const grant = sent.get('grant_type') ?? '';
  const isClient = sent.get('client_id') === 'test-client-id' && sent.get('client_secret') === 'test-client-secret';
  return grant.includes('jwt-bearer') || (grant.includes('client_credentials') && isClient)
    ? json({access_token: 'test-token', expires_in: lifetime})
    : unauthorized;
}

function customToken(asked: Asked): Reply {
  const sent = form(asked);
  const isRight =
    sent.get('grant_type') === 'account_credentials' &&
    sent.get('account_id') === 'test-account-id' &&
    asked.request.headers.authorization === basic('test-account-id:test-client-secret');
  return isRight ? json({access_token: 'test-token', expires_in: 3600}) : unauthorized;
}

function nullTerminated({request}: Asked): Reply {
  const users = (from: number, count: number) => rows(count, (i) => ({id: from + i, name: `User ${from + i}`}));
  switch (request.query.get('cursor')) {
    case null:
      return json({users: users(0, 10), next_token: 'cursor_page_2'});
    case 'cursor_page_2':
      return json({users: users(10, 4), next_token: 'cursor_final'});
    default:
      return json({users: null, next_token: null});
  }
}

const id = ({groups}: Asked): number => Number(groups[0]);
const notFound = (post: number): Reply => json({error: `Post with id ${post} not found`}, {status: 404});
const headerId = ({request}: Asked): number => Number(request.headers['post_id'] ?? 0);

function formComments(asked: Asked): Reply {
  if (isForm(asked)) return page(comments(Number([...form(asked).values()][0])), asked);
  return asked.request.headers['content-type'] === undefined
    ? page(comments(Number(asked.request.body)), asked)
    : json({error: 'a content type that is no form'}, {status: 400});
}

function formData(asked: Asked): Reply {
  if (!isForm(asked)) return json({error: 'no form', data: asked.request.body});
  const sent = form(asked);
  return json({data: Object.fromEntries([...sent.keys()].map((key) => [key, sent.getAll(key)]))});
}

/** In dlt's order: the last one that matches answers. The patterns see path and query. */
const routes: readonly Route[] = [
  ['GET', /^\/posts(?:\?.*)?$/, (asked) => page(posts, asked)],
  ['GET', /^\/posts_no_key(?:\?page=\d+)?$/, (asked) => page(posts, asked, {key: 'null'})],
  ['GET', /^\/posts_zero_based(?:\?page=\d+)?$/, (asked) => page(posts, asked, {base: 0})],
  [
    'GET',
    /^\/posts_header_link(?:\?page=\d+)?$/,
    (asked) => bare(asked, (next) => ({link: `<${asked.origin}${asked.request.path}?page=${next}>; rel="next"`})),
  ],
  ['GET', /^\/posts_header_cursor(?:\?page=\d+)?$/, (asked) => bare(asked, (next) => ({cursor: String(next)}))],
  ['GET', /^\/posts_relative_next_url(?:\?page=\d+)?$/, (asked) => page(posts, asked, {absolute: false})],
  [
    'GET',
    /^\/posts_offset_limit(?:\?offset=\d+&limit=\d+)?$/,
    ({request: {query}}) => range(numberOf(query, 'offset', 0), numberOf(query, 'limit', 10)),
  ],
  [
    'POST',
    /^\/posts_offset_limit_via_json_body$/,
    (asked) => range(Number(body(asked)['offset'] ?? 0), Number(body(asked)['limit'] ?? 10)),
  ],
  [
    'GET',
    /^\/posts_cursor(?:\?cursor=\d+)?$/,
    ({request: {query}}) => {
      const cursor = numberOf(query, 'cursor', 0);
      const next = cursor + pageSize;
      return json({data: posts.slice(cursor, next), next_cursor: next < posts.length ? next : null});
    },
  ],
  ['GET', /^\/posts\/(\d+)\/comments(?:\?.*)?$/, (asked) => page(comments(id(asked)), asked)],
  ['GET', /^\/post_comments(?:\?.*)?$/, (asked) => page(comments(numberOf(asked.request.query, 'post_id', 0)), asked)],
  ['GET', /^\/post_comments_via_headers(?:\?.*)?$/, (asked) => page(comments(headerId(asked)), asked)],
  ['POST', /^\/post_comments(?:\?.*)?$/, (asked) => page(comments(Number(body(asked)['post_id'] ?? 0)), asked)],
  ['POST', /^\/post_comments_via_form_data(?:\?.*)?$/, formComments],
  ['GET', /^\/posts\/(\d+)$/, (asked) => json(detail(id(asked)))],
  ['GET', /^\/post_detail(?:\?.*)?$/, ({request: {query}}) => json(detail(numberOf(query, 'post_id', 0)))],
  ['GET', /^\/post_detail_via_headers(?:\?.*)?$/, (asked) => json(detail(headerId(asked)))],
  ['POST', /^\/post_detail(?:\?.*)?$/, (asked) => json(detail(Number(body(asked)['post_id'] ?? 0)))],
  [
    'GET',
    /^\/posts\/(\d+)\/some_details_404/,
    (asked) => (id(asked) < 1 ? json(detail(id(asked))) : notFound(id(asked))),
  ],
  [
    'GET',
    /^\/posts\/(\d+)\/some_details_404_others_422/,
    (asked) => {
      if (id(asked) === 0) return json(detail(0));
      return id(asked) === 1 ? notFound(1) : {status: 422};
    },
  ],
  ['GET', /^\/posts\/(\d+)\/some_details_204/, (asked) => (id(asked) === 0 ? json(detail(0)) : {status: 204})],
  ['GET', /^\/posts_under_a_different_key$/, (asked) => page(posts, asked, {key: 'many-results'})],
  ['POST', /^\/posts\/search$/, search],
  [
    'POST',
    /^\/posts\/search_by_id\/\d+$/,
    (asked) => {
      const {post_id, more, more_array} = body(asked);
      return json({
        id: post_id,
        title: Object(more)['title'],
        body: `Post body ${post_id}`,
        more: `More is equale to id: ${Object(more_array)[0]}`,
      });
    },
  ],
  [
    'GET',
    /^\/protected\/posts\/basic-auth/,
    guarded(({headers}) => headers.authorization === basic('user:password'), unauthorized),
  ],
  [
    'GET',
    /^\/protected\/posts\/bearer-token/,
    guarded(({headers}) => headers.authorization === 'Bearer test-token', unauthorized),
  ],
  [
    'GET',
    /^\/protected\/posts\/bearer-token-plain-text-error/,
    guarded(({headers}) => headers.authorization === 'Bearer test-token', {status: 401, body: 'Unauthorized'}),
  ],
  [
    'GET',
    /^\/protected\/posts\/api-key/,
    guarded(({headers}) => headers['x-api-key'] === 'test-api-key', unauthorized),
  ],
  ['POST', /^\/oauth\/token/, (asked) => token(asked, 3600)],
  ['POST', /^\/oauth\/token-expires-now/, (asked) => token(asked, 0)],
  [
    'POST',
    /^\/auth\/refresh/,
    (asked) =>
      body(asked)['refresh_token'] === 'valid-refresh-token' ? json({access_token: 'new-valid-token'}) : unauthorized,
  ],
  ['POST', /^\/custom-oauth\/token/, customToken],
  ['GET', /^\/posts_cursor_null_terminated(?:\?cursor=.*)?$/, nullTerminated],
  ['POST', /^\/post_form_data$/, formData],
  ['POST', /^\/post_raw_data$/, (asked) => json({data: asked.request.body})],
  ['POST', /^\/posts_form_data_incremental$/, (asked) => page(posts, asked)],
  ['GET', /^\/posts_with_reactions(?:\?.*)?$/, (asked) => page(postsWithReactions, asked)],
];

/** dlt's mock API as a real server: JSON is announced as such, links name this server, every request is recorded. */
export function startMockApi(): Promise<Api & AsyncDisposable> {
  return startApi((request) => {
    const origin = `http://${request.headers.host}`;
    const found = routes.findLast(([method, pattern]) => method === request.method && pattern.test(request.target));
    const groups = found?.[1].exec(request.target)?.slice(1) ?? [];
    const reply = found?.[2]({request, origin, groups}) ?? json({error: 'no route'}, {status: 404});
    return {...reply, headers: {date, ...reply.headers}};
  });
}
