import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {cli} from '../../src/cli.js';
import {desk} from '../commands/try-support.js';
import {type Handler, json, startApi} from '../support/api-server.js';
import {runCli} from '../support/run-cli.js';
import {testHost} from '../support/run-source.js';

const numbered =
  (count: number): Handler =>
  ({query}) => {
    const from = Number(query.get('offset') ?? '0');
    const rows = Array.from({length: Math.min(100, Math.max(0, count - from))}, (_, k) => ({id: from + k, v: 0}));
    return json({data: rows});
  };

const routes = {'/orders': numbered(250), '/users': numbered(3), '/none': json({m: 'no'}, {status: 404})};

const config = (url: string, ...names: string[]): string => `client: {base_url: "${url}"}
resource_defaults:
  primary_key: id
  endpoint: {data_selector: data, paginator: {type: offset, limit: 100}}
resources: [${names.join(', ')}]
`;

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'people-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const linesOf = (folder: string): Record<string, unknown>[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line));

describe('try', () => {
  test('limits are 3 pages and 1000 records a walk, 0 is none; each ends under its own name', async () => {
    await using api = await startApi({'/orders': numbered(1_250), '/users': numbered(3)});
    const {run} = desk(config(api.url, 'orders'));
    const requests = async (...args: string[]) => {
      const before = api.requests.length;
      const {out, code} = await run(['try', 'orders', ...args]);
      expect(code).toBe(0);
      return [api.requests.length - before, /ended: (.*)/.exec(out)?.[1]];
    };
    expect(await requests()).toEqual([3, 'stopped by --pages 3; more follow: 300 rows so far']);
    expect(await requests('--pages', '1')).toEqual([1, 'stopped by --pages 1; more follow: 100 rows so far']);
    expect(await requests('--pages', '0')).toEqual([10, 'stopped by --records 1000; more follow: 1000 rows so far']);
    expect(await requests('--records', '150')).toEqual([2, 'stopped by --records 150; more follow: 200 rows so far']);
    expect(await requests('--pages', '0', '--records', '0')).toEqual([14, 'empty page. complete: 1250 rows']);
    const {out} = await desk(config(api.url, 'users')).run(['try', '--pages', '2']);
    expect(out).toContain('ended: empty page. complete: 3 rows');
  });

  test('--rows and --row: how many of the table, and one whole; falsy values are shown', async () => {
    await using api = await startApi(routes);
    const {run} = desk(config(api.url, 'users'));
    expect((await run(['try'])).out).toContain('rows (3)\n id  v\n  0  0\n  1  0\n  2  0\n');
    expect((await run(['try', '--rows', '0'])).out).toContain('rows (0 of 3)\n');
    expect((await run(['try', '--rows', '1', '--row', '3'])).out).toMatch(
      /rows \(1 of 3\)\n id {2}v\n {2}0 {2}0\n[\s\S]*row 3\n\{\n {2}"id": 2,\n {2}"v": 0\n\}/,
    );
    expect((await run(['try', '--row', '4'])).out).toContain('row 4: there are 3 rows');
  });

  test('--json: events, one a line, of every kind; --all is a line per stream, 3 where some fail', async () => {
    await using api = await startApi({
      ...routes,
      '/auto': json({data: [{id: 1}]}, {headers: {link: '<?page=2>; rel="next"'}}),
    });
    const {run} = desk(`client: {base_url: "${api.url}"}\nresources: [auto]\n`);
    const {events} = await run(['try', '--json', '--pages', '1']);
    expect(new Set(events.map(({type}) => type))).toEqual(
      new Set(['request', 'response', 'page', 'record', 'stop', 'schema', 'state', 'suggestion']),
    );
    const {code, lines} = await desk(config(api.url, 'orders', 'users', 'none')).run(['try', '--all']);
    expect([code, lines.at(-1)]).toEqual([3, '2 of 3 work.']);
    expect(lines.filter((line) => line.startsWith(' ')).map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual([
      ['stream', 'status'],
      ['orders', 'ok'],
      ['users', 'ok'],
      ['none', 'failed'],
      ['✘', 'none:'],
    ]);
  });

  test('a stream without key: rows pile up only where it has a cursor', async () => {
    await using api = await startApi(routes);
    const said = async (own: string) =>
      (
        await desk(
          `client: {base_url: "${api.url}"}\nresources: [{name: users, endpoint: {data_selector: data${own}}}]\n`,
        ).run(['try', '--all'])
      ).out;
    expect(await said('')).not.toContain('appended');
    expect(await said(', incremental: {cursor_path: id, initial_value: 0}')).toContain(
      'no primary key: rows will be appended',
    );
  });

  test('--quiet prints problems only, and the same exit code', async () => {
    await using api = await startApi(routes);
    const {run} = desk(config(api.url, 'users', 'none'));
    expect(await run(['try', 'users', '--quiet'])).toMatchObject({code: 0, out: '', err: ''});
    const {code, lines} = await run(['try', '--quiet']);
    expect([code, lines]).toEqual([3, [expect.stringMatching(/^ ✘ none: GET .*\/none\S* answered 404/)]]);
  });

  test('progress is on stderr of a terminal only, and leaves nothing behind', async () => {
    await using api = await startApi(routes);
    const {file} = desk(config(api.url, 'users'));
    const on = async (terminal: boolean) => {
      const {host, stderr} = testHost();
      await cli(['try', '--config', file], {...host, terminal: {stdout: false, stderr: terminal, columns: 80}});
      return stderr();
    };
    expect(await on(false)).toBe('');
    expect(await on(true)).toMatch(/users[\s\S]*\r\u001b\[K$/);
  });
});

describe('sync, through the built program', () => {
  test('its own read as a child; one stream fails: 3, the others are there; --json is the result, stderr the warnings', async () => {
    await using api = await startApi(routes);
    const cwd = folderOf({'acme.yaml': config(api.url, 'orders', 'users', 'none')});
    const {code, stdout, stderr} = await runCli(['sync', '--into', 'out/', '--json'], {cwd});
    expect(code).toBe(3);
    const {rows, streams} = JSON.parse(stdout);
    expect(rows).toBe(253);
    expect(streams.map(({stream, status}: Record<string, unknown>) => `${stream} ${status}`)).toEqual([
      'orders complete',
      'users complete',
      'none incomplete',
    ]);
    expect(linesOf(join(cwd, 'out')).length).toBeGreaterThanOrEqual(253);
    expect(stderr).toMatch(/^! none: only its declared columns/);
    expect(stderr).not.toContain('orders');
  }, 20_000);

  test('--streams and --quiet: nothing is said; --limit is an ending of its own', async () => {
    await using api = await startApi(routes);
    const cwd = folderOf({'acme.yaml': config(api.url, 'orders', 'users', 'none')});
    const [quiet, limited] = await Promise.all([
      runCli(['sync', '--into', 'out/', '--streams', 'users', '--quiet'], {cwd}),
      runCli(['sync', '--into', 'some/', '--streams', 'orders', '--limit', '7'], {cwd}),
    ]);
    expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, '', '']);
    expect(linesOf(join(cwd, 'out'))).toMatchObject([{id: 0}, {id: 1}, {id: 2}]);
    expect(limited.code).toBe(0);
    expect(limited.stdout).toContain('stopped by --limit 7; more follow');
    expect(linesOf(join(cwd, 'some'))).toHaveLength(7);
  }, 20_000);

  test('an outage: 1, an invalid configuration: 2; --state that cannot be used: 2, and no place is made', async () => {
    await using api = await startApi({'/users': json({}, {status: 503})});
    const retry = config(api.url, 'users').replace('}\n', ', retry: {max_retries: 0}}\n');
    const cwd = folderOf({
      'acme.yaml': retry,
      'bad.txt': config(api.url, 'users').replace('limit: 100', 'limt: 1'),
      's.json': '{x',
    });
    const [outage, invalid, state] = await Promise.all([
      runCli(['sync', '--config', 'acme.yaml', '--into', 'a/'], {cwd}),
      runCli(['sync', '--config', 'bad.txt', '--into', 'b/'], {cwd}),
      runCli(['sync', '--config', 'acme.yaml', '--into', 'c/', '--state', 's.json'], {cwd}),
    ]);
    expect([outage.code, outage.stderr]).toEqual([1, expect.stringContaining('answered 503')]);
    expect([invalid.code, invalid.stderr]).toEqual([
      2,
      expect.stringContaining('limt: unknown key; did you mean limit?'),
    ]);
    expect([state.code, state.stderr]).toEqual([2, expect.stringContaining('--state s.json: not JSON')]);
    expect(['b', 'c'].filter((name) => existsSync(join(cwd, name)))).toEqual([]);
  }, 20_000);
});
