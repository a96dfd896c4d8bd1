import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {Messages} from './protocol.js';

export const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Arguments as text or objects: an object is written to a file as JSON, a Buffer as it is, and the file's path takes its
 * place.
 */
export type Argument = string | object;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as messages of the protocol; throws for a line that is none. */
  readonly messages: Messages;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Program and arguments in front of the interpreter's: `unshare …`. */
  readonly inside?: readonly string[];
}

export interface RunOptions extends StartOptions {
  /** Called with everything on stdout so far, whenever something arrives: to send signals at the right moment. */
  readonly onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/**
 * Starts the built program (`npm run build`); the caller reads both pipes. The environment is empty but for what is given. The
 * files of the arguments are gone once it has ended.
 */
export function startCli(
  args: readonly Argument[],
  {environment, cwd, inside = []}: StartOptions = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const files = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
  const texts = args.map((argument, index) => {
    if (typeof argument === 'string') return argument;
    const file = join(files, `${index}.json`);
    writeFileSync(file, Buffer.isBuffer(argument) ? argument : JSON.stringify(argument));
    return file;
  });
  const [program = '', ...rest] = [...inside, process.execPath, main, ...texts];
  const child = spawn(program, rest, {
    cwd: cwd ?? files,
    env: {PATH: process.env['PATH'], ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once('close', () => rmSync(files, {recursive: true, force: true}));
  return child;
}

/** Runs the built program and waits for its end. */
export function runCli(args: readonly Argument[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = startCli(args, options);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.onStdout?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({
        code,
        signal,
        stdout,
        stderr,
        get messages() {
          return new Messages(stdout);
        },
      });
    });
  });
}

/** A configured catalog for the streams of a discovered one, as the platform sends it: optional fields are null. */
export function configured(
  catalog: Messages,
  options: {
    readonly mode?: 'full_refresh' | 'incremental';
    readonly syncId?: number;
    readonly only?: readonly string[];
  } = {},
): object {
  const streams = catalog.all.flatMap((message) => (message.type === 'CATALOG' ? message.catalog.streams : []));
  return {
    streams: streams
      .filter(({name}) => options.only === undefined || options.only.includes(name))
      .map((stream) => ({
        stream: {...stream, namespace: null},
        sync_mode: options.mode ?? stream.supported_sync_modes.at(-1),
        destination_sync_mode: 'append',
        cursor_field: stream.default_cursor_field ?? null,
        primary_key: stream.source_defined_primary_key ?? null,
        sync_id: options.syncId ?? null,
        generation_id: null,
        minimum_generation_id: null,
      })),
  };
}
