import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parse} from 'yaml';
import {startValuesApi, valuesConfig} from './api.js';
import type {Host} from './host.js';
import {pythonWith} from './python.js';
import {runSnippet, tell} from './tell.js';

interface Told {
  /** A configuration to fill in, made from the spec: YAML. */
  readonly example: string;
  readonly status: unknown;
  readonly streams: unknown;
  readonly records?: unknown;
  readonly states?: readonly {readonly stream: {readonly stream_descriptor: {readonly name: string}}}[];
  readonly error?: string;
}

/** airbyte_serverless: a shell, both outputs in one, the first line that is no LOG or TRACE is the answer, any TRACE ERROR ends it. */
export const serverless: Host = {
  name: 'airbyte_serverless',
  async run({cache, executable, folder}) {
    const python = pythonWith(join(cache, 'airbyte_serverless'), ['airbyte_serverless==0.37', 'requests']);
    const api = await startValuesApi();
    let jobs = 0;
    const run = (streams: readonly string[], more: object = {}): Promise<Told> => {
      const job = join(folder, `job-${jobs++}.json`);
      writeFileSync(job, JSON.stringify({executable, config: valuesConfig(api.url, streams), streams, ...more}));
      return tell<Told>(python, [fileURLToPath(new URL('serverless.py', import.meta.url)), job], folder);
    };
    try {
      const first = await run(['rows', 'plain']);
      assert.equal(typeof parse(first.example), 'object');
      assert.deepEqual([first.status, first.streams], [{status: 'SUCCEEDED'}, ['rows', 'plain']]);
      assert.deepEqual(first.records, {rows: 2, plain: 2});
      const last = ['rows', 'plain'].map((name) =>
        first.states?.findLast(({stream}) => stream.stream_descriptor.name === name),
      );
      const second = await run(['rows', 'plain'], {state: last});
      assert.deepEqual(second.records, {plain: 2});
      api.change();
      const third = await run(['rows', 'plain'], {state: last});
      assert.deepEqual(third.records, {rows: 2, plain: 3});
      const broken = await run(['plain', 'broken']);
      assert.match(broken.error ?? '', /AirbyteSourceException.*config_error.*403|AirbyteSourceException.*403/);
    } finally {
      await api.close();
    }
    const said = await runSnippet(python, 'serverless', {'source-rest-api': executable}, folder);
    assert.match(said, /^SUCCEEDED$.*^152 records$/ms);
  },
};
