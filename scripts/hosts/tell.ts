import {spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {startAcme} from './acme.js';
import {snippet} from './snippets.js';

type Environment = Readonly<Record<string, string>>;

/** What a Python program says on stdout. Throws, with the end of both outputs, when it fails. */
function run(python: string, args: readonly string[], cwd: string, more: Environment = {}): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    TMPDIR: cwd,
    // Of PyAirbyte: no question to the registry of connectors, no telemetry, no log outside.
    AIRBYTE_OFFLINE_MODE: '1',
    DO_NOT_TRACK: '1',
    AIRBYTE_LOGGING_ROOT: cwd,
    ...more,
  };
  const child = spawn(python, args, {cwd, env});
  let said = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`${args[0]} ended with ${code}:\n${said.slice(-2_000)}\n${errors.slice(-3_000)}`));
    });
  });
}

/** The JSON in the last line that a Python program says. */
export async function tell<T>(
  python: string,
  args: readonly string[],
  cwd: string,
  environment: Environment = {},
): Promise<T> {
  const said = await run(python, args, cwd, environment);
  return JSON.parse(said.trimEnd().split('\n').at(-1) ?? '');
}

/** Runs a block of docs/hosts.md against the API of that document. */
export async function runSnippet(
  python: string,
  name: string,
  substitutions: Readonly<Record<string, string>>,
  cwd: string,
): Promise<string> {
  const api = await startAcme();
  try {
    const file = join(cwd, `${name}-snippet.py`);
    writeFileSync(file, snippet(name, {'https://api.example.com': api.url, ...substitutions}));
    return await run(python, [file], cwd);
  } finally {
    await api.close();
  }
}
