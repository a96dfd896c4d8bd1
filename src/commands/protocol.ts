import {Output} from '../airbyte/output.js';
import {StdoutClosed} from '../airbyte/stdout.js';
import {configError, toConnectorError} from '../errors.js';
import type {LogLevel} from '../log.js';
import {type CommandOption, flagOption, type Host, type Invocation} from './command.js';

/** Of every protocol command. */
export const commonOptions: readonly CommandOption[] = [
  {flags: '--debug', text: 'log every attempt of a request (as LOG_LEVEL=debug)'},
  {flags: '--env', text: 'fill in placeholders of environment variables (a name in braces after $)'},
];

export const configOption: CommandOption = {
  flags: '--config <file>',
  text: 'the configuration, JSON or YAML',
  required: true,
};

/**
 * Runs a protocol command: gives it the writer, turns what it throws into TRACE ERROR and exit 1, and returns only when
 * everything has left. An interrupted or unheard command ends quietly.
 */
export async function speakProtocol(
  invocation: Invocation,
  host: Host,
  options: {readonly holdControl: boolean},
  work: (output: Output) => Promise<number>,
): Promise<number> {
  const {clock, secrets} = host;
  const level = flagOption(invocation, 'debug') ? 'debug' : logLevel(host.environment['LOG_LEVEL']);
  const output = new Output({sink: host.stdout, clock, secrets, level, holdControl: options.holdControl});
  const fail = async (thrown: unknown): Promise<void> => {
    await output.failure(toConnectorError(thrown));
    await output.flush();
  };
  host.watch({log: output, crash: fail});
  try {
    let code = 1;
    try {
      code = await work(output);
    } catch (thrown) {
      if (thrown instanceof StdoutClosed) throw thrown;
      if (!host.signal.aborted) await fail(thrown);
    }
    await output.releaseControl();
    await output.flush();
    return code;
  } catch (thrown) {
    if (thrown instanceof StdoutClosed) return 1;
    throw thrown;
  }
}

/** What is wrong with the arguments of a protocol command, as the TRACE ERROR that hosts read. */
export async function refuseArguments(message: string, host: Host): Promise<number> {
  const invocation = {args: [], options: {}};
  return speakProtocol(invocation, host, {holdControl: false}, () => Promise.reject(configError(message)));
}

/** LOG_LEVEL in its usual spellings, those of other loggers too. */
const levels: Readonly<Record<string, LogLevel>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'error',
};

const logLevel = (text: string | undefined): LogLevel => levels[text?.trim().toLowerCase() ?? ''] ?? 'info';

/** The warning for a LOG_LEVEL that is none. */
export function unknownLevel(text: string | undefined): string | undefined {
  const level = text?.trim() ?? '';
  if (level === '' || Object.hasOwn(levels, level.toLowerCase())) return undefined;
  return `LOG_LEVEL=${level.slice(0, 40)} is no level: debug, info, warn or error; info is used`;
}
