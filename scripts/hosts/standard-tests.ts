import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parse} from 'yaml';
import {startDemoApi} from '../../src/demo/api.js';
import type {Host} from './host.js';
import {pythonWith} from './python.js';
import {standInDocker} from './stand-in-docker.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The standard tests of Airbyte's CDK, which took over the assertions of its connector-acceptance-test, over acceptance-test-config.yml
 * and the demo API: those for images, where the stand-in for docker starts the built CLI, and those for Python sources, by a shim.
 */
export const standardTests: Host = {
  name: 'standard-tests',
  async run({cache, executable, folder}) {
    const python = pythonWith(join(cache, 'airbyte-cdk'), ['airbyte-cdk[dev]==7.39.1']);
    const api = await startDemoApi({port: 0, epoch: 0, flaky: true});
    try {
      const connector = copyOfConnector(folder, api.url);
      const environment = {
        PATH: [standInDocker(folder), process.env['PATH']].join(delimiter),
        SOURCE_REST_API: executable,
        HOME: folder,
        TMPDIR: folder,
      };
      const options = ['--connector-image', 'airbyte/source-rest-api:dev', '--read-from-streams=all'];
      const quiet = [
        '-q',
        '-rs',
        '--no-header',
        '-p',
        'no:cacheprovider',
        '-W',
        'error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning',
      ];
      const {code, said} = await pytest(python, [...quiet, ...options, connector], connector, environment);
      const [, passed = '0'] = /(\d+) passed/.exec(said) ?? [];
      assert.equal(code, 0, said.slice(-20_000));
      assert(Number(passed) >= 12, `only ${passed} of its tests ran:\n${said.slice(-3_000)}`);
      console.log(
        said
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`)
          .join('\n'),
      );
    } finally {
      await api.close();
    }
  },
};

/** The files that the tests want of a connector. They know no TypeScript: `java` is how they are told to test an image. */
function copyOfConnector(folder: string, url: string): string {
  const connector = join(folder, 'source-rest-api');
  mkdirSync(connector);
  writeFileSync(join(connector, 'acceptance-test-config.yml'), forStandardTests('acceptance-test-config.yml'));
  cpSync(join(root, 'spec.json'), join(connector, 'spec.json'));
  cpSync(join(root, 'integration_tests'), join(connector, 'integration_tests'), {recursive: true});
  for (const name of ['config.json', 'invalid_config.json']) {
    const file = join(connector, 'integration_tests', name);
    writeFileSync(file, readFileSync(file, 'utf8').replace('http://127.0.0.1:8787/v1', url));
  }
  const metadata = readFileSync(join(root, 'metadata.yaml'), 'utf8').replace('language:typescript', 'language:java');
  writeFileSync(join(connector, 'metadata.yaml'), metadata);
  writeFileSync(join(connector, 'conftest.py'), 'pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]\n');
  const scripts = fileURLToPath(new URL('.', import.meta.url));
  cpSync(join(scripts, 'shim.py'), join(connector, 'source_rest_api.py'));
  cpSync(join(scripts, 'standard_tests.py'), join(connector, 'test_connector.py'));
  return connector;
}

/** Keys of connector-acceptance-test that its successor refuses. */
const retired = new Set([
  'auth_default_method',
  'expect_records',
  'validate_stream_statuses',
  'fail_on_extra_columns',
  'file_types',
]);

const forStandardTests = (name: string): string =>
  JSON.stringify(parse(readFileSync(join(root, name), 'utf8')), (key, value) => (retired.has(key) ? undefined : value));

function pytest(
  python: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<{readonly code: number | null; readonly said: string}> {
  const child = spawn(python, ['-m', 'pytest', ...args], {cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe']});
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({code, said})));
}
