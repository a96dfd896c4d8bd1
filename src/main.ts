import {totalmem} from 'node:os';
import {setFlagsFromString} from 'node:v8';
import {systemClock} from './clock.js';
import type {Host} from './commands/command.js';
import {cgroupLimit} from './memory-limit.js';
import {Secrets} from './secrets.js';
import {Unfinished} from './unfinished.js';

/** A forgotten promise that lets the process end early must not look like success. */
process.exitCode = 1;

/**
 * The heap stays small (bench/README.md): a young generation that grows would keep the pages that have been written, which lie
 * outside the heap, until its next collection, and an old one that may triple would hold 25 MB of garbage after a million records.
 */
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=50');

/** After a signal, what is not flushed in this time is given up: a STATE not printed only means rows again. */
const flushLimit = 3_000;

/** The same while a refresh token is being exchanged, which nobody else has: less than the 10 s that `docker stop` gives. */
const renewalLimit = 8_000;

/** Handles left open after the last line must not keep a host waiting. */
const lingerLimit = 2_000;

const stop = new AbortController();
let watcher: Parameters<Host['watch']>[0] | undefined;

const host: Host = {
  stdout: process.stdout,
  stderr: process.stderr,
  get stdin() {
    return process.stdin;
  },
  environment: process.env,
  terminal: {
    stdout: process.stdout.isTTY === true,
    stderr: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 80,
  },
  self: process.argv.slice(0, 2),
  get memoryLimit() {
    return memoryLimit();
  },
  clock: systemClock,
  alarm: systemClock,
  secrets: new Secrets(),
  unfinished: new Unfinished(),
  signal: stop.signal,
  watch: (next) => {
    watcher = next;
  },
};

/** Of the container; without one it is none, or more than there is. */
function memoryLimit(): number | undefined {
  const limit = cgroupLimit();
  return limit !== undefined && limit < totalmem() ? limit : undefined;
}

let ending: Promise<number> | undefined;

/** Hosts tell a stop from a failure by death through the signal itself, so the default action follows once all is said. */
function endBySignal(signal: 'SIGTERM' | 'SIGINT', code: number): void {
  process.exitCode = code;
  if (stop.signal.aborted) return;
  stop.abort(new Error(`stopped by ${signal}`));
  const finish = (): void => {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // The kernel ignores the signal's default for PID 1: then the process ends with the code instead.
    setImmediate(() => setTimeout(() => process.exit(code), 100));
  };
  const limit = setTimeout(finish, host.unfinished.isEmpty ? flushLimit : renewalLimit);
  void ending
    ?.catch(() => undefined)
    .finally(() => {
      clearTimeout(limit);
      finish();
    });
}

process.on('SIGTERM', () => endBySignal('SIGTERM', 143));
process.on('SIGINT', () => endBySignal('SIGINT', 130));

// The reader is gone: nobody is left to tell.
process.stdout.on('error', () => {
  stop.abort(new Error('stdout is closed'));
  setTimeout(() => process.exit(1), lingerLimit).unref();
});
process.stderr.on('error', () => undefined);

process.removeAllListeners('warning');
process.on('warning', (warning) => watcher?.log.warn(`${warning.name}: ${warning.message}`));

process.on('uncaughtException', (error) => crash(error));
process.on('unhandledRejection', (error) => crash(error));

function crash(error: unknown): void {
  if (stop.signal.aborted) return;
  stop.abort(error);
  process.exitCode = 1;
  const text = error instanceof Error ? error.message : String(error);
  if (watcher === undefined) process.stderr.write(`internal error: ${host.secrets.redact(text)}\n`);
  const said = watcher === undefined ? Promise.resolve() : watcher.crash(error);
  said.catch(() => undefined).finally(() => process.exit(1));
}

async function main(): Promise<void> {
  const {cli} = await import('./cli.js');
  ending = cli(process.argv.slice(2), host);
  const code = await ending;
  if (stop.signal.aborted) return;
  process.exitCode = code;
  stop.abort(new Error('the command has ended'));
  // Hosts that have their answer send SIGTERM: from here on its default is right.
  process.removeAllListeners('SIGTERM');
  process.removeAllListeners('SIGINT');
  setTimeout(() => process.exit(), lingerLimit).unref();
}

void main().catch(crash);
