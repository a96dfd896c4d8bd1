import {CommanderError, Command as Program} from 'commander';
import type {Command, Host} from './commands/command.js';
import {toConnectorError} from './errors.js';
import {version} from './version.js';

/** Every command. A new one is its file and a line here; only the one that is called is loaded. */
const commands: Readonly<Record<string, () => Promise<{readonly command: Command}>>> = {
  spec: () => import('./commands/spec.js'),
  check: () => import('./commands/check.js'),
  discover: () => import('./commands/discover.js'),
  read: () => import('./commands/read.js'),
  validate: () => import('./commands/validate.js'),
  explain: () => import('./commands/explain.js'),
  try: () => import('./commands/try.js'),
  sync: () => import('./commands/sync.js'),
  'local-destination': () => import('./commands/local-destination.js'),
};

/** Runs the command that the arguments name. Returns the exit code once all output has left; throws only what is our fault. */
export async function cli(argv: readonly string[], host: Host): Promise<number> {
  const [name = ''] = argv;
  const names = Object.hasOwn(commands, name) ? [name] : Object.keys(commands);
  const loaded = await Promise.all(names.map(async (each) => [each, await load(each)] as const));
  const called = loaded.length === 1 ? loaded[0]?.[1] : undefined;
  const said = {out: '', err: ''};
  let run = (): Promise<number> => Promise.resolve(2);
  const program = new Program('source-rest-api')
    .description('Reads any REST API from a declarative configuration: an Airbyte source, and tools to try it.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        said.out += text;
      },
      writeErr: (text) => {
        said.err += text;
      },
    });
  for (const [each, command] of loaded) {
    declare(program, each, command, (args, options) => {
      run = () => command.run({args, options}, host);
    });
  }
  try {
    program.parse([...argv], {from: 'user'});
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // `help` takes its exit code from the process, which is 1 until all is done.
    if (thrown.exitCode === 0 || said.out !== '') return write(host.stdout, said.out, 0);
    if (called?.protocol === true) {
      const {refuseArguments} = await import('./commands/protocol.js');
      return refuseArguments(thrown.message.replace(/^error: /, ''), host);
    }
    return write(host.stderr, said.err || `${thrown.message}\n`, 2);
  }
  try {
    return await run();
  } catch (thrown) {
    const {message, detail, failureType} = toConnectorError(thrown);
    const text = host.secrets.redact(detail === undefined ? message : `${message}\n${detail}`);
    return write(host.stderr, `${text}\n`, failureType === 'config_error' ? 2 : 1);
  } finally {
    await host.unfinished.settled();
  }
}

async function load(name: string): Promise<Command> {
  const module = await commands[name]?.();
  if (module === undefined) throw new Error(`no command ${name}`);
  return module.command;
}

function declare(
  program: Program,
  name: string,
  command: Command,
  called: (args: readonly string[], options: Readonly<Record<string, unknown>>) => void,
): void {
  const sub = program.command(name).description(command.summary);
  if (command.arguments !== undefined) sub.argument(command.arguments);
  for (const {flags, text} of command.options) sub.option(flags, text);
  sub.addHelpText('after', `\nExample:\n  source-rest-api ${command.example}\n`);
  sub.action(() => {
    refuseMissing(sub, command);
    called(sub.args, sub.opts());
  });
}

/**
 * Not commander's own checks: the one of required options comes before that of unknown ones, so that `--cofnig` would be a
 * missing --config, and `--since --config acme.yaml` would start at "--config".
 */
function refuseMissing(sub: Program, {options}: Command): void {
  for (const {flags, required} of options) {
    const name = /^--([\w-]+)/.exec(flags)?.[1] ?? '';
    const value = sub.getOptionValue(name);
    if (typeof value === 'string' && value.startsWith('--')) {
      sub.error(`error: option '${flags}' argument missing`, {code: 'commander.optionMissingArgument'});
    }
    if (required === true && value === undefined) {
      sub.error(`error: required option '${flags}' not specified`, {code: 'commander.missingMandatoryOptionValue'});
    }
  }
}

function write(sink: Host['stdout'], text: string, code: number): Promise<number> {
  return new Promise((resolve) => {
    sink.write(Buffer.from(text, 'utf8'), () => resolve(code));
  });
}
