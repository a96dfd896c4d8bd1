import {expect, test} from 'vitest';
import {catalogOf} from '../acceptance/catalog-of.js';
import {json, startApi} from '../support/api-server.js';
import {runCli} from '../support/run-cli.js';

// What an operator sees in the log of the built program: each request, and one line for each stream.

const key = 'sk-operators-0001';

/** Three pages of `rows`; the second one is refused twice, once with a wait that the server names. `gone` is 404. */
const serve = () => {
  let refused = 0;
  return startApi(({path, query}) => {
    if (query.get('api_key') !== key) return json({}, {status: 401});
    if (path === '/gone') return json({error: 'no such thing'}, {status: 404});
    const offset = Number(query.get('offset'));
    if (offset === 2 && refused < 2) {
      refused++;
      return refused === 1 ? json({}, {status: 429, headers: {'retry-after': '0.2'}}) : {status: 503, body: 'busy'};
    }
    return json([0, 1, 2, 3, 4].slice(offset, offset + 2).map((id) => ({id})));
  });
};

const config = (url: string): object => ({
  client: {
    base_url: url,
    auth: {type: 'api_key', name: 'api_key', api_key: '{secrets.key}', location: 'query'},
    paginator: {type: 'offset', limit: 2, total_path: null},
    retry: {backoff_factor: 0.01},
  },
  secrets: `key: ${key}`,
  resources: ['rows', 'gone'],
});

async function read(more: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
  await using api = await serve();
  const args = ['read', '--config', config(api.url), '--catalog', catalogOf(['rows', 'gone']), ...more];
  const run = await runCli(args, {environment});
  expect(run.stderr).toBe('');
  expect(run.stdout).not.toContain(key);
  const lines = run.messages.all.flatMap((message) => (message.type === 'LOG' ? [message.log] : []));
  return {code: run.code, messages: run.messages, lines, url: api.url};
}

test.concurrent('one line for each stream: records, pages, requests, retries, waits, bytes, and why it ended', async () => {
  const {lines} = await read();
  const of = (name: string): string[] =>
    lines.flatMap(({message}) => (message.startsWith(`${name}: `) && / requests?, /.test(message) ? [message] : []));
  expect(of('rows')).toEqual([
    expect.stringMatching(
      /^rows: 5 records, 4 pages, 6 requests, 2 retries, waited \d\.\d s, \d+ bytes; ended: empty page$/,
    ),
  ]);
  expect(of('gone')).toEqual([expect.stringMatching(/^gone: 0 records, 0 pages, 1 request, \d+ bytes; failed$/)]);
});

test.concurrent('--debug and LOG_LEVEL=debug: every attempt with its redacted URL, status, bytes, duration and wait', async () => {
  const runs = [await read(['--debug']), await read([], {LOG_LEVEL: 'debug'})];
  for (const {lines, url, messages} of runs) {
    const debug = lines.filter(({level}) => level === 'DEBUG').map(({message}) => message);
    const rows = debug.filter((line) => line.startsWith(`rows: GET ${url}/rows?`));
    const place = `rows: GET ${url}/rows?`.replace(/[.?]/g, '\\$&');
    expect(rows).toEqual([
      expect.stringMatching(new RegExp(`^${place}\\S*offset=0&limit=2\\S* → 200, \\d+ bytes in \\d+ ms$`)),
      expect.stringMatching(
        new RegExp(`^${place}\\S*offset=2&limit=2\\S* → 429, \\d+ bytes in \\d+ ms; again in 1\\.0 s$`),
      ),
      expect.stringMatching(
        new RegExp(`^${place}\\S*offset=2&limit=2\\S* \\(retry 1\\) → 503, 4 bytes in \\d+ ms; again in \\d\\.\\d s$`),
      ),
      expect.stringMatching(
        new RegExp(`^${place}\\S*offset=2&limit=2\\S* \\(retry 2\\) → 200, \\d+ bytes in \\d+ ms$`),
      ),
      expect.stringMatching(new RegExp(`^${place}\\S*offset=4&limit=2\\S* → 200, \\d+ bytes in \\d+ ms$`)),
      expect.stringMatching(new RegExp(`^${place}\\S*offset=5&limit=2\\S* → 200, 2 bytes in \\d+ ms$`)),
    ]);
    expect(debug.filter((line) => line.startsWith('gone: GET '))).toEqual([
      expect.stringMatching(/^gone: GET \S+ → 404, \d+ bytes in \d+ ms$/),
    ]);
    expect(messages.records('rows')).toHaveLength(5);
  }
});

test.concurrent.each([
  ['debug', ['DEBUG', 'INFO', 'ERROR']],
  ['INFO', ['INFO', 'ERROR']],
  ['warning', ['ERROR']],
  ['error', ['ERROR']],
  [' Fatal ', ['ERROR']],
  ['', ['INFO', 'ERROR']],
])('LOG_LEVEL=%s shows %j and nothing below; the rest of the output is the same', async (level, shown) => {
  const {code, lines, messages} = await read([], {LOG_LEVEL: level});
  const levels = new Set(lines.map((line) => line.level));
  for (const each of ['DEBUG', 'INFO', 'ERROR'] as const)
    expect([each, levels.has(each)]).toEqual([each, shown.includes(each)]);
  expect(code).toBe(1);
  expect(messages.records('rows')).toHaveLength(5);
  expect(messages.statuses('gone').at(-1)).toBe('INCOMPLETE');
  expect(messages.errors()).toHaveLength(1);
});

test('a stream that is stopped says so too', async () => {
  await using api = await startApi(({query}) => {
    const offset = Number(query.get('offset'));
    return json([{id: offset}, {id: offset + 1}]);
  });
  const paginator = {type: 'offset', limit: 2, total_path: null};
  const config = {client: {base_url: api.url, paginator}, resources: ['rows']};
  const run = await runCli(['read', '--config', config, '--catalog', catalogOf(['rows'])], {
    onStdout: (text, kill) => {
      if (text.includes('"id":8')) kill('SIGTERM');
    },
  });
  expect(run.signal).toBe('SIGTERM');
  expect(
    run.messages.logs('INFO').filter((line) => /^rows: \d+ records, \d+ pages, .*; stopped$/.test(line)),
  ).toHaveLength(1);
});
