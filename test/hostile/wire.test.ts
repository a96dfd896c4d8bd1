import type {Socket} from 'node:net';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {attempt, source} from '../dlt/run.js';
import {FakeClock} from '../support/fake-clock.js';
import {expectSoundRead} from '../support/protocol.js';
import {bytes, page, rawServer} from './raw-server.js';

const rows = '[{"id":1},{"id":2}]';
const zipped = gzipSync(rows);
const json = 'content-type: application/json';
const long = `content-length: ${rows.length}`;
const chunked = 'transfer-encoding: chunked';
const link = {type: 'json_link', next_url_path: 'next'};
const noRetry = {retry: {max_retries: 0}};

interface Ending {
  readonly error?: RegExp;
  /** Requests that were made; 4 where it is repeated. */
  readonly requests: number;
  readonly type?: 'transient_error' | 'config_error';
}

const passing = (error: RegExp): Ending => ({error, requests: 4, type: 'transient_error'});
const refused = (error: RegExp): Ending => ({error, requests: 1, type: 'config_error'});
const fine: Ending = {requests: 1};
const noHttp = (reason: string): Ending =>
  passing(new RegExp(`GET \\S+ failed: the answer is no valid HTTP: ${reason}`));

const answers: Readonly<Record<string, readonly [Buffer | string, Ending]>> = {
  'a chunk that is cut': [
    bytes('200 OK', [json, chunked], '13\r\n[{"id":1}'),
    passing(/ended after 9 bytes of the body/),
  ],
  'chunks without the last': [bytes('200 OK', [json, chunked], `13\r\n${rows}\r\n`), passing(/ended after 19 bytes/)],
  'a chunk of no size': [bytes('200 OK', [json, chunked], `zz\r\n${rows}\r\n`), passing(/ended after 0 bytes/)],
  'a length above the body': [
    bytes('200 OK', [json, 'content-length: 30'], rows),
    passing(/ended after 19 of 30 bytes/),
  ],
  'a length below the body': [
    bytes('200 OK', [json, 'content-length: 9'], rows),
    passing(/longer than the 9 bytes of its Content-Length/),
  ],
  'two lengths': [bytes('200 OK', [json, long, 'content-length: 10'], rows), noHttp('Duplicate Content-Length')],
  'a length and chunks': [bytes('200 OK', [json, long, chunked], `13\r\n${rows}\r\n0\r\n\r\n`), fine],
  'a length beyond all numbers': [
    bytes('200 OK', [json, `content-length: ${'9'.repeat(20)}`]),
    noHttp('Content-Length overflow'),
  ],
  'half a head': ['HTTP/1.1 200 OK\r\ncontent-ty', passing(/socket hang up/)],
  'no header and no body': [bytes('200 OK', []), passing(/ended after "200" alone, without any header or body/)],
  'a body without headers': [bytes('200 OK', [], rows), fine],
  'HTTP/1.0': [`HTTP/1.0 200 OK\r\n\r\n${rows}`, fine],
  'rows without a head': [rows, noHttp('Expected HTTP/')],
  'half a gzip stream': [
    bytes('200 OK', [json, 'content-encoding: gzip'], zipped.subarray(0, -9)),
    passing(/gzip body of 25 bytes is damaged or cut/),
  ],
  'text that is said to be gzip': [
    bytes('200 OK', [json, 'content-encoding: gzip', long], rows),
    passing(/gzip body of 19 bytes is damaged/),
  ],
  'gzip twice': [bytes('200 OK', [json, 'content-encoding: gzip, gzip'], gzipSync(zipped)), fine],
  'gzip twice, told once': [bytes('200 OK', [json, 'content-encoding: gzip'], gzipSync(zipped)), fine],
  'gzip, not told': [bytes('200 OK', [json], zipped), fine],
  'five codings': [
    bytes('200 OK', [json, `content-encoding: ${'gzip,'.repeat(4)}gzip`], zipped),
    refused(/5 content codings: write no accept-encoding/),
  ],
  'a coding nobody asked for': [
    bytes('200 OK', [json, 'content-encoding: zstd'], '(\xb5/\xfd'),
    refused(/content coding zstd, which cannot be undone: write no accept-encoding in headers/),
  ],
  'bytes that are no text': [
    bytes('200 OK', [json], Buffer.from('28b52ffd0458c9', 'hex')),
    passing(/answered 200 with 7 bytes that are no text\. /),
  ],
  'an error in an unknown coding': [
    bytes('404 Not Found', ['content-encoding: zstd', 'content-length: 4'], Buffer.from('28b52ffd', 'hex')),
    refused(/answered 404/),
  ],
  'a head of 60 kB': [page([{id: 1}, {id: 2}], [`x: ${'a'.repeat(60_000)}`]), fine],
  'a head of 70 kB': [
    page([{id: 1}], [`x: ${'a'.repeat(70_000)}`]),
    refused(/the head of the answer is larger than 65536 bytes: ask for fewer headers/),
  ],
  'line feeds alone': [`HTTP/1.1 200 OK\n${long}\n\n${rows}`, fine],
  '100 and 103 before it': [
    Buffer.concat([bytes('100 Continue', []), bytes('103 Early Hints', ['link: <a>']), page([{id: 1}, {id: 2}])]),
    fine,
  ],
  '100 and nothing more': [bytes('100 Continue', []), passing(/socket hang up/)],
  'an error whose body is cut': [
    bytes('404 X', ['content-length: 99'], 'gone'),
    refused(/answered 404: gone\. There is nothing at this address/),
  ],
  'an error that is too large': [
    bytes('500 X', [`content-length: ${2 ** 40}`]),
    passing(/answered 500 without a body\. Given up/),
  ],
  'a status below 100': [
    bytes('099 X', ['content-length: 2'], '[]'),
    refused(/answered 99: \[\]\. Check the request \(resources\[0\]\): the status is none of HTTP/),
  ],
  '204 with a body': [bytes('204 No Content', [long], rows), {...fine}],
  '206, as pages of some APIs are': [bytes('206 Partial Content', [json, long], rows), fine],
  '304 to no question': [
    bytes('304 Not Modified', []),
    refused(/answered 304 without a body\. .*remove if-none-match and if-modified-since from headers/),
  ],
  '301 to nowhere': [
    bytes('301 Moved', ['content-length: 0']),
    refused(/answered 301, a redirect without saying where to\. Request the final address/),
  ],
  '302 to a file': [
    bytes('302 Found', ['location: file:///etc/passwd']),
    refused(/a redirects elsewhere: file:\/\/\/etc\/passwd is neither http nor https/),
  ],
  '302 to a user elsewhere': [
    bytes('302 Found', ['location: http://u:hunter2@evil.example/?t=1']),
    refused(/the host evil\.example is not one of the configuration/),
  ],
  '302 to no port': [
    bytes('302 Found', ['location: http://127.0.0.1:99999/']),
    refused(/a redirect to something that is no URL/),
  ],
  '401': [
    bytes('401 Unauthorized', ['content-length: 0']),
    refused(/credentials are missing or were refused: check auth and the values of its secrets \(resources\[0\]\)$/),
  ],
  '407': [
    bytes('407 Proxy Authentication Required', ['content-length: 0']),
    refused(/A proxy refuses the request: .*HTTP_PROXY and HTTPS_PROXY/),
  ],
  '429 with a date of the past': [
    bytes('429 Too Many', ['retry-after: Wed, 21 Oct 2015 07:28:00 GMT', 'content-length: 0']),
    {
      error: /wait until .* longer than rate_limit\.max_wait: run again then, or raise max_wait$/,
      requests: 69,
      type: 'transient_error',
    },
  ],
  '429 for a year': [
    bytes('429 Too Many', ['retry-after: 31536000', 'content-length: 0']),
    {
      error: /wait until 2027-01-01T00:00:00\.000Z, longer than rate_limit\.max_wait/,
      requests: 1,
      type: 'transient_error',
    },
  ],
  '503 until the end of time': [
    bytes('503 Down', [`retry-after: ${'9'.repeat(40)}`, 'content-length: 0']),
    {error: /wait until \+275760/, requests: 1, type: 'transient_error'},
  ],
  '429 for less than nothing': [
    bytes('429 Too Many', ['retry-after: -5', 'content-length: 0']),
    passing(/Given up after 4 tries/),
  ],
  '429 until soon': [
    bytes('429 Too Many', ['retry-after: soon', 'content-length: 0']),
    passing(/Given up after 4 tries/),
  ],
};

describe('an answer that is wrong below its body', () => {
  test.each(Object.entries(answers))('%s', async (name, [answer, {error, requests, type}]) => {
    await using api = await rawServer(answer);
    const run = await attempt(api, source(api, ['a']));
    expect(run.errors).toMatch(error ?? /^$/);
    expect(run.code).toBe(error === undefined ? 0 : 1);
    expect(run.values('id')).toEqual(error === undefined && !name.startsWith('204') ? [1, 2] : []);
    expect(run.messages.errors().map(({failure_type}) => failure_type)).toEqual(type === undefined ? [] : [type]);
    expect(run.errors).not.toMatch(/hunter2/);
    // An idle connection that the server closes at the wrong moment costs a request more.
    expect(run.requests.length).toBeGreaterThanOrEqual(requests);
    expect(run.requests.length).toBeLessThanOrEqual(requests + Math.ceil(requests / 2));
    expectSoundRead(run.messages, ['a']);
  });
});

describe('rows whose end nothing marks', () => {
  const csv = 'id\n1\n2\n';
  const text = 'content-type: text/csv';
  const unmarked = /where they end: rows that are lost with a broken connection would not be missed/;
  test.each<[string, Buffer, boolean]>([
    ['csv until the connection ends', bytes('200 OK', [text], csv), true],
    ['lines', bytes('200 OK', ['content-type: application/x-ndjson'], '{"id":1}\n{"id":2}\n'), true],
    ['csv of a length', bytes('200 OK', [text, `content-length: ${csv.length}`], csv), false],
    ['csv in chunks', bytes('200 OK', [text, chunked], `7\r\n${csv}\r\n0\r\n\r\n`), false],
    ['csv within gzip', bytes('200 OK', [text, 'content-encoding: gzip'], gzipSync(csv)), false],
    ['JSON, which has an end', bytes('200 OK', [json], rows), false],
  ])('%s', async (_, answer, isWarned) => {
    await using api = await rawServer(answer);
    const {code, messages} = await attempt(api, source(api, ['a']));
    expect(code).toBe(0);
    expect(messages.records('a')).toHaveLength(2);
    const warnings = messages.logs('WARN').filter((warning) => unmarked.test(warning));
    expect(warnings).toHaveLength(isWarned ? 1 : 0);
  });
});

/** Writes this again and again, as fast as it is taken. */
function flood(socket: Socket, text: string): void {
  const write = (): void => {
    if (!socket.destroyed) socket.write(text.repeat(200), () => setImmediate(write));
  };
  write();
}

describe('an answer without end', () => {
  test.each([
    ['1xx', '', bytes('100 Continue', []).toString()],
    ['a body of blanks', bytes('200 OK', [json, 'content-length: 99999'], '[').toString(), ''],
  ])('%s: total_timeout ends it, though the server is never silent', async (_, first, more) => {
    const clock = new FakeClock();
    await using api = await rawServer((socket) => {
      socket.write(first);
      if (more !== '') flood(socket, more);
    });
    const run = attempt(api, source(api, ['a'], noRetry), {clock});
    await expect.poll(() => api.requests.length, {timeout: 30_000}).toBe(1);
    await expect.poll(() => clock.alarms, {timeout: 30_000}).toBe(1);
    clock.advance(1_799_999);
    expect(clock.alarms).toBe(1);
    clock.advance(1);
    const {errors} = await run;
    expect(errors).toMatch(/a: GET \S+ failed: no whole answer within 1800 s: .* raise client\.total_timeout/);
  });

  test.each([
    ['headers', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n', /head of the answer is larger/],
    ['one header', 'HTTP/1.1 200 OK\r\nx: ', 'y', /head of the answer is larger/],
    ['its status line', 'HTTP/1.1 200 ', 'O', /head of the answer is larger/],
    ['trailers', bytes('200 OK', [chunked], '2\r\n[]\r\n0\r\n').toString(), 'x: y\r\n', /ended after 2 bytes/],
    ['a body', bytes('200 OK', [json], '[').toString(), '          ', /the body is larger than 1000000 bytes/],
  ])('%s: its size ends it', async (_, first, more, error) => {
    await using api = await rawServer((socket) => {
      socket.write(first);
      flood(socket, more);
    });
    const run = await attempt(api, source(api, ['a'], {...noRetry, max_response_bytes: 1_000_000}));
    expect(run.errors).toMatch(error);
    expect(run.requests).toHaveLength(1);
  });
});

describe('a kept connection', () => {
  const first = {data: [{id: 1}], next: '/b'};
  const second = page({data: [{id: 2}]});

  test.each(['GET', 'POST'])('that is closed when it is used again: %s goes at once over another', async (method) => {
    await using api = await rawServer((socket, index) => {
      if (index === 1) socket.destroy();
      else socket.write(index === 0 ? page(first) : second);
    });
    const run = await attempt(api, source(api, [{name: 'a', endpoint: {path: 'a', method, paginator: link}}]));
    expect([run.values('id'), run.sleeps]).toEqual([[1, 2], []]);
    expect(run.requests.map(({method: sent, path}) => `${sent} ${path}`)).toEqual([
      `${method} /a`,
      `${method} /b`,
      `${method} /b`,
    ]);
  });

  test('that brought a part of an answer first: a failure like others, repeated after a wait', async () => {
    await using api = await rawServer((socket, index) => {
      if (index === 1) socket.end('HTTP/1.1 200 OK\r\ncont');
      else socket.write(index === 0 ? page(first) : second);
    });
    const run = await attempt(api, source(api, [{name: 'a', endpoint: {path: 'a', paginator: link}}]));
    expect([run.values('id'), run.sleeps]).toEqual([[1, 2], [2000]]);
  });

  test('bytes behind an answer are no part of the next one', async () => {
    await using api = await rawServer((socket, index) => {
      socket.write(index === 0 ? Buffer.concat([page(first), page({data: [{id: 666}]})]) : second);
    });
    const run = await attempt(api, source(api, [{name: 'a', endpoint: {path: 'a', paginator: link}}]));
    expect(run.values('id')).toEqual([1, 2]);
  });
});
