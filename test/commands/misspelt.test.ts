import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {cli} from '../../src/cli.js';
import {runSource, testHost} from '../support/run-source.js';

test.each([
  [['read', '--cofnig', 'acme.yaml'], /unknown option '--cofnig'\n\(Did you mean --config\?\)/],
  [['discover', '--cofnig', 'acme.yaml'], /unknown option '--cofnig'/],
  [['read', '--config', 'acme.yaml'], /required option '--catalog <file>' not specified/],
  [['check'], /required option '--config <file>' not specified/],
])('%j names what is wrong', async (args, message) => {
  const {code, stderr, messages} = await runSource(args);
  expect([code, stderr]).toEqual([1, '']);
  expect(messages.errors()).toMatchObject([{failure_type: 'config_error', message: expect.stringMatching(message)}]);
});

test('a file of that name beside explain and try is the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'people-'));
  onTestFinished(() => rmSync(folder, {recursive: true}));
  const file = join(folder, 'acme.yaml');
  writeFileSync(file, 'client: {base_url: "http://127.0.0.1:1"}\nresources: [rows, others.json]\n');
  const run = async (...args: string[]) => {
    const {host, stdout, stderr} = testHost();
    return {code: await cli(args, host), out: stdout(), err: stderr()};
  };
  const explained = await run('explain', file, 'rows');
  expect(explained.code).toBe(0);
  expect(explained.out).toMatch(/^rows/);
  expect((await run('explain', file)).out).toContain('others.json');
  expect((await run('try', file, 'rowz')).err).toContain('there is no resource rowz; did you mean rows?');
  expect((await run('explain', 'others.json', '--config', file)).out).toMatch(/^others\.json/);
  expect((await run('explain', 'rows', 'others.json', '--config', file)).err).toContain('explain takes one resource');
});
