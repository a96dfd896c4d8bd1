import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Api, json, startApi} from '../support/api-server.js';
import {main} from '../support/run-cli.js';
import {numbers} from './numbers.js';

// Small hosts, each as strict as the one it is named for (reference, airbyte.md §5): they read what comes line by line, and
// throw where the original breaks.

type Message = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
let files = 0;
const file = (value: unknown): string => {
  const path = join(folder, `${files++}.json`);
  writeFileSync(path, JSON.stringify(value), {mode: 0o444});
  return path;
};
let api: Api;
let config: string;
beforeAll(async () => {
  api = await startApi(({path, query}) => {
    // A row that no line of 10 MiB holds.
    if (path === '/wide') return json([{id: 1, text: 'x'.repeat(11 * 1_048_576)}]);
    if (path === '/broken') return json({error: 'no'}, {status: 403});
    const rows = numbers(1, 30).map((id) => ({id, at: new Date(Date.UTC(2025, 0, id)).toISOString(), Name: `n${id}`}));
    const offset = Number(query.get('offset'));
    return json(rows.filter(({at}) => at >= (query.get('since') ?? '')).slice(offset, offset + 7));
  });
  const incremental = {cursor_path: 'at', initial_value: '2025-01-01', start_param: 'since', row_order: 'asc'};
  const document = {
    client: {base_url: api.url, paginator: {type: 'offset', limit: 7, total_path: null}},
    resource_defaults: {primary_key: 'id'},
    resources: [
      {name: 'rows', endpoint: {incremental}},
      'plain',
      'broken',
      {name: 'wide', endpoint: {paginator: 'single_page'}},
    ],
  };
  config = file(document);
});
afterAll(async () => {
  await api.close();
  rmSync(folder, {recursive: true});
});

/** How the source is started. */
const source: readonly string[] = [process.execPath, main];

/** Lines in the order in which both streams brought them (`2>&1`). */
async function* lines(
  args: readonly string[],
  onEnd: (code: number | null) => void = () => undefined,
  program: readonly string[] = source,
) {
  const command = [...program, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('sh', ['-c', `exec ${command} 2>&1`], {env: {PATH: process.env['PATH']}, cwd: folder});
  const ended = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      onEnd(code);
      resolve();
    });
  });
  try {
    for await (const line of createInterface({input: child.stdout})) yield line;
    await ended;
  } finally {
    // As PyAirbyte does with a source whose answer it has.
    child.kill('SIGTERM');
  }
}

/** KeyError for what has no `type`, as in airbyte_serverless and Meltano's wrapper. */
function parsed(line: string): Message & {readonly type: string} {
  const message = JSON.parse(line);
  if (typeof message.type !== 'string') throw new Error(`KeyError: 'type' in ${line}`);
  return message;
}

const member = (message: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => Object(value)[name], message);
const textAt = (message: unknown, ...path: readonly string[]): string => {
  const value = member(message, ...path);
  if (typeof value !== 'string') throw new Error(`KeyError: ${path.join('.')} in ${JSON.stringify(message)}`);
  return value;
};
const collect = async <T>(all: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of all) items.push(item);
  return items;
};

/** The first line that is neither LOG nor TRACE is the answer; both streams are one. */
async function answer(args: readonly string[], program = source): Promise<Message & {readonly type: string}> {
  for await (const line of lines(args, undefined, program)) {
    const message = parsed(line);
    if (message.type !== 'LOG' && message.type !== 'TRACE') return message;
  }
  throw new Error('no answer');
}

const streamsIn = (catalog: Message): Message[] => {
  const streams = member(catalog, 'catalog', 'streams');
  if (!Array.isArray(streams)) throw new Error('no streams');
  return streams;
};

test('airbyte_serverless: the first line that is no LOG or TRACE is the answer', async () => {
  expect((await answer(['spec'])).type).toBe('SPEC');
  expect(await answer(['check', '--config', config])).toMatchObject({connectionStatus: {status: 'SUCCEEDED'}});
  const catalog = await answer(['discover', '--config', config]);
  expect(streamsIn(catalog).map((stream) => stream['name'])).toEqual(['rows', 'plain', 'broken', 'wide']);
  const streams = streamsIn(catalog)
    .filter((stream) => stream['name'] === 'rows' || stream['name'] === 'plain')
    .map((stream) => {
      const modes = member(stream, 'supported_sync_modes');
      const incremental = Array.isArray(modes) && modes.includes('incremental');
      return {stream, sync_mode: incremental ? 'incremental' : 'full_refresh', destination_sync_mode: 'append'};
    });
  const read = await collect(lines(['read', '--config', config, '--catalog', file({streams})]));
  const types = read.map((line) => parsed(line).type);
  expect(types.filter((type) => type === 'RECORD')).toHaveLength(60);
});

describe('PyAirbyte', () => {
  test('incremental for all, a state of nulls, schemas with properties, and the exit code is what counts', async () => {
    const catalog = await answer(['discover', '--config', config]);
    const streams = streamsIn(catalog).map((stream) => {
      if (member(stream, 'json_schema', 'properties') === undefined) throw new Error("KeyError: 'properties'");
      return {
        stream,
        sync_mode: 'incremental',
        destination_sync_mode: 'overwrite',
        // Constants, whichever sync it is.
        sync_id: 1,
        generation_id: 1,
        minimum_generation_id: 1,
      };
    });
    const read = async (names: readonly string[], state: unknown) => {
      const configured = streams.filter(({stream}) => names.includes(textAt(stream, 'name')));
      const args = ['--catalog', file({streams: configured}), '--state', file(state)];
      let code: number | null = null;
      const messages = await collect(
        lines(['read', '--config', config, ...args], (ended) => {
          code = ended;
        }),
      );
      const known = messages.map((line) => parsed(line));
      for (const message of known.filter(({type}) => type === 'RECORD')) {
        if (!names.includes(textAt(message, 'record', 'stream'))) throw new Error('AirbyteStreamNotFoundError');
        new Date(Number(member(message, 'record', 'emitted_at')) / 1_000).toISOString();
      }
      return {code, records: known.filter(({type}) => type === 'RECORD').length, messages: known};
    };
    const first = await read(['rows', 'plain'], []);
    expect([first.code, first.records]).toEqual([0, 60]);
    const states = first.messages
      .filter(({type}) => type === 'STATE')
      .map(({state}) => ({...Object(state), global: null, data: null, destinationStats: null}));
    const second = await read(['rows', 'plain'], states.slice(-2));
    expect([second.code, second.records]).toEqual([0, 30]);
    const failing = await read(['plain', 'broken'], []);
    expect([failing.code, failing.records]).toEqual([1, 30]);
  });
});

interface Ended {
  readonly records: number;
  readonly states: ReadonlyMap<string, unknown>;
  readonly code: number | null;
}

describe("Meltano's wrapper", () => {
  /** stderr is a pipe that nobody drains; every TRACE ERROR kills; states are kept by stream, and given back bare. */
  function run(state?: unknown, [command = '', ...before] = source): Promise<Ended> {
    const catalog = file({
      streams: ['rows', 'plain'].map((name) => ({
        stream: {name, json_schema: {type: 'object', properties: {}}, supported_sync_modes: ['full_refresh']},
        sync_mode: name === 'rows' ? 'incremental' : 'full_refresh',
        destination_sync_mode: 'append',
      })),
    });
    const given = state === undefined ? [] : ['--state', file(state)];
    const args = [...before, 'read', '--config', config, '--catalog', catalog, ...given];
    const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']});
    const states = new Map<string, unknown>();
    let records = 0;
    return new Promise((resolve, reject) => {
      createInterface({input: child.stdout}).on('line', (line) => {
        try {
          const message = parsed(line);
          if (message.type === 'RECORD') records++;
          if (message.type === 'TRACE' && member(message, 'trace', 'type') === 'ERROR') throw new Error(line);
          if (message.type !== 'STATE') return;
          if (textAt(message, 'state', 'type') !== 'STREAM') throw new Error('no STREAM state');
          states.set(textAt(message, 'state', 'stream', 'stream_descriptor', 'name'), message['state']);
        } catch (thrown) {
          child.kill('SIGKILL');
          reject(thrown);
        }
      });
      // A full pipe would keep the source from ending.
      child.once('exit', (code) => {
        child.stderr.resume();
        child.once('close', () => resolve({records, states, code}));
      });
    });
  }

  test('all states go back at once, or one as a bare object', async () => {
    const first = await run();
    expect([first.code, first.records, [...first.states.keys()].sort()]).toEqual([0, 60, ['plain', 'rows']]);
    const second = await run(first.states.get('rows'));
    expect([second.code, second.records]).toEqual([0, 30]);
  });

  test('it does break, on what it cannot read and on a pipe that nobody drains', async () => {
    await expect(run(undefined, saying('{"no":"type"}'))).rejects.toThrow("KeyError: 'type'");
    await expect(run(undefined, saying('{"type":"TRACE","trace":{"type":"ERROR"}}'))).rejects.toThrow('ERROR');
    await expect(run(undefined, saying('{"type":"STATE","state":{"data":{}}}'))).rejects.toThrow(
      'KeyError: state.type',
    );
    // More than a pipe holds, and a source that waits until it is taken.
    const loud =
      'process.stderr.write("x".repeat(2_000_000), () => process.exit(0)); setTimeout(() => process.exit(9), 1_500)';
    expect((await run(undefined, [process.execPath, '-e', loud, '--'])).code).toBe(9);
  });
});

/** Known types only, lines below 10 MiB, records within RUNNING. The last status of each stream. */
async function sidecar(read: AsyncIterable<string>): Promise<Readonly<Record<string, string>>> {
  const statuses = new Map<string, string>();
  for await (const line of read) {
    if (Buffer.byteLength(line) > 10 * 1_048_576) throw new Error('bufio.Scanner: token too long');
    const message = parsed(line);
    if (!['RECORD', 'STATE', 'LOG', 'TRACE', 'CONTROL'].includes(message.type)) throw new Error(`panic: ${line}`);
    if (message.type === 'RECORD' && statuses.get(textAt(message, 'record', 'stream')) !== 'RUNNING') {
      throw new Error(`stream error: ${line}`);
    }
    if (message.type !== 'TRACE' || member(message, 'trace', 'type') !== 'STREAM_STATUS') continue;
    const status = member(message, 'trace', 'stream_status');
    statuses.set(textAt(status, 'stream_descriptor', 'name'), textAt(status, 'status'));
  }
  return Object.fromEntries(statuses);
}

/** A source that says one line. */
const saying = (line: string): readonly string[] => [
  process.execPath,
  '-e',
  `console.log(${JSON.stringify(line)})`,
  '--',
];

test("Jitsu's sidecar: known types only, lines below 10 MiB, statuses in order", async () => {
  const streams = ['rows', 'plain', 'broken', 'wide'].map((name) => ({
    stream: {name, json_schema: {type: 'object', properties: {}}, supported_sync_modes: ['full_refresh']},
    sync_mode: 'full_refresh',
    destination_sync_mode: 'append',
  }));
  expect(await sidecar(lines(['read', '--config', config, '--catalog', file({streams})]))).toEqual({
    rows: 'COMPLETE',
    plain: 'COMPLETE',
    broken: 'INCOMPLETE',
    wide: 'COMPLETE',
  });
});

test('the other hosts do break as well', async () => {
  const said = (line: string) => sidecar(lines([], undefined, saying(line)));
  await expect(said('{"type":"SPEC"}')).rejects.toThrow('panic');
  await expect(said('{"type":"RECORD","record":{"stream":"a","data":{}}}')).rejects.toThrow('stream error');
  async function* long() {
    yield `{"type":"LOG","log":"${'x'.repeat(11 * 1_048_576)}"}`;
  }
  await expect(sidecar(long())).rejects.toThrow('token too long');
  await expect(answer(['spec'], saying('{"spec":{}}'))).rejects.toThrow("KeyError: 'type'");
  expect((await answer(['check'], saying('{"type":"CONTROL"}'))).type).toBe('CONTROL');
  await expect(answer(['check'], saying('{"type":"LOG"}'))).rejects.toThrow('no answer');
});
