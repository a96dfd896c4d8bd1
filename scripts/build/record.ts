import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {parse} from 'yaml';
import {demoKey, startDemoApi} from '../../src/demo/api.js';

/** ms; a command takes less than one second. */
const limit = 60_000;

/**
 * Runs what platforms start with the recorder, against the demo API, so that the code that V8 compiles for it is kept in `dist`. The
 * configuration comes in as a document, as text and through the form.
 */
export async function record(dist: string, recorder: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'record-'));
  const api = await startDemoApi({port: 0, epoch: 0, flaky: false});
  // Without NODE_OPTIONS: code is good for one set of flags.
  const options = {cwd: folder, env: {}, timeout: limit, maxBuffer: 64 * 1024 * 1024};
  const run = async (...args: readonly string[]): Promise<string> => {
    try {
      return (await promisify(execFile)(process.execPath, [recorder, dist, ...args], options)).stdout;
    } catch (error) {
      // A command says on stdout what it fails with.
      throw new Error(`${args[0]}: ${error}${error instanceof Error && 'stdout' in error ? error.stdout : ''}`);
    }
  };
  const file = async (name: string, content: string | object): Promise<string> => {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return name;
  };
  try {
    const template = await readFile(new URL('../../src/demo/config.yaml', import.meta.url), 'utf8');
    const text = template.replace(/\$\{DEMO_URL\}/, api.url);
    const secrets = `api_key: ${demoKey}`;
    const form = {
      base_url: api.url,
      auth: {type: 'api_key', name: 'api_key', location: 'query', api_key: demoKey},
      streams: [{name: 'countries', path: 'countries', data_selector: 'data'}],
    };
    await run('spec');
    await run('check', '--config', await file('form.json', form));
    const found = await run('discover', '--config', await file('text.json', {config: text, secrets}));
    const document = await file('document.json', {...parse(text), secrets});
    await run('read', '--config', document, '--catalog', await file('catalog.json', configured(found)));
    await run('sync', '--config', await file('config.yaml', `${text}\nsecrets: {${secrets}}\n`), '--into', 'out/');
  } finally {
    await api.close();
    await rm(folder, {recursive: true, force: true});
  }
}

/** The configured catalog for what `discover` printed. */
function configured(found: string): object {
  const messages = found
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const streams: {supported_sync_modes: string[]}[] = messages.find(({type}) => type === 'CATALOG').catalog.streams;
  return {
    streams: streams.map((stream) => ({
      stream,
      sync_mode: stream.supported_sync_modes.at(-1),
      destination_sync_mode: 'append',
    })),
  };
}
