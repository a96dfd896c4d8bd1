import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {attempt, source} from '../dlt/run.js';
import {type Handler, json, type Reply, startApi} from '../support/api-server.js';
import {expectSoundRead} from '../support/protocol.js';
import {rawServer} from './raw-server.js';

const rows = (from: number, to: number) => Array.from({length: to - from}, (_, at) => ({id: from + at}));
const client = {retry: {max_retries: 0}};

interface Hostile {
  readonly paginator?: unknown;
  readonly selector?: string;
  readonly answer: Handler;
  /** ids of the records that must be there. */
  readonly kept: readonly unknown[];
  /** What the error says; absent: the read succeeds. */
  readonly error?: RegExp;
  readonly warning?: RegExp;
}

const first = rows(0, 3);
const ids = first.map(({id}) => id);
const link = {type: 'json_link', next_url_path: 'next'};
const token = {type: 'cursor', cursor_path: 'next', cursor_param: 'c'};
const offset = {type: 'offset', limit: 3};
const next =
  (value: unknown): Handler =>
  () =>
    json({data: first, next: value});
const at =
  (page: number, then: Reply): Handler =>
  ({query}) => {
    const from = Number(query.get('offset'));
    return from === 3 * page ? then : json({data: rows(from, from + 3), total: 30});
  };

const cases: Readonly<Record<string, Hostile>> = {
  'a link that is an object': {paginator: link, answer: next({a: 'b'}), kept: ids, error: /next_url_path.*is no link/},
  'a link that is a list': {paginator: link, answer: next(['/a?page=2']), kept: ids, error: /is no link/},
  'a link that is a number': {paginator: link, answer: next(12), kept: ids, error: /is no link/},
  'a link to a file': {paginator: link, answer: next('file:///etc/passwd'), kept: ids, error: /no http\(s\) URL/},
  'a link to nowhere': {paginator: link, answer: next('http://127.0.0.1:1/a'), kept: ids, error: /allowed_hosts/},
  'a link to itself': {
    paginator: link,
    answer: ({target}) => json({data: first, next: target}),
    kept: ids,
    error: /^a: resources\[0\].* requested before .* \(GET http:\/\/127\.0\.0\.1:\d+\/a\)$/,
  },
  'a cursor that is an object': {paginator: token, answer: next({a: 1}), kept: ids, error: /value for c is an object/},
  'a cursor that holds an object': {
    paginator: {...token, cursor_param: '*'},
    answer: next({limit: {x: 1}}),
    kept: ids,
    error: /value for limit is an object/,
  },
  'a cursor of 10 kB': {
    paginator: token,
    answer: ({query}) =>
      query.has('c') ? {status: 400, body: 'too long'} : json({data: first, next: 'c'.repeat(10_000)}),
    kept: ids,
    error: /^a: GET \S{500}… \(\d+ characters\) answered 400: too long\. /,
  },
  'a cursor that is true for ever': {
    paginator: token,
    answer: next(true),
    kept: [...ids, ...ids],
    error: /requested before/,
  },
  'a server that ignores the offset': {
    paginator: offset,
    answer: () => json({data: first}),
    kept: ids,
    error: /ignores offset/,
  },
  '404 in the middle': {paginator: offset, answer: at(2, {status: 404}), kept: [0, 1, 2, 3, 4, 5], error: /404/},
  'an error with status 200 in the middle': {
    paginator: offset,
    answer: at(1, json({error: 'boom', data: []})),
    kept: ids,
    error: /reports an error in "error"/,
  },
  'HTML with status 200 in the middle': {
    paginator: offset,
    answer: at(1, {headers: {'content-type': 'text/html'}, body: '<html>Sign in</html>'}),
    kept: ids,
    error: /HTML page/,
  },
  'an empty 204 before the total': {
    paginator: offset,
    answer: at(1, {status: 204}),
    kept: ids,
    warning: /total is 30, the rows received are 3/,
  },
  '416 before the total': {paginator: offset, answer: at(1, {status: 416}), kept: ids, warning: /total is 30/},
  'a selector of text': {
    paginator: 'single_page',
    selector: 'data',
    answer: () => json({data: 'x'}),
    kept: [],
    error: /"x"/,
  },
  'lines that were cut off': {
    paginator: 'single_page',
    answer: () => ({headers: {'content-type': 'application/x-ndjson'}, body: '{"id":1}\n{"id":'}),
    kept: [],
    error: /line 2.*Given up/,
  },
  'a redirect without end': {
    answer: (_, index) => ({status: 302, headers: {location: `/a?x=${index}`}}),
    kept: [],
    error: /after 5 redirects/,
  },
  'a gzip bomb': {
    answer: () => ({headers: {'content-encoding': 'gzip'}, body: gzipSync(Buffer.alloc(3_000_000, 32))}),
    kept: [],
    error: /larger than 1000000 bytes/,
  },
};

describe('every answer ends the read with the rows before it, and a reason', () => {
  test.each(Object.entries(cases))('%s', async (_, {paginator, selector, answer, kept, error, warning}) => {
    await using api = await startApi(answer);
    const endpoint = {
      path: 'a',
      ...(paginator !== undefined && {paginator}),
      ...(selector && {data_selector: selector}),
    };
    const run = await attempt(api, source(api, [{name: 'a', endpoint}], {...client, max_response_bytes: 1_000_000}));
    expect(run.values('id')).toEqual(kept);
    expect(run.code).toBe(error === undefined ? 0 : 1);
    expect(run.errors).toMatch(error ?? /^$/);
    expect(run.warnings).toMatch(warning ?? /^/);
    expectSoundRead(run.messages, ['a']);
  });
});

test.each([
  [
    '101, which promises another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
  ],
  ['what is no HTTP', 'garbage\r\n\r\n'],
  ['a status of 999', 'HTTP/1.1 999 X\r\ncontent-length: 2\r\n\r\n[]'],
  ['nothing', ''],
])('%s is an outage, not a wait without end', async (_, bytes) => {
  await using server = await rawServer(bytes);
  const run = await attempt(server, source(server, ['a'], client));
  expect(run.messages.errors()).toMatchObject([{failure_type: 'transient_error'}]);
});

test('a megabyte of errors is told by its beginning', async () => {
  const errors = Array.from({length: 100_000}, (_, n) => ({message: `error ${n}`}));
  await using api = await startApi({'/a': json({errors})});
  const run = await attempt(api, source(api, ['a'], client));
  expect(run.errors).toMatch(/reports an error in "errors"/);
  expect(run.errors.length).toBeLessThan(2_000);
});

test('a row of commas alone is no table, and names no column one by one', async () => {
  await using api = await startApi(({path}) => ({
    headers: {'content-type': 'text/csv'},
    body: path === '/wide' ? ','.repeat(30_000) : `${','.repeat(99)}\n${'x,'.repeat(99)}x\n`,
  }));
  const run = await attempt(api, source(api, ['wide', 'some'], {...client, paginator: 'single_page'}));
  expect(run.errors).toMatch(/wide: .*30001 columns/);
  expect(run.records('some')).toHaveLength(1);
  expect(run.messages.logs('WARN').filter((line) => line.startsWith('some: ') && /csv answer/.test(line))).toHaveLength(
    11,
  );
});
