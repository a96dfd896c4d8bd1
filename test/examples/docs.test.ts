import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {cli} from '../../src/cli.js';
import {examples} from '../config/examples.js';
import {FakeClock} from '../support/fake-clock.js';
import {testHost} from '../support/run-source.js';
import {Connection, column} from './connection.js';
import {startPlain} from './plain.js';
import {now, range} from './world.js';

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks = (file: string): readonly Block[] =>
  [...readFileSync(file, 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));

const readme = readFileSync('README.md', 'utf8');
const [whole, cursor, secrets, ...more] = blocks('README.md').filter(({language}) => /yaml|json/.test(language));
if (whole === undefined || cursor === undefined || secrets === undefined)
  throw new Error('README.md lost its examples');

/** The first configuration of the README with the endpoint that it shows next. */
const withCursor = whole.text.replace(/ {4}endpoint:\n(?: {6}.*\n)+/, cursor.text);

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const {host, stdout, stderr} = testHost({environment});
  const code = await cli(args, host);
  return {code, stdout: stdout(), stderr: stderr()};
}

/** Loads and compiles a configuration file; warnings fail too. */
const validate = (text: string) => onFile('validate', text, ['--strict', '--format', 'github']);

/** A command on a configuration file, with a value for each of its secrets. */
function onFile(command: string, text: string, options: readonly string[] = []) {
  const file = join(mkdtempSync(join(tmpdir(), 'source-rest-api-')), 'acme.yaml');
  writeFileSync(file, text, {mode: 0o600});
  const names = [...text.matchAll(/\{secrets\.(\w+)/g)].map(([, name = '']) => name);
  const given = [...names, 'token', 'password', 'client_secret'].map((name) => [name.toUpperCase(), `${name}-value`]);
  const target = command === 'validate' ? [file] : ['--config', file];
  return run([command, ...target, ...options], Object.fromEntries(given));
}

const documented = blocks('docs/configuration.md');

test('the whole configurations of the reference are those that the tests run', () => {
  expect(documented.map(({text}) => text.trim())).toEqual(examples.map(({text}) => text.trim()));
});

test.each([
  ...documented.map(({text}, index) => [`docs/configuration.md, block ${index + 1}`, text] as const),
  ['README.md, your API', whole.text.replace(/^secrets:\n.*\n/m, '')] as const,
  ['README.md, with a cursor', withCursor.replace(/^secrets:\n.*\n/m, '')] as const,
])('%s: valid, without a warning', async (_, text) => {
  const {code, stdout, stderr} = await validate(text);
  expect(stdout + stderr).not.toMatch(/::(?:error|warning)/);
  expect(code).toBe(0);
});

test.each(documented.map(({text}, index) => [index + 1, text] as const))(
  'docs/configuration.md, block %s: explain leaves no gap',
  async (_, text) => {
    const {code, stdout, stderr} = await onFile('explain', text);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(' request ');
    const [, pages = '', hosts = ''] = / pages (.*)\n(?:.*\n)* hosts (.*)\n/.exec(stdout) ?? [];
    expect(pages).not.toMatch(/\?[,) ]|= |undefined/);
    expect(hosts).toMatch(/^ +[^/]+:443 only|^ +\{auth\.instance_url\} only/);
  },
);

test("the README's configuration reads every row, and with its cursor only what changed", async () => {
  expect(more).toEqual([]);
  expect(withCursor).toContain('incremental');
  const clock = new FakeClock({now});
  const rows = range(120, (id) => ({id, updated_at: new Date(now - 1_000_000 + id * 1_000).toISOString()}));
  await using api = await startPlain(clock, rows, 'your-key');
  const given: unknown = parse(secrets.text);
  const values = {...Object(given)};
  expect(values).toEqual({api_key: 'your-key'});
  for (const text of [whole.text, withCursor]) {
    const source = new Connection(text.replace('https://api.example.com', api.url), values, clock);
    expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
    await source.discover();
    const first = await source.read();
    expect(column(first, 'resource_name', 'id')).toEqual(rows.map(({id}) => id));
    api.take();
    const again = await source.read(first);
    const since = api.take().map(({query}) => query.get('updated_since'));
    if (text === whole.text) {
      expect(again.records()).toHaveLength(rows.length);
      expect(new Set(since)).toEqual(new Set([null]));
    } else {
      expect(again.records()).toEqual([]);
      expect(new Set(since)).toEqual(new Set([rows.at(-1)?.updated_at]));
    }
  }
});

test('every command and option that the README names exists', async () => {
  const calls = [...readme.matchAll(/source-rest-api ([a-z][a-z-]*)([^|`\n]*)/g)].map(([, name = '', rest = '']) => ({
    name,
    options: rest.match(/--[a-z-]+/g) ?? [],
  }));
  const section = readme.split('## On one machine')[1]?.split('\n## ')[0] ?? '';
  const all = [...calls, {name: 'sync', options: section.match(/--[a-z-]+/g) ?? []}];
  expect(all.length).toBeGreaterThan(8);
  for (const {name, options} of all) {
    const {code, stdout} = await run([name, '--help']);
    expect(code, name).toBe(0);
    for (const option of options) expect(stdout, `${name} ${option}`).toContain(option);
  }
});
