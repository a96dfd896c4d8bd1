import {describe, expect, test} from 'vitest';
import {json, type Recorded} from '../../support/api-server.js';
import {FakeClock} from '../../support/fake-clock.js';
import {Connection, column} from '../connection.js';
import {at, serve} from '../serve.js';
import {hour, now, range} from '../world.js';

describe('Airtable', () => {
  const rows = range(250, (n) => ({id: `rec${n}`, createdTime: '2026-01-01T00:00:00.000Z', fields: {Name: `n${n}`}}));
  const config = (url: string) => `
client: {base_url: "${url}/v0/app1", auth: bearer, retry: {max_retries: 5}}
resources:
- name: Tasks
  primary_key: id
  endpoint:
    data_selector: records
    paginator: {type: cursor, cursor_path: offset, cursor_param: offset, limit: 100, limit_param: pageSize}
`;

  test('an opaque offset; too many requests are refused for half a minute, without saying so', async () => {
    const clock = new FakeClock({now});
    let refusedUntil = 0;
    await using api = await serve(clock, ({query, headers}, index) => {
      if (headers.authorization !== 'Bearer pat') {
        return json({error: {type: 'AUTHENTICATION_REQUIRED', message: 'Authentication required'}}, {status: 401});
      }
      if (index === 3) refusedUntil = clock.now() + 30_000;
      if (clock.now() < refusedUntil) return json({errors: [{error: 'RATE_LIMIT_REACHED'}]}, {status: 429});
      const start = Number(query.get('offset')?.split('/rec')[1] ?? '0');
      const more = start + 100 < rows.length ? {offset: `itrX/rec${start + 100}`} : {};
      return json({records: rows.slice(start, start + 100), ...more});
    });
    const source = new Connection(config(api.url), {token: 'pat'}, clock);
    expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
    await source.discover();
    const read = await source.read();
    expect(column(read, 'Tasks', 'id')).toEqual(rows.map(({id}) => id));
    expect(api.requests.some(({query}) => query.get('offset') === 'itrX/rec200')).toBe(true);
  });

  test('an iterator that expired fails the read; the next attempt asks for it once and starts the list again', async () => {
    const clock = new FakeClock({now});
    let alive = 0;
    let expiresAt = -1;
    await using api = await serve(clock, ({query}, index) => {
      const [iterator, start = '0'] = query.get('offset')?.split('/rec') ?? [];
      if (index === expiresAt) alive++;
      if (iterator === undefined) alive++;
      else if (iterator !== `itr${alive}`) {
        const message = 'The iterator is no longer available. Retry request without an offset parameter';
        return json({error: {type: 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE', message}}, {status: 422});
      }
      const end = Number(start) + 100;
      return json({
        records: rows.slice(Number(start), end),
        ...(end < rows.length && {offset: `itr${alive}/rec${end}`}),
      });
    });
    const source = new Connection(config(api.url), {token: 'pat'}, clock);
    await source.discover();
    expiresAt = api.requests.length + 2;
    const broken = await source.readAnyhow(undefined, 7);
    expect(broken.code).toBe(1);
    expect(broken.messages.errors()[0]?.message).toMatch(/422.*LIST_RECORDS_ITERATOR_NOT_AVAILABLE/s);
    expect(broken.messages.records()).toHaveLength(200);
    api.take();
    const again = await source.readAnyhow(broken.messages, 7);
    expect(again.code).toBe(0);
    expect(column(again.messages, 'Tasks', 'id')).toEqual(rows.map(({id}) => id));
    expect(api.take().map(({query}) => query.get('offset')?.split('/')[1])).toEqual([
      'rec200',
      undefined,
      'rec100',
      'rec200',
    ]);
    expect(again.messages.logs('WARN').join('\n')).toMatch(/422/);
  });
});

test('Slack: errors with 200, an empty cursor as the end, times as decimals in text', async () => {
  const clock = new FakeClock({now});
  const time = (n: number) => `${now / 1_000 - 10_000 + n}.000${String(100 + n)}`;
  const messages: Record<string, {ts: string; text: string}[]> = {
    C1: range(230, (n) => ({ts: time(n), text: `a${n}`})),
    C2: [{ts: time(5), text: 'b'}],
  };
  await using api = await serve(clock, ({path, query, headers}, index) => {
    if (headers.authorization !== 'Bearer xoxb') return json({ok: false, error: 'invalid_auth'});
    if (index === 4) return json({ok: false, error: 'ratelimited'}, {status: 429, headers: {'retry-after': '30'}});
    const start = Number(query.get('cursor') ?? '0');
    if (path === '/api/conversations.list') {
      const channels = ['C1', 'C2'].slice(start, start + 1).map((id) => ({id, name: id.toLowerCase()}));
      return json({ok: true, channels, response_metadata: {next_cursor: start === 0 ? '1' : ''}});
    }
    const oldest = query.get('oldest') ?? '0';
    const inclusive = query.get('inclusive') === 'true';
    const found = (messages[query.get('channel') ?? ''] ?? [])
      .filter(({ts}) => (inclusive ? ts >= oldest : ts > oldest))
      .toReversed();
    const hasMore = start + 100 < found.length;
    const more = hasMore ? {response_metadata: {next_cursor: String(start + 100)}} : {};
    return json({ok: true, messages: found.slice(start, start + 100), has_more: hasMore, ...more});
  });
  const text = `
client: {base_url: "${api.url}/api", auth: bearer}
resource_defaults:
  endpoint: {paginator: {type: cursor, cursor_path: response_metadata.next_cursor, cursor_param: cursor}}
resources:
- {name: channels, primary_key: id, endpoint: {path: conversations.list, data_selector: channels}}
- name: messages
  primary_key: [_channels_id, ts]
  include_from_parent: [id]
  endpoint:
    path: conversations.history
    params: {channel: "{resources.channels.id}", inclusive: true, limit: 100}
    data_selector: messages
    incremental: {cursor_path: ts, initial_value: "0", start_param: oldest, row_order: desc}
`;
  const refused = await new Connection(text, {token: 'xoxp'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/invalid_auth/)});
  const source = new Connection(text, {token: 'xoxb'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({messages: {key: [['_channels_id'], ['ts']], cursor: ['ts']}});
  const first = await source.read();
  expect(column(first, 'channels', 'id')).toEqual(['C1', 'C2']);
  expect(new Set(column(first, 'messages', 'ts'))).toEqual(new Set(messages['C1']?.map(({ts}) => ts)));
  expect(first.records('messages')).toHaveLength(231);
  messages['C2']?.push({ts: time(7), text: 'new, but older than what C1 has'});
  api.take();
  const again = await source.read(first);
  expect(column(again, 'messages', 'text')).toEqual(['new, but older than what C1 has']);
  const asked = api.take().filter(({path}) => path === '/api/conversations.history');
  expect(asked.map(({query}) => query.get('oldest')).toSorted()).toEqual([time(5), time(229)].toSorted());
});

describe('Elasticsearch', () => {
  const rows = range(250, (n) => ({
    _index: 'logs',
    _id: `d${n}`,
    _source: {'@timestamp': new Date(now - hour + Math.floor(n / 2) * 1_000).toISOString(), message: `m${n}`},
    sort: [now - hour + Math.floor(n / 2) * 1_000, BigInt('9007199254740993') + BigInt(n)],
  }));
  const exact = (value: unknown) =>
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `#${part}#` : part)).replaceAll(
      /"#(\d+)#"/g,
      '$1',
    );

  test('search_after: an array of numbers beyond 2^53 goes back digit by digit', async () => {
    const clock = new FakeClock({now});
    await using api = await serve(clock, ({headers, body}) => {
      if (headers.authorization !== 'ApiKey es') {
        return json(
          {error: {root_cause: [], type: 'security_exception', reason: 'missing credentials'}, status: 401},
          {status: 401},
        );
      }
      const after = /"search_after":(\[[^\]]*\])/.exec(body)?.[1];
      const since = String(at(body, 'query.range.@timestamp.gte'));
      const found = rows.filter(({_source}) => _source['@timestamp'] >= since);
      const start = after === undefined ? 0 : found.findIndex(({sort}) => exact(sort) === after) + 1;
      if (after !== undefined && start === 0)
        return json({error: {type: 'illegal_argument_exception', reason: after}}, {status: 400});
      const hits = found.slice(start, start + 100);
      return json(exact({took: 1, timed_out: false, hits: {total: {value: 100, relation: 'gte'}, hits}}));
    });
    const source = new Connection(
      `client: {base_url: "${api.url}", auth: {type: api_key, api_key: "{secrets.es}", prefix: ApiKey}}
resources:
- name: logs
  primary_key: _id
  endpoint:
    path: logs/_search
    method: POST
    json:
      size: 100
      query: {range: {"@timestamp": {gte: "{incremental.start_value}"}}}
      sort: [{"@timestamp": asc}, {_shard_doc: asc}]
    data_selector: hits.hits
    paginator: {type: cursor, cursor_from: last_record, cursor_path: sort, cursor_body_path: search_after}
    incremental: {cursor_path: "_source['@timestamp']", initial_value: "2024-01-01T00:00:00.000Z", row_order: asc}`,
      {es: 'es'},
      clock,
    );
    expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
    expect(await source.discover()).toMatchObject({logs: {key: [['_id']], cursor: ['_source', '@timestamp']}});
    const first = await source.read();
    expect(column(first, 'logs', '_id')).toEqual(rows.map(({_id}) => _id));
    expect(first.text).toContain('9007199254740993]');
    expect((await source.read(first)).records()).toEqual([]);
  });

  test('a scroll gives the same id again until it is empty', async () => {
    const clock = new FakeClock({now});
    let position = 0;
    await using api = await serve(clock, ({body, query}) => {
      if (query.get('scroll') !== null || at(body, 'scroll_id') === undefined) position = 0;
      const hits = rows.slice(position, position + 100).map(({_id, _source}) => ({_id, _source}));
      position += 100;
      return json({_scroll_id: 'FGluY2x1ZGVf', hits: {hits}});
    });
    const source = new Connection(
      `client: {base_url: "${api.url}"}
resources:
- name: scrolled
  primary_key: _id
  endpoint:
    path: _search/scroll
    method: POST
    json: {scroll: 1m}
    data_selector: hits.hits
    paginator: {type: cursor, cursor_path: _scroll_id, cursor_body_path: scroll_id, on_repeat: follow, stop_after_empty_page: true}`,
      {},
      clock,
    );
    await source.discover();
    const read = await source.read();
    expect(column(read, 'scrolled', '_id')).toEqual(rows.map(({_id}) => _id));
  });
});

test('MediaWiki: a cursor of several parameters, records under their ids', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}: Recorded) => {
    const from = Number(query.get('gapcontinue') ?? '0');
    if (from > 0 && query.get('continue') !== 'gapcontinue||') return json({error: {code: 'badcontinue', info: 'bad'}});
    const pages = Object.fromEntries(
      range(10, (n) => [String(from + n + 1), {pageid: from + n + 1, title: `t${from + n}`}]),
    );
    const more =
      from + 10 < 30 ? {continue: {gapcontinue: String(from + 10), continue: 'gapcontinue||'}} : {batchcomplete: ''};
    return json({...more, query: {pages}});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/w/api.php"}
resources:
- name: pages
  primary_key: pageid
  endpoint:
    path: ""
    params: {action: query, generator: allpages, format: json}
    data_selector: query.pages.*
    paginator: {type: cursor, cursor_path: continue, cursor_param: "*"}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const read = await source.read();
  expect(column(read, 'pages', 'pageid')).toEqual(range(30, (n) => n + 1));
});

test('GitLab: the next page in a header, empty at the end', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({headers, query}) => {
    if (headers['private-token'] !== 'glpat') return json({message: '401 Unauthorized'}, {status: 401});
    const page = Number(query.get('page') ?? '1');
    const next = page < 3 ? String(page + 1) : '';
    return json(
      range(20, (n) => ({id: page * 100 + n})),
      {headers: {'x-next-page': next, 'x-total-pages': '3'}},
    );
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/api/v4", auth: {type: api_key, name: PRIVATE-TOKEN, api_key: "{secrets.gl}"}}
resources:
- {name: projects, primary_key: id, endpoint: {path: projects, paginator: {type: header_cursor, cursor_key: x-next-page, cursor_param: page}}}`,
    {gl: 'glpat'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const read = await source.read();
  expect(read.records()).toHaveLength(60);
});
