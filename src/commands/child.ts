import {type ChildProcess, spawn} from 'node:child_process';
import {systemError} from '../errors.js';
import type {Host} from './command.js';

/** This program run again, as a platform runs it: its answers come over a real pipe. */
export interface Child {
  readonly stdout: AsyncIterable<Buffer>;
  /** Asks it to end: it prints its last state and ends its output. */
  stop(): void;
  /** The exit code and what it said on stderr, once it has ended; 143 after a signal. */
  readonly ended: Promise<{readonly code: number; readonly stderr: string}>;
}

/** Characters kept of what a child says on stderr: a protocol command says nothing there, so it is a crash. */
const kept = 4_000;

export function startChild(
  args: readonly string[],
  host: Pick<Host, 'self' | 'signal' | 'unfinished'>,
  environment: Readonly<Record<string, string | undefined>>,
): Child {
  const [program = 'node', ...main] = host.self;
  // In a group of its own: Ctrl-C in the terminal reaches this process, which then asks the child for its last state.
  const child = spawn(program, [...main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...environment},
    detached: true,
  });
  const {stdout} = child;
  const stop = () => {
    child.kill('SIGTERM');
  };
  host.signal.addEventListener('abort', stop, {once: true});
  if (host.signal.aborted) stop();
  const ended = watch(child).finally(() => host.signal.removeEventListener('abort', stop));
  // Whoever reads the output may fail first, and then nobody else waits for this. It may be renewing a token.
  host.unfinished.keep(ended).catch(() => undefined);
  return {stdout, stop, ended};
}

function watch(child: ChildProcess): Promise<{code: number; stderr: string}> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-kept);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(systemError(`the process that reads cannot be started: ${error.message}`, {cause: error})),
    );
    child.once('close', (code) => resolve({code: code ?? 143, stderr: stderr.trim()}));
  });
}
