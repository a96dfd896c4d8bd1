import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {cli} from '../../src/cli.js';
import type {Clock} from '../../src/clock.js';
import type {Host} from '../../src/commands/command.js';
import {Secrets} from '../../src/secrets.js';
import {Unfinished} from '../../src/unfinished.js';
import {FakeClock} from './fake-clock.js';
import {Messages} from './protocol.js';
import type {Argument} from './run-cli.js';

export interface SourceRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly messages: Messages;
}

/** A process whose stdout and stderr are kept in memory, and whose clock moves by itself unless one is given. */
export function testHost(
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly clock?: Clock;
    readonly signal?: AbortSignal;
  } = {},
): {readonly host: Host; readonly stdout: () => string; readonly stderr: () => string} {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const sink = (chunks: Buffer[]): Host['stdout'] => ({
    write(bytes, done) {
      chunks.push(Buffer.from(bytes));
      setImmediate(done);
    },
  });
  return {
    host: {
      stdout: sink(out),
      stderr: sink(err),
      stdin: (async function* () {})(),
      environment: options.environment ?? {},
      terminal: {stdout: false, stderr: false, columns: 100},
      self: [],
      memoryLimit: undefined,
      clock: options.clock ?? new FakeClock(),
      alarm: new FakeClock({auto: false}),
      secrets: new Secrets(),
      unfinished: new Unfinished(),
      signal: options.signal ?? new AbortController().signal,
      watch: () => undefined,
    },
    stdout: () => Buffer.concat(out).toString('utf8'),
    stderr: () => Buffer.concat(err).toString('utf8'),
  };
}

/** Runs a command in this process. Objects among the arguments are written to files, their paths take their place. */
export async function runSource(
  args: readonly Argument[],
  options: Parameters<typeof testHost>[0] = {},
): Promise<SourceRun> {
  const files = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
  const texts = args.map((argument, index) => {
    if (typeof argument === 'string') return argument;
    const file = join(files, `${index}.json`);
    writeFileSync(file, JSON.stringify(argument));
    return file;
  });
  const {host, stdout, stderr} = testHost(options);
  const code = await cli(texts, host);
  return {code, stdout: stdout(), stderr: stderr(), messages: new Messages(stdout())};
}
