import type {Sink} from '../airbyte/stdout.js';
import type {Clock} from '../clock.js';
import type {Log} from '../log.js';
import type {Secrets} from '../secrets.js';
import type {Unfinished} from '../unfinished.js';

/** One command. Its module exports it as `command`; cli.ts loads only the module of the command that was called. */
export interface Command {
  /** One line for --help. */
  readonly summary: string;
  /** Positional arguments in commander's spelling: `[resource...]`. */
  readonly arguments?: string;
  readonly options: readonly CommandOption[];
  /** Shown by --help, and run by a test: what follows `source-rest-api`. */
  readonly example: string;
  /** Speaks the Airbyte protocol: nothing on stderr, faults in the arguments become TRACE ERROR. */
  readonly protocol?: true;
  /** Returns the exit code. What it throws is printed by cli.ts. */
  run(invocation: Invocation, host: Host): Promise<number>;
}

export interface CommandOption {
  /** In commander's spelling: `--config <file>`. */
  readonly flags: string;
  readonly text: string;
  /** Its name is one word. */
  readonly required?: true;
}

export interface Invocation {
  readonly args: readonly string[];
  /** By camel-cased name: `--full-refresh` is fullRefresh. A flag is true. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The process as the commands see it: main.ts has the real one, tests their own. */
export interface Host {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: AsyncIterable<Buffer>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: {readonly stdout: boolean; readonly stderr: boolean; readonly columns: number};
  /** How to run this program again: the interpreter and the main file. */
  readonly self: readonly string[];
  /** Bytes of memory the process may use, where something limits it. */
  readonly memoryLimit?: number | undefined;
  readonly clock: Clock;
  /** The timer of the heartbeat: the same clock, but in tests one that does not move by itself. */
  readonly alarm: Clock;
  readonly secrets: Secrets;
  /** Awaited before the command is over. */
  readonly unfinished: Unfinished;
  /** Aborts on SIGTERM, SIGINT and when stdout is closed. */
  readonly signal: AbortSignal;
  /** Where Node's warnings go, and what prints an exception nobody caught, from now on. */
  watch(watcher: {readonly log: Log; readonly crash: (error: unknown) => Promise<void>}): void;
}

/** The value of `--name <text>`, if it was given. */
export const textOption = ({options}: Invocation, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

export const flagOption = ({options}: Invocation, name: string): boolean => options[name] === true;
