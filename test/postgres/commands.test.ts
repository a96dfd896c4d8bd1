import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {catalog, folder, record, state, status} from '../destinations/support.js';
import {password, type Server, startServer} from './server.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const total = 3_000;
const page = 50;

describe('PostgreSQL', () => {
  let server: Server;
  let requests = 0;
  const waiting: {at: number; call: () => void}[] = [];
  const api = createServer((request, response) => {
    requests++;
    for (const {at, call} of waiting) if (requests === at) call();
    const {pathname, searchParams} = new URL(request.url ?? '/', 'http://localhost');
    const offset = Number(searchParams.get('offset'));
    const count = Math.max(0, Math.min(page, total - offset));
    const rows = Array.from({length: count}, (_, k) => ({id: offset + k, of: pathname, pad: 'x'.repeat(300)}));
    response.end(JSON.stringify({data: rows}));
  });
  const config = () => {
    const file = join(folder(), 'api.yaml');
    const address = api.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const endpoint = (path: string) => ({
      path,
      data_selector: 'data',
      paginator: {type: 'offset', limit: page, total_path: null},
    });
    const resources = [
      {name: 'Keyed', primary_key: 'id', endpoint: endpoint('keyed')},
      {name: 'keyless', endpoint: endpoint('keyless')},
    ];
    writeFileSync(file, JSON.stringify({client: {base_url: `http://127.0.0.1:${port}/`}, resources}));
    return file;
  };
  beforeAll(async () => {
    server = await startServer();
    await once(api.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    api.close();
    api.closeAllConnections();
    await server.stop();
  });

  function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {...process.env, CHECKPOINT_INTERVAL_SECONDS: '0', ...environment},
    });
    const said = {out: '', all: ''};
    child.stdout.on('data', (chunk: Buffer) => {
      said.out += chunk.toString('utf8');
      said.all += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said.all += chunk.toString('utf8');
    });
    const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({code, signal, ...said}));
    return {child, ended};
  }

  test('sync: the report names the place without its password, and the next command', async () => {
    const into = server.url('shown');
    for (const args of [['--json'], []]) {
      const {code, all} = await start(['sync', '--config', config(), '--into', into, ...args]).ended;
      expect(all).toContain('postgres://admin@127.0.0.1:');
      expect(all).not.toContain(encodeURIComponent(password));
      expect(all).not.toContain(password);
      expect(code).toBe(0);
      if (args.length === 0) {
        expect(all).toContain(
          `next: psql "postgres://admin@127.0.0.1:${server.port}/postgres" -c "select * from shown.\\"Keyed\\" limit 5"`,
        );
      }
    }
    expect(
      await server.query('SELECT (SELECT count(*) FROM shown."Keyed"), (SELECT count(*) FROM shown.keyless)'),
    ).toEqual([[String(total), String(total)]]);
  }, 60_000);

  test('sync: the password from PGPASSWORD, a wrong one is no one’s to read', async () => {
    const into = server.url('environment', 'admin');
    const args = ['sync', '--config', config(), '--into', into, '--quiet'];
    const refused = await start(args, {PGPASSWORD: 'wrong-secret'}).ended;
    expect(refused.code).toBe(2);
    expect(refused.all).toContain('refused the login');
    expect(refused.all).not.toContain('wrong-secret');
    expect((await start(args, {PGPASSWORD: password}).ended).code).toBe(0);
  }, 60_000);

  test('sync: killed at any moment, then run again: every row once', async () => {
    const into = server.url('killed');
    const file = config();
    const perRun = (2 * total) / page;
    const moments = [3, 17, 40, 65, 90, 110].map((at) => Math.min(at, perRun - 5));
    let broken = 0;
    for (const moment of moments) {
      const {child, ended} = start(['sync', '--config', file, '--into', into, '--quiet']);
      waiting.splice(0, 1, {at: requests + moment, call: () => child.kill('SIGKILL')});
      const {signal, code, all} = await ended;
      if (signal === 'SIGKILL') broken++;
      else expect({code, all}).toMatchObject({code: 0});
    }
    waiting.length = 0;
    expect(broken).toBeGreaterThanOrEqual(3);
    const {code, all} = await start(['sync', '--config', file, '--into', into, '--quiet']).ended;
    expect({code, all}).toMatchObject({code: 0});
    for (const table of ['"Keyed"', 'keyless']) {
      expect(await server.query(`SELECT count(*), count(DISTINCT id) FROM killed.${table}`)).toEqual([
        [String(total), String(total)],
      ]);
    }
  }, 120_000);

  test('sync: the server ends its session: it fails, says so, and the next run goes on', async () => {
    const args = ['sync', '--config', config(), '--into', server.url('ended'), '--quiet'];
    const {ended} = start(args);
    const ending = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'source-rest-api'`;
    waiting.splice(0, 1, {at: requests + 30, call: () => void server.query(ending)});
    const {code, all} = await ended;
    waiting.length = 0;
    expect(code).toBe(1);
    expect(all).toMatch(
      /^the connection to postgres:.* was lost \(.*\): what was committed is kept, run this again\n$/,
    );
    expect((await start(args).ended).code).toBe(0);
    expect(await server.query('SELECT count(*), count(DISTINCT id) FROM ended.keyless')).toEqual([
      [String(total), String(total)],
    ]);
  }, 60_000);

  test('local-destination: killed at any moment, rows and the state that covers them are there together', async () => {
    const work = folder();
    writeFileSync(join(work, 'into.json'), JSON.stringify({into: server.url('piped')}));
    writeFileSync(join(work, 'catalog.json'), catalog({namespace: 'other space'}));
    const args = ['local-destination', '--config', join(work, 'into.json'), '--catalog', join(work, 'catalog.json')];
    const tell = (from: number, to: number) =>
      Array.from({length: to - from}, (_, k) => from + k)
        .flatMap((n) =>
          [record(`{"n":${n}}`), state({n})].map((line) => line.replace('"rows"', '"rows","namespace":"other space"')),
        )
        .map((line) => `${line}\n`)
        .join('');
    let reached = 0;
    for (const moment of [1, 2, 5]) {
      const {child, ended} = start(args);
      child.stdin.on('error', () => undefined);
      let echoed = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        echoed += chunk.toString('utf8').split('\n').length - 1;
        if (echoed >= moment) child.kill('SIGKILL');
      });
      let next = reached;
      const feeding = setInterval(() => child.stdin.write(tell(next, ++next)), 200);
      const {out} = await ended;
      clearInterval(feeding);
      const [[count, text] = []] = await server.query(
        'SELECT (SELECT count(*) FROM "other space".rows), (SELECT state FROM piped._source_rest_api_streams)',
      );
      expect(JSON.parse(text ?? '')).toEqual({n: Number(count) - 1});
      expect(Number(count)).toBeGreaterThanOrEqual(reached + out.split('\n').length - 1);
      reached = Number(count);
    }
    const {child, ended} = start(args);
    child.stdin.end(
      `${tell(reached, 200)}${status('COMPLETE').replace('"rows"', '"rows","namespace":"other space"')}\n`,
    );
    expect(await ended).toMatchObject({code: 0});
    expect(await server.query('SELECT count(*), count(DISTINCT n) FROM "other space".rows')).toEqual([['200', '200']]);
  }, 120_000);
});
