import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {runCli} from '../support/run-cli.js';
import {runSource} from '../support/run-source.js';

const file: unknown = JSON.parse(readFileSync(new URL('../../spec.json', import.meta.url), 'utf8'));

test('prints exactly spec.json, and nothing on stderr', async () => {
  const {code, messages, stderr} = await runCli(['spec']);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(messages.all).toHaveLength(1);
  expect(messages.all).toEqual([{type: 'SPEC', spec: file}]);
});

test('runs neither zod nor axios nor yaml', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spec-'));
  try {
    await runCli(['spec'], {environment: {NODE_V8_COVERAGE: folder}});
    const [name = ''] = readdirSync(folder);
    const {result}: {result: {functions: {functionName: string; ranges: {count: number}[]}[]}[]} = JSON.parse(
      readFileSync(join(folder, name), 'utf8'),
    );
    // In the bundle a file is a function of its name.
    const ran = result.flatMap(({functions}) =>
      functions.filter(({ranges: [whole]}) => whole !== undefined && whole.count > 0).map((each) => each.functionName),
    );
    expect(ran).toContain('src/commands/spec.ts');
    expect(ran.filter((each) => /^node_modules\/(zod|axios|axios-retry|yaml)\//.test(each))).toEqual([]);
  } finally {
    rmSync(folder, {recursive: true});
  }
});

test('arguments it does not know are a TRACE ERROR, not words on stderr', async () => {
  const {code, messages, stderr} = await runSource(['spec', '--unknown']);
  expect(code).toBe(1);
  expect(stderr).toBe('');
  expect(messages.errors()).toEqual([{failure_type: 'config_error', message: "unknown option '--unknown'"}]);
});
