import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {startValuesApi, valuesConfig} from './api.js';
import type {Host} from './host.js';
import {pythonWith} from './python.js';
import {standInDocker} from './stand-in-docker.js';

const wrapper = process.env['TAP_AIRBYTE'] ?? 'git+https://github.com/MeltanoLabs/tap-airbyte-wrapper.git';

/** A line of the Singer protocol. */
interface Line {
  readonly type: string;
  readonly stream?: string;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly value?: object;
  readonly key_properties?: unknown;
}

/**
 * Meltano's tap-airbyte-wrapper as Meltano starts it: a Singer tap that runs the image, here by the stand-in for docker.
 * TAP_AIRBYTE names a checkout of it where GitHub is out of reach.
 */
export const meltano: Host = {
  name: 'tap-airbyte-wrapper',
  async run({cache, executable, folder}) {
    // Its singer-sdk asks setuptools for pkg_resources.
    const python = pythonWith(join(cache, 'tap-airbyte'), [wrapper, 'setuptools<81'], 10);
    const api = await startValuesApi();
    const path = [standInDocker(folder), process.env['PATH']].join(delimiter);
    const environment = {PATH: path, SOURCE_REST_API: executable, HOME: folder, TMPDIR: folder};
    let files = 0;
    const file = (value: unknown): string => {
      const name = join(folder, `${files++}.json`);
      writeFileSync(name, JSON.stringify(value));
      return name;
    };
    const tap = async (streams: readonly string[], ...args: readonly string[]): Promise<Ended> => {
      const airbyte_spec = {image: 'airbyte/source-rest-api', tag: '0.1.0'};
      const config = file({airbyte_spec, skip_native_check: true, airbyte_config: valuesConfig(api.url, streams)});
      return start(join(python, '..', 'tap-airbyte'), ['--config', config, ...args], folder, environment);
    };
    try {
      const streams = ['rows', 'plain'];
      const tested = await tap(streams, '--test');
      assert.equal(tested.code, 0, tested.said);
      const discovered: {readonly streams: readonly {readonly tap_stream_id: string}[]} = JSON.parse(
        (await tap(streams, '--discover')).out,
      );
      assert.deepEqual(discovered.streams.map(({tap_stream_id}) => tap_stream_id).sort(), ['plain', 'rows']);

      const first = await tap(streams);
      assert.equal(first.code, 0, first.said);
      const keys = linesOf(first).filter(({type}) => type === 'SCHEMA');
      assert.deepEqual(
        keys.map(({key_properties}) => key_properties),
        [['id'], ['id']],
      );
      assert.deepEqual(idsOf(first, 'rows'), [1, 2]);
      assert.deepEqual(idsOf(first, 'plain'), [1, 2]);
      // By its text: as a double it would be another.
      assert.equal(first.out.match(/"big":9007199254740993\b/g)?.length, 4);

      api.change();
      const state = linesOf(first).findLast(({type}) => type === 'STATE')?.value;
      const second = await tap(streams, '--state', file(state));
      assert.equal(second.code, 0, second.said);
      assert.deepEqual(
        [idsOf(second, 'rows'), idsOf(second, 'plain')],
        [
          [2, 3],
          [1, 2, 3],
        ],
      );

      const broken = await tap(['plain', 'broken']);
      assert.notEqual(broken.code, 0, 'a stream that fails fails the run');
    } finally {
      await api.close();
    }
  },
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  /** The end of stderr. */
  readonly said: string;
}

function start(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn(program, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({code, out, said: err.slice(-2_000)}));
  });
}

const linesOf = ({out}: Ended): readonly Line[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const idsOf = (ended: Ended, stream: string): readonly unknown[] =>
  linesOf(ended).flatMap((line) => (line.type === 'RECORD' && line.stream === stream ? [line.record?.['id']] : []));
