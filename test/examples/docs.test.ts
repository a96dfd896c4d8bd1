import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {cli} from '../../src/cli.js';
import {examples} from '../config/examples.js';
import {FakeClock} from '../support/fake-clock.js';
import {runSource, testHost} from '../support/run-source.js';
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
const [whole, cursor, secrets, catalog, job, meltano, ...more] = blocks('README.md').filter(({language}) =>
  /yaml|json/.test(language),
);
if (!whole || !cursor || !secrets || !catalog || !job || !meltano) throw new Error('README.md lost its examples');

/** The first configuration of the README with the endpoint that it shows next. */
const withCursor = whole.text.replace(/ {4}endpoint:\n(?: {6}.*\n)+/, cursor.text);

/** The configuration within the README's meltano.yml. */
const meltanoConfig = JSON.stringify(Object(parse(meltano.text)).plugins.extractors[0].config.airbyte_config);

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const {host, stdout, stderr} = testHost({environment});
  const code = await cli(args, host);
  return {code, stdout: stdout(), stderr: stderr()};
}

/** Loads and compiles a configuration file as it stands, without any environment; warnings fail too. */
const validate = (text: string) => onFile('validate', text, ['--strict', '--format', 'github']);

function onFile(
  command: string,
  text: string,
  options: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const file = join(mkdtempSync(join(tmpdir(), 'source-rest-api-')), 'acme.yaml');
  writeFileSync(file, text, {mode: 0o600});
  return run([command, ...(command === 'validate' ? [file] : ['--config', file]), ...options], environment);
}

const documented = blocks('docs/configuration.md').filter(({language}) => language === 'yaml');
const worked = documented.slice(-examples.length);

test('the whole configurations of the reference are those that the tests run', () => {
  expect(worked.map(({text}) => text.trim())).toEqual(examples.map(({text}) => text.trim()));
});

test('every section of the reference has a configuration, and each configuration a section', () => {
  const written = readFileSync('scripts/generate/snippets.yaml', 'utf8').match(/^---/gm) ?? [];
  expect(documented).toHaveLength(written.length + examples.length);
  const sections = readFileSync('docs/configuration.md', 'utf8')
    .split(/^#{2,4} /m)
    .slice(1);
  const without = sections.filter((section) => !section.includes('```yaml')).map((section) => section.split('\n')[0]);
  expect(without).toEqual(['auth', 'paginator', 'Keys of every paginator', 'processing_steps', 'Whole configurations']);
});

test.each([
  ...documented.map(({text}, index) => [`docs/configuration.md, block ${index + 1}`, text] as const),
  ['README.md, your API', whole.text] as const,
  ['README.md, with a cursor', withCursor] as const,
  ['README.md, Meltano', meltanoConfig] as const,
])('%s: valid as it stands, without a warning', async (_, text) => {
  const {code, stdout, stderr} = await validate(text);
  expect(stdout + stderr).not.toMatch(/::(?:error|warning)/);
  expect(code).toBe(0);
  const explained = await onFile('explain', text);
  expect(explained).toMatchObject({code: 0, stderr: ''});
  expect(explained.stdout).toContain(' request ');
});

test('docs/shards.md: valid for every part', async () => {
  const [text = ''] = blocks('docs/shards.md').flatMap((block) =>
    block.text.startsWith('client:') ? [block.text] : [],
  );
  expect(text).toContain('index: 0');
  for (const part of [0, 2]) {
    const given = text.replace('index: 0', `index: ${part}`);
    const {code, stdout} = await onFile('validate', given, ['--strict'], {TOKEN: 'your-token'});
    expect(stdout).toContain('0 errors, 0 warnings');
    expect(code).toBe(0);
  }
});

test.each(worked.map(({text}, index) => [index + 1, text] as const))(
  'docs/configuration.md, whole configuration %s: explain leaves no gap',
  async (_, text) => {
    const {stdout} = await onFile('explain', text);
    const [, pages = '', hosts = ''] = / pages (.*)\n(?:.*\n)* hosts (.*)\n/.exec(stdout) ?? [];
    expect(pages).not.toMatch(/\?[,) ]|= |undefined/);
    expect(hosts).toMatch(/^ +[^/]+:443 only|^ +\{auth\.instance_url\} only/);
  },
);

test("the README's configuration reads every row, and with its cursor only what changed", async () => {
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

test("the README's catalog, and the one made from what discover prints, are read", async () => {
  expect(more).toEqual([]);
  const clock = new FakeClock({now});
  await using api = await startPlain(
    clock,
    range(3, (id) => ({id})),
    'your-key',
  );
  const config = {config: whole.text.replace('https://api.example.com', api.url)};
  const discovered = await runSource(['discover', '--config', config], {clock});
  const [, program = ''] = /\| node -e '([^']*)' > catalog\.json/.exec(readme) ?? [];
  const made = execFileSync(process.execPath, ['-e', program], {input: discovered.stdout, encoding: 'utf8'});
  for (const text of [catalog.text, made]) {
    const {code, messages} = await runSource(['read', '--config', config, '--catalog', Object(JSON.parse(text))], {
      clock,
    });
    expect(code).toBe(0);
    expect(messages.records('resource_name')).toHaveLength(3);
  }
});

test("the README's CronJob runs sync on files that it mounts", async () => {
  const [container] = Object(parse(job.text)).spec.jobTemplate.spec.template.spec.containers;
  const [command, ...args] = container.args;
  const {stdout} = await run([command, '--help']);
  for (const option of args.filter((arg: string) => arg.startsWith('--'))) expect(stdout).toContain(option);
  const mounted = container.volumeMounts.map(({mountPath}: {mountPath: string}) => mountPath);
  for (const path of args.filter((arg: string) => arg.startsWith('/'))) expect(mounted).toContain(dirname(path));
});

test.each(['README.md', 'CONTRIBUTING.md', 'docs/configuration.md', 'docs/shards.md', 'docs/hosts.md'])(
  '%s: the files and sections of its links exist',
  (from) => {
    const anchor = (title: string) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-');
    const links = [...readFileSync(from, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    for (const [link, file = '', section] of links) {
      const target = file === '' ? from : join(dirname(from), file);
      expect(existsSync(target), link).toBe(true);
      if (section === undefined) continue;
      const titles = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchor(title));
      expect(titles, link).toContain(section);
    }
  },
);

test('files that the commands of the README name are made before', () => {
  const files = [...readme.matchAll(/--(?:config|catalog) ([\w./-]+)/g)].map(([, file = '']) => file);
  expect(new Set(files)).toEqual(new Set(['demo/demo.yaml', 'acme.yaml', 'catalog.json', 'into.json']));
  for (const [, names = ''] of readme.matchAll(/source-rest-api (?:try|explain) ((?!--)[\w ]+) --config acme/g))
    expect(names).toBe('resource_name');
});

test('every command and option that the README names exists', async () => {
  const calls = [...readme.matchAll(/(?:source-rest-api|dist\/main\.js) ([a-z][a-z-]*)([^|`\n]*)/g)].map(
    ([, name = '', rest = '']) => ({
      name,
      options: rest.match(/--[a-z-]+/g) ?? [],
    }),
  );
  const section = readme.split('## On one machine')[1]?.split('\n## ')[0] ?? '';
  const all = [...calls, {name: 'sync', options: section.match(/--[a-z]+(?:-[a-z]+)*/g) ?? []}];
  expect(all.length).toBeGreaterThan(8);
  for (const {name, options} of all) {
    const {code, stdout} = await run([name, '--help']);
    expect(code, name).toBe(0);
    for (const option of options) expect(stdout, `${name} ${option}`).toContain(option);
  }
});
