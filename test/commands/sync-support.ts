import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {Command, Host} from '../../src/commands/command.js';
import {Secrets} from '../../src/secrets.js';
import {Unfinished} from '../../src/unfinished.js';
import {record, state, status} from '../destinations/support.js';
import {FakeClock} from '../support/fake-clock.js';

/**
 * Stands for the program itself: prints the lines of `discover.jsonl` or `read-<n>.jsonl` (n counts runs) beside the
 * configuration, keeps what it was given, and ends with the code in `code`.
 */
const script = `
import {appendFileSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
const [command, ...args] = process.argv.slice(2);
const option = (name) => args[args.indexOf('--' + name) + 1];
const folder = dirname(option('config'));
const counter = join(folder, 'runs');
const read = (name) => readFileSync(join(folder, name), 'utf8');
let file = 'discover.jsonl';
if (command === 'read') {
  const n = (existsSync(counter) ? Number(read('runs')) : 0) + 1;
  writeFileSync(counter, String(n));
  file = 'read-' + n + '.jsonl';
  const catalog = JSON.parse(readFileSync(option('catalog'), 'utf8'));
  const states = JSON.parse(readFileSync(option('state'), 'utf8'));
  writeFileSync(join(folder, 'given-' + n + '.json'), JSON.stringify({catalog, states, args, token: process.env.TOKEN}));
}
const text = read(file);
const [first, ...rest] = text.split('\\n');
const {code, hang} = JSON.parse(first);
if (hang) {
  process.on('SIGTERM', () => process.stdout.write(hang, () => process.exit(143)));
  setInterval(() => {}, 1000);
} else process.exitCode = code;
process.stdout.write(rest.join('\\n'));
`;

export interface Bench {
  readonly folder: string;
  readonly config: string;
  /** `code`: of the process; `hang`: what it prints on SIGTERM, for which it waits. */
  discover(lines: readonly string[], code?: number): void;
  read(n: number, lines: readonly string[], ending?: {readonly code?: number; readonly hang?: string}): void;
  given(n: number): {catalog: {streams: Record<string, unknown>[]}; states: unknown[]; args: string[]; token?: string};
  run(
    command: Command,
    options: Record<string, unknown>,
    host?: Partial<Host>,
  ): Promise<{code: number; out: string; err: string}>;
}

export function bench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'sync-test-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  const program = join(folder, 'program.mjs');
  writeFileSync(program, script);
  const config = join(folder, 'acme.yaml');
  writeFileSync(
    config,
    '# kept\nclient: {base_url: "https://api.example"}\nresources: [rows]\nsecrets: {refresh_token: first}\n',
  );
  const write = (name: string, head: object, lines: readonly string[]) =>
    writeFileSync(join(folder, name), [JSON.stringify(head), ...lines, ''].join('\n'));
  return {
    folder,
    config,
    discover: (lines, code = 0) => write('discover.jsonl', {code}, lines),
    read: (n, lines, {code = 0, hang} = {}) => write(`read-${n}.jsonl`, {code, hang}, lines),
    given: (n) => JSON.parse(readFileSync(join(folder, `given-${n}.json`), 'utf8')),
    run: async (command, options, host = {}) => {
      const said = {out: '', err: ''};
      const clock = host.clock ?? new FakeClock();
      const code = await command.run(
        {args: [], options},
        {
          stdout: sink((text) => {
            said.out += text;
          }),
          stderr: sink((text) => {
            said.err += text;
          }),
          stdin: (async function* () {})(),
          environment: {PATH: '/usr/bin'},
          terminal: {stdout: false, stderr: false, columns: 120},
          self: [process.execPath, program],
          alarm: clock,
          memoryLimit: 1 << 30,
          secrets: new Secrets(),
          unfinished: new Unfinished(),
          signal: new AbortController().signal,
          watch: () => undefined,
          ...host,
          clock,
        },
      );
      return {code, ...said};
    },
  };
}

const sink = (take: (text: string) => void): Host['stdout'] => ({
  write: (bytes, done) => {
    take(bytes.toString('utf8'));
    done();
  },
});

export const discovered = (...streams: readonly Record<string, unknown>[]): string =>
  JSON.stringify({
    type: 'CATALOG',
    catalog: {
      streams: streams.map((stream) => ({
        json_schema: {type: 'object', properties: {id: {type: ['null', 'integer']}, v: {type: ['null', 'string']}}},
        supported_sync_modes: ['full_refresh'],
        ...stream,
      })),
    },
  });

export const incremental = {
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_cursor: true,
  default_cursor_field: ['v'],
} as const;

export const key = {source_defined_primary_key: [['id']]};
const summary = (stream: string, more: object) =>
  JSON.stringify({
    type: 'TRACE',
    trace: {
      type: 'ANALYTICS',
      emitted_at: 1,
      analytics: {
        type: 'source-rest-api/stream-summary',
        value: JSON.stringify({
          stream,
          records: 0,
          pages: 0,
          requests: 0,
          retries: 0,
          waitedMs: 0,
          bytes: 0,
          reasons: [],
          ...more,
        }),
      },
    },
  });
/** A stream that comes whole. */
export const whole = (stream: string, ...data: readonly string[]) => [
  status('STARTED', stream),
  status('RUNNING', stream),
  ...data.map((text) => record(text, stream)),
  state({cursor: data.length}, stream),
  summary(stream, {records: data.length, pages: 2, requests: 3, retries: 1, reasons: [['empty page', 1]]}),
  status('COMPLETE', stream),
];
