import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {Ajv} from 'ajv';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import {type Acme, startAcme} from '../../scripts/hosts/acme.js';
import {blockCount, snippet, snippets} from '../../scripts/hosts/snippets.js';
import {standInDocker} from '../../scripts/hosts/stand-in-docker.js';
import {query} from '../destinations/support.js';
import {main, runCli} from '../support/run-cli.js';

// Every block of docs/hosts.md runs: here all that needs no Python, the others in `npm run test:hosts`.

let api: Acme;
let folder: string;
beforeEach(async () => {
  api = await startAcme();
  folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
  for (const {kind, name, text} of snippets) if (kind === 'file') writeFileSync(join(folder, name), local(text));
});
afterEach(async () => {
  await api.close();
  rmSync(folder, {recursive: true});
});

const local = (text: string): string => text.replaceAll('https://api.example.com', api.url);

interface Shell {
  readonly code: number | null;
  readonly err: string;
}

/** A block as a shell runs it: `source-rest-api` and a stand-in for `docker` are on the PATH. */
function shell(text: string, environment: Readonly<Record<string, string>> = {}): Promise<Shell> {
  const bin = standInDocker(mkdtempSync(join(folder, 'path-')));
  writeFileSync(join(bin, 'source-rest-api'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, {mode: 0o755});
  const path = [bin, process.env['PATH']].join(delimiter);
  const env = {PATH: path, SOURCE_REST_API: main, ...environment};
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', text], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    err += said;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({code, err})));
}

const linesOf = (file: string): readonly Readonly<Record<string, unknown>>[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** The rows that `sync` wrote into a folder. */
const rowsIn = (into: string): Readonly<Record<string, number>> => {
  const files = readdirSync(join(folder, into), {recursive: true, encoding: 'utf8'}).filter((name) =>
    name.endsWith('.jsonl'),
  );
  const count = (stream: string): number =>
    files.filter((name) => name.startsWith(stream)).reduce((sum, name) => sum + linesOf(join(into, name)).length, 0);
  return {issues: count('issues'), labels: count('labels')};
};

test('every block says what it is, and each of them is run', () => {
  expect(snippets).toHaveLength(blockCount);
  const here = ['image', 'api', 'meltano', 'docker', 'pipe', 'destination', 'cron', 'kubernetes'];
  const python = ['pyairbyte', 'serverless'];
  const tests = snippets.filter(({kind}) => kind === 'test').map(({name}) => name);
  expect(tests.sort()).toEqual([...here, ...python].sort());
});

test('the image is built from what is there', () => {
  const words = snippet('image').split(/\s+/);
  expect(words.slice(0, 2)).toEqual(['docker', 'build']);
  expect(existsSync('Dockerfile')).toBe(true);
});

const isSpecified = new Ajv({strict: false}).compile(
  JSON.parse(readFileSync('spec.json', 'utf8')).connectionSpecification,
);

test.each(['api', 'meltano'])('%s: what the host is given validates against the spec, and works', async (name) => {
  const block: object = parse(local(snippet(name)));
  const given: object =
    name === 'api' ? Object(block).configuration : Object(block).plugins.extractors[0].config.airbyte_config;
  const config = JSON.parse(JSON.stringify(given).replace('$ACME_TOKEN', 'your-token'));
  expect(isSpecified(config), JSON.stringify(isSpecified.errors)).toBe(true);
  const {messages} = await runCli(['check', '--config', config]);
  expect(messages.answers()).toMatchObject([{connectionStatus: {status: 'SUCCEEDED'}}]);
  expect(messages.logs('WARN')).toEqual([]);
});

test('docker: the four commands with their files mounted', async () => {
  writeFileSync(
    join(folder, 'acme.yaml'),
    local(snippet('acme.yaml')).replace(/^secrets.*\n/m, 'secrets: "token: your-token"\n'),
  );
  expect(await shell(snippet('docker'))).toEqual({code: 0, err: expect.any(String)});
  expect(linesOf('catalog.jsonl').filter(({type}) => type === 'CATALOG')).toHaveLength(1);
  expect(rowsIn('acme')).toEqual({issues: 150, labels: 2});
});

test('a pipe: records and states, and the next run reads what changed', async () => {
  const block = snippet('pipe');
  expect(await shell(block)).toEqual({code: 0, err: ''});
  expect(linesOf('records.jsonl')).toHaveLength(152);
  expect(await shell(block)).toEqual({code: 0, err: ''});
  expect(linesOf('records.jsonl').map(({record}) => Object(record).stream)).toEqual(['labels', 'labels']);
});

test('a pipe into local-destination: rows in DuckDB, states of what is committed, and on from there', async () => {
  const block = snippet('destination');
  writeFileSync(join(folder, 'state.jsonl'), '');
  for (const turn of [1, 2]) {
    expect(await shell(block)).toEqual({code: 0, err: expect.any(String)});
    expect(linesOf('state.jsonl').length).toBeGreaterThanOrEqual(2 * turn);
    const rows = await query(
      join(folder, 'acme.duckdb'),
      'SELECT (SELECT count(*) FROM issues), (SELECT count(*) FROM labels)',
    );
    expect(rows).toEqual([['150', '2']]);
  }
  expect(api.requests.filter((path) => path.startsWith('/issues')).at(-1)).toContain('since=2025-01-07');
});

test('cron: its command, and what it says when a sync fails', async () => {
  const [, directory = '', command = ''] = /^(?:\S+ ){5}cd (\S+) && (.*)$/.exec(snippet('cron').trim()) ?? [];
  expect(directory).toBe('/srv/acme');
  expect(await shell(command)).toEqual({code: 0, err: ''});
  expect(await query(join(folder, 'acme.duckdb'), 'SELECT count(*) FROM issues')).toEqual([['150']]);
  const notes = join(folder, 'logger');
  await api.close();
  const logger = `logger() { echo "$*" > ${notes}; }\n`;
  await shell(`${logger}${command.replace('sync ', 'sync --streams none ')}`);
  expect(readFileSync(notes, 'utf8')).toBe('-t acme sync ended with 2\n');
});

test('Kubernetes: the manifests fit together, and the container does what it is there for', async () => {
  const manifests = parseAllDocuments(local(snippet('kubernetes'))).map((document) => {
    expect(document.errors).toEqual([]);
    return Object(document.toJS());
  });
  expect(manifests.map(({kind}) => kind)).toEqual(['ConfigMap', 'Secret', 'CronJob']);
  const [map, secret, job] = manifests;
  const pod = job.spec.jobTemplate.spec.template.spec;
  const [container] = pod.containers;
  expect(pod.volumes.map(({name}: {name: string}) => name)).toEqual(
    container.volumeMounts.map(({name}: {name: string}) => name),
  );
  expect(pod.volumes[0].configMap.name).toBe(map.metadata.name);
  expect(container.envFrom).toEqual([{secretRef: {name: secret.metadata.name}}]);
  // The mounts, in this folder.
  const mounted = container.volumeMounts.map(({mountPath}: {mountPath: string}) => mountPath);
  for (const path of mounted) mkdirSync(join(folder, path), {recursive: true});
  for (const [name, text] of Object.entries(map.data)) writeFileSync(join(folder, 'config', name), String(text));
  const args = container.args.map((word: string) => {
    if (!word.startsWith('/')) return word;
    expect(mounted).toContain(dirname(word));
    return join(folder, word);
  });
  const ended = await shell(`source-rest-api ${args.join(' ')}`, secret.stringData);
  expect(ended.code).toBe(0);
  expect(rowsIn('data/acme')).toEqual({issues: 150, labels: 2});
});
