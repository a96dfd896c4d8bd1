import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
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

test('loads neither zod nor axios nor yaml', async () => {
  const {code} = await runCli(['spec'], {
    environment: {NODE_OPTIONS: `--import=${fileURLToPath(new URL('./refuse-heavy.mjs', import.meta.url))}`},
  });
  expect(code).toBe(0);
});

test('arguments it does not know are a TRACE ERROR, not words on stderr', async () => {
  const {code, messages, stderr} = await runSource(['spec', '--unknown']);
  expect(code).toBe(1);
  expect(stderr).toBe('');
  expect(messages.errors()).toEqual([{failure_type: 'config_error', message: "unknown option '--unknown'"}]);
});
