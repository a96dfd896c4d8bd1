import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {json, startApi} from '../support/api-server.js';
import {type Argument, main, runCli} from '../support/run-cli.js';
import {catalogOf} from './catalog-of.js';
import {endOf, failed, fine} from './ends.js';

const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
afterAll(() => rmSync(folder, {recursive: true}));
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const text = (content: string): Buffer => Buffer.from(content, 'utf8');

const good = {client: {base_url: 'http://127.0.0.1:1'}, resources: ['rows']};
const catalog = catalogOf(['rows']);
const nowhere = join(folder, 'nowhere.json');
const read = (config: Argument, given: Argument, ...more: Argument[]) => [
  'read',
  '--config',
  config,
  '--catalog',
  given,
  ...more,
];

describe.concurrent('what cannot be run is a TRACE ERROR config_error, exit 1, and nothing on stderr', () => {
  test.each<readonly [string, readonly Argument[], RegExp]>([
    ['no such configuration', ['discover', '--config', nowhere], /--config \S+nowhere\.json: no such file/],
    ['a folder as configuration', ['discover', '--config', folder], /is a directory/],
    ['an empty configuration', ['discover', '--config', text(' \n')], /is empty: give client and resources/],
    ['neither JSON nor YAML', ['discover', '--config', text('{"client": [1, }\n\t- x: }')], /line \d, column \d/],
    [
      'a broken text in the form',
      ['discover', '--config', {config: 'client: {}\nresources: ['}],
      /config, line 2, column \d+/,
    ],
    ['a configuration that is a list', ['discover', '--config', []], /object|map/i],
    [
      'every problem at once',
      [
        'discover',
        '--config',
        {client: {base_url: 7, timout: 1}, resources: [{name: 'a', endpoint: {method: 'DELETE'}}]},
      ],
      /^the configuration is invalid \(3 problems\)\n.*base_url.*\n.*timout.*timeout.*\n.*resources\[0\]\.endpoint\.method/s,
    ],
    ['no such catalog', read(good, nowhere), /--catalog \S+nowhere\.json: no such file/],
    ['an empty catalog', read(good, text('')), /--catalog .*empty/],
    ['a catalog that is no JSON', read(good, text('{streams: ')), /--catalog .*not JSON/],
    ['a catalog without streams', read(good, {catalog: null}), /no list "streams"/],
    [
      'a catalog with wrong types',
      read(good, {streams: [{stream: 'rows', sync_mode: 'full_refresh'}]}),
      /streams\[0\]/,
    ],
    ['no such state', read(good, catalog, '--state', nowhere), /--state \S+nowhere\.json: no such file/],
    ['a state that is no JSON', read(good, catalog, '--state', text('[{"type":')), /--state .*not JSON/],
    ['a state that is a number', read(good, catalog, '--state', text('5')), /--state .*STATE messages/],
    ['no --catalog', ['read', '--config', good], /--catalog/],
    ['no --config', ['check'], /--config/],
    ['an unknown flag', ['spec', '--colour'], /--colour/],
    ['a flag without its value', ['discover', '--config'], /--config/],
    ['an argument too many', ['discover', 'now', '--config', good], /argument/],
  ])('%s', async (_, args, message) => {
    const run = await runCli(args);
    expect(endOf(run)).toEqual(failed);
    expect(run.messages.errors()).toEqual([{failure_type: 'config_error', message: expect.stringMatching(message)}]);
    expect(run.messages.all.filter(({type}) => type !== 'LOG' && type !== 'TRACE')).toEqual([]);
  });
});

test.concurrent('check answers FAILED with exit 0 for a configuration that is wrong, a TRACE ERROR for what hosts never do', async () => {
  const [wrong, empty, missing] = await Promise.all([
    runCli(['check', '--config', {client: {}, resources: [{nam: 'x'}]}]),
    runCli(['check', '--config', text('')]),
    runCli(['check', '--config', nowhere]),
  ]);
  for (const run of [wrong, empty, missing]) {
    expect(endOf(run)).toEqual(fine);
    expect(run.messages.answers()).toMatchObject([{connectionStatus: {status: 'FAILED'}}]);
  }
  expect(wrong.stdout).toMatch(/resources\[0\].*nam.*name/);
});

test.concurrent('an unknown command is told on stderr, since no host sends one', async () => {
  const run = await runCli(['raed']);
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toMatch(/raed.*(\n.*)?read/);
});

test.concurrent('files as hosts leave them: read-only, with a BOM, as YAML, in another folder', async () => {
  await using api = await startApi({'/rows': json([{id: 1}])});
  const config = file(
    'config.yaml',
    `\ufeffclient:\n  base_url: ${api.url}\n  paginator: single_page\nresources: [rows]\n`,
  );
  const given = file('catalog.json', `\ufeff${JSON.stringify(catalog)}\n\n`);
  for (const each of [config, given]) chmodSync(each, 0o444);
  const run = await runCli(['read', '--catalog', given, '--config', config, '--state', file('state.json', '')], {
    cwd: '/',
  });
  expect(endOf(run)).toEqual(fine);
  expect(run.messages.records()).toEqual([{id: 1}]);
});

test.concurrent('environment: its names are text without --env, and LOG_LEVEL decides what is logged', async () => {
  await using api = await startApi(({query}) => json([{id: 1, got: query.get('q')}]));
  const word = `$${'{WORD}'}`;
  const config = {
    client: {base_url: api.url, paginator: 'single_page'},
    resources: [{name: 'rows', endpoint: {path: 'rows', params: {q: word}}}],
  };
  const environment = {WORD: 'hello', LOG_LEVEL: 'error'};
  const [plain, filled, unset] = await Promise.all([
    runCli(read(config, catalog), {environment}),
    runCli(read(config, catalog, '--env'), {environment}),
    runCli(read(config, catalog, '--env')),
  ]);
  expect(plain.messages.records()).toEqual([{id: 1, got: word}]);
  expect(filled.messages.records()).toEqual([{id: 1, got: 'hello'}]);
  expect([...plain.messages.logs(), ...filled.messages.logs()]).toEqual([]);
  expect(endOf(unset)).toEqual(failed);
  expect(unset.messages.errors()[0]?.message).toMatch(/WORD/);
});

test.concurrent('spec needs neither file nor network, and the program is one executable', async () => {
  const run = await runCli(['spec'], {cwd: '/', environment: {DEPLOYMENT_MODE: 'cloud', LOG_LEVEL: 'nonsense'}});
  expect(endOf(run)).toEqual(fine);
  expect(run.messages.all.map(({type}) => type)).toEqual(['SPEC']);
  const [help, version] = await Promise.all([runCli(['--help']), runCli(['--version'])]);
  expect([help.code, help.stderr, version.code]).toEqual([0, '', 0]);
  expect(help.stdout).toMatch(/check.*discover.*read/s);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(main.endsWith('main.js')).toBe(true);
});
