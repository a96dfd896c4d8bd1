import {chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {cli} from '../../src/cli.js';
import {desk} from '../commands/try-support.js';
import {type Api, json, startApi} from '../support/api-server.js';
import {runCli} from '../support/run-cli.js';
import {runSource, testHost} from '../support/run-source.js';

const people = ['validate', 'explain', 'try', 'sync'] as const;
const all = ['spec', 'check', 'discover', 'read', ...people, 'local-destination'];

const api = (): Promise<Api & AsyncDisposable> =>
  startApi({'/orders': ({query}) => json({data: query.get('offset') === '0' ? [{id: 1}, {id: 2}] : []})});

const config = (url: string): string => `client: {base_url: "${url}"}
resources:
- name: orders
  primary_key: id
  endpoint: {data_selector: data, paginator: {type: offset, limit: 2}}
`;

const catalog = {
  streams: [
    {
      stream: {name: 'orders', json_schema: {type: 'object', properties: {id: {type: 'integer'}}}},
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
    },
  ],
};

/** A folder of its own with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, {mode: 0o600});
  return folder;
}

async function inProcess(args: readonly string[], environment: Record<string, string> = {}) {
  const {host, stdout, stderr} = testHost({environment});
  const code = await cli(args, host);
  return {code, out: stdout(), err: stderr()};
}

describe('help', () => {
  test('of the program and of a command, by --help, help and nothing at all', async () => {
    const whole = await inProcess(['--help']);
    expect([whole.code, whole.err]).toEqual([0, '']);
    for (const name of all) expect(whole.out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(await inProcess(['help'])).toEqual(whole);
    expect(await inProcess([])).toEqual({code: 2, out: '', err: whole.out});
    expect(await inProcess(['help', 'sync'])).toEqual(await inProcess(['sync', '--help']));
  });

  test('shows one example of each command, which runs', async () => {
    await using server = await api();
    const document = {client: {base_url: server.url}, resources: [{name: 'orders', endpoint: {data_selector: 'data'}}]};
    const files: Readonly<Record<string, string>> = {
      'acme.yaml': config(server.url),
      'config.json': JSON.stringify(document),
      'catalog.json': JSON.stringify(catalog),
      'state.json': '[]',
      'into.json': JSON.stringify({into: `${folderOf({})}/rows/`}),
    };
    const cwd = folderOf(files);
    const codes: Record<string, number | null> = {};
    for (const name of all) {
      const {out} = await inProcess([name, '--help']);
      const [, line = ''] = /\nExample:\n {2}source-rest-api (.+)\n/.exec(out) ?? [];
      const args = line.split(' ');
      expect(args[0]).toBe(name);
      const placed = args.map((each) => (Object.hasOwn(files, each) ? join(cwd, each) : each));
      codes[name] = (name === 'sync' ? await runCli(args, {cwd}) : await inProcess(placed)).code;
    }
    // Nothing comes in there: no stream is complete.
    expect(codes).toEqual({...Object.fromEntries(all.map((name) => [name, 0])), 'local-destination': 1});
  }, 20_000);
});

describe('what is misspelt', () => {
  test.each<[string[], RegExp]>([
    [['valdate'], /unknown command 'valdate'\n\(Did you mean validate\?\)/],
    [['validate', '--stric'], /unknown option '--stric'\n\(Did you mean --strict\?\)/],
    [['validate', '--format', 'xml'], /--format xml: must be text, json or github/],
    [['validate', '--diff'], /--diff shows what --fix would write: give both/],
    [['validate', 'a.yaml', 'b.yaml'], /too many arguments/],
    [['explain', '--since'], /'--since <value>' argument missing/],
    [['explain', '--since', ''], /--since: no value is given/],
    [['explain', 'orders', 'users'], /explain takes one resource/],
    [['explain', 'order'], /there is no resource order; did you mean orders\?/],
    [['try', '--pages', '-1'], /--pages -1: must be a number from 0 up/],
    [['try', '--records', '1e3'], /--records 1e3: must be a number from 0 up/],
    [['try', '--partitions', ''], /--partitions : must be a number|--partitions: /],
    [['try', '--row', '0'], /--row 0: rows are counted from 1/],
    [['try', '--show', 'header'], /--show header: must be of requests.*did you mean headers\?/],
    [['try', '--apply', 'orders'], /--apply orders: must be numbers of suggestions/],
    [['try', '--state', 'none.json'], /--state none\.json: there is no such file/],
    [['sync', '--limit', '0'], /--limit 0: must be a number from 1 up/],
    [['sync', '--streams', 'order'], /--streams order: no such stream.*orders/],
    [['sync', '--streams', ' , '], /--streams: no name is given/],
    [['sync', '--state', 'none.json'], /--state none\.json: no such file/],
    [['sync', '--into', ''], /--into: no place is given/],
    [
      ['sync', '--into', 'a.duckdb', '--format', 'parquet'],
      /--into a\.duckdb --format parquet: there are a DuckDB file/,
    ],
    [['sync', '--into', 'out/', '--format', 'csv'], /--into out\/ --format csv: there are/],
    [['sync', 'orders'], /too many arguments for 'sync'/],
  ])('%j is 2, before anything is sent', async (args, expected) => {
    await using server = await api();
    const {file} = desk(config(server.url).replace('data_selector', 'incremental: {cursor_path: id}, data_selector'));
    const named = args[1]?.endsWith('.yaml') === true ? args : [...args, '--config', file];
    const {code, out, err} = await inProcess(named);
    expect([code, out, server.requests]).toEqual([2, '', []]);
    expect(err).toMatch(expected);
    expect(err).not.toContain('    at ');
  });

  test.each(['validate', 'explain', 'try'])('%s: a file that is not there, a folder', async (command) => {
    const folder = folderOf({});
    const at = (file: string) => inProcess([command, '--config', file]);
    expect(await at(join(folder, 'a.yaml'))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/a\.yaml: there is no such file/),
    });
    expect(await at(folder)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(': is a folder; name the file in it'),
    });
  });

  test('sync: a file that is not there makes no place', async () => {
    const cwd = folderOf({});
    const {code, stdout, stderr} = await runCli(['sync', '--config', 'a.yaml'], {cwd});
    expect([code, stdout, readdirSync(cwd)]).toEqual([2, '', []]);
    expect(stderr).toMatch(/a\.yaml: no such file/);
  });

  test.each(['spec', 'check', 'discover', 'read'])('%s: a TRACE ERROR and 1', async (command) => {
    const {code, stderr, messages} = await runSource([command, '--json']);
    expect([code, stderr]).toEqual([1, '']);
    expect(messages.errors()).toMatchObject([{message: expect.stringContaining("unknown option '--json'")}]);
  });

  test('local-destination: no place, a key that it does not know, a catalog that is not there', async () => {
    const folder = folderOf({
      'catalog.json': JSON.stringify(catalog),
      'empty.json': '{"into": ""}',
      'typo.json': '{"into": "x/", "fromat": "jsonl"}',
      'number.json': '{"into": "x/", "format": 5}',
      'good.json': '{"into": "x/"}',
    });
    const run = (file: string, given = 'catalog.json') =>
      inProcess(['local-destination', '--config', join(folder, file), '--catalog', join(folder, given)]);
    expect(await run('empty.json')).toMatchObject({code: 2, err: expect.stringContaining('no "into"')});
    expect(await run('typo.json')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown key fromat; did you mean format?'),
    });
    expect(await run('number.json')).toMatchObject({code: 2, err: expect.stringContaining('"format" must be a text')});
    expect(await run('none.json')).toMatchObject({code: 2, err: expect.stringContaining('no such file')});
    expect(await run('good.json', 'none.json')).toMatchObject({code: 2, err: expect.stringContaining('--catalog')});
  });
});

describe('--config', () => {
  test('without it the only file here that holds resources; none and several are errors that say so', async () => {
    await using server = await api();
    const others = {
      'package.json': '{"resources.of": 1}',
      'notes.yaml': '# resources\nx: 1',
      'bad.yml': 'resources: [',
    };
    const one = folderOf({
      ...others,
      'mine.json': JSON.stringify({client: {base_url: server.url}, resources: ['orders']}),
    });
    const several = folderOf({'a.yaml': config(server.url), 'b.yaml': config(server.url)});
    const none = folderOf(others);
    const [first, two, zero] = await Promise.all([one, several, none].map((cwd) => runCli(['validate'], {cwd})));
    expect([first?.code, first?.stdout]).toEqual([0, '0 errors, 0 warnings, 1 resource\n']);
    expect([two?.code, two?.stderr]).toEqual([
      2,
      'several configurations here (a.yaml, b.yaml): name one with --config\n',
    ]);
    expect([zero?.code, zero?.stderr]).toEqual([2, 'no configuration here: name one with --config acme.yaml\n']);
  }, 20_000);
});

describe('acme.env beside acme.yaml', () => {
  const secret = 'of-the-env-file-7Q';
  const withToken = (url: string) =>
    config(url).replace('}\n', `, auth: {token: "{secrets.token}"}, headers: {x-v: "\${V_1}"}}\n`);

  test.each<[string, string[]]>([
    ['validate', []],
    ['validate', ['--json']],
    ['validate', ['--format', 'github']],
    ['explain', []],
    ['explain', ['orders', '--json']],
    ['explain', ['--yaml']],
    ['explain', ['--curl']],
    ['explain', ['--dlt']],
    ['try', ['--show', 'requests,headers,bodies,schema,state,curl', '--then']],
    ['try', ['--json', '--show', 'headers,bodies']],
    ['try', ['--all']],
  ])('%s %j reads secrets and variables from it, and never prints them', async (command, args) => {
    await using server = await api();
    const {run} = desk(withToken(server.url), `TOKEN=${secret}\nV_1=${secret}-v\n`);
    const {code, out, err} = await run([command, ...args]);
    expect(code).toBe(0);
    expect(out + err).not.toContain(secret);
    for (const {headers} of server.requests)
      expect([headers.authorization, headers['x-v']]).toEqual([`Bearer ${secret}`, `${secret}-v`]);
    expect(server.requests.length > 0).toBe(command === 'try');
  });

  test('the environment wins, by either spelling of the name', async () => {
    await using server = await api();
    const {run} = desk(withToken(server.url), `TOKEN=${secret}\nV_1=v\n`);
    await run(['try'], {environment: {TOKEN: 'from-outside', V_1: 'w'}});
    expect(server.requests[0]?.headers).toMatchObject({authorization: 'Bearer from-outside', 'x-v': 'w'});
  });

  test.each([...people])('%s warns where others can read it', async (command) => {
    await using server = await api();
    const {run, write} = desk(config(server.url));
    chmodSync(write('acme.env', 'A=b\n'), 0o640);
    const {out, err} = await run([command, ...(command === 'sync' ? ['--streams', 'none'] : [])]);
    const where = command === 'sync' ? err : out;
    expect(where).toMatch(/^ ?! .*acme\.env can be read by others: chmod 600 .*acme\.env$/m);
  });
});

describe('requests', () => {
  test('are those of the declared methods and of the login, and only try sends any', async () => {
    await using server = await startApi({
      'POST /login': json({token: 'learnt-token-1'}),
      'POST /found': json([{id: 1}]),
      'GET /orders': json([{id: 1}]),
    });
    const login = '{type: session_token, login: {path: login, json: {}}, token_path: token}';
    const {run} = desk(`client: {base_url: "${server.url}", auth: ${login}}
resources:
- orders
- {name: found, endpoint: {method: post, json: {}}}
`);
    for (const args of [['validate'], ['explain'], ['explain', '--curl'], ['validate', '--fix']]) await run(args);
    expect(server.requests).toEqual([]);
    expect(await run(['try'])).toMatchObject({code: 0});
    expect(server.requests.map(({method, path}) => `${method} ${path}`).toSorted()).toEqual([
      'GET /orders',
      'POST /found',
      'POST /login',
    ]);
  });
});

describe('a closed pipe', () => {
  test('ends every command quietly', async () => {
    await using server = await api();
    const {file} = desk(config(server.url));
    for (const args of [['validate'], ['explain'], ['try'], ['try', '--json']]) {
      const abort = new AbortController();
      const {host, stderr} = testHost({signal: abort.signal});
      const stdout = {
        write: (_: Buffer, done: (error?: Error | null) => void) => {
          abort.abort(new Error('stdout is closed'));
          setImmediate(() => done(new Error('EPIPE')));
        },
      };
      await cli([...args, '--config', file], {...host, stdout});
      expect(stderr()).toBe('');
    }
  });
});
