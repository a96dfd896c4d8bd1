import {objectOr, readInput} from '../airbyte/input.js';
import {openText} from '../config/open-document.js';
import {counted} from '../counted.js';
import {Application, type Progress} from '../destinations/apply.js';
import {readTargets} from '../destinations/catalog.js';
import {openDestination} from '../destinations/places.js';
import {withoutPassword} from '../destinations/without-password.js';
import {didYouMean} from '../did-you-mean.js';
import {configError} from '../errors.js';
import {type Command, flagOption, type Host, type Invocation, textOption} from './command.js';

export const command: Command = {
  summary: 'store the rows and states that a source prints (Airbyte), from stdin',
  options: [
    {
      flags: '--config <file>',
      text: 'where to: {"into": "acme.duckdb"}, or as in sync a folder (with "format") or postgres://…',
      required: true,
    },
    {flags: '--catalog <file>', text: 'the configured catalog', required: true},
    {flags: '--quiet', text: 'print errors only: the exit code says that a stream is not complete'},
    {flags: '--json', text: 'print the result as JSON, on stderr: stdout has the states'},
  ],
  example: 'local-destination --config into.json --catalog catalog.json',
  run: localDestination,
};

/** Prints each STATE line once what it covers is committed. 0: every stream is complete; 3: some are; 1: none. */
async function localDestination(invocation: Invocation, host: Host): Promise<number> {
  const configFile = textOption(invocation, 'config') ?? '';
  const {into, format} = readPlace(configFile, await readInput('config', configFile));
  const targets = await readTargets(textOption(invocation, 'catalog') ?? '');
  const destination = await openDestination(into, format, host.clock);
  try {
    const sinks = await destination.begin(targets, {sample: false});
    const application = new Application({
      input: host.stdin,
      sinks,
      clock: host.clock,
      committed: (line) => print(Buffer.concat([line, Buffer.from('\n', 'utf8')]), host.stdout),
    });
    await application.run();
    const streams = [...application.streams.values()];
    const open = streams.filter(({status}) => status !== 'complete');
    const result = flagOption(invocation, 'json') ? jsonResult(into, streams) : textResult(open);
    if (flagOption(invocation, 'json') || !flagOption(invocation, 'quiet')) {
      await print(Buffer.from(host.secrets.redact(result), 'utf8'), host.stderr);
    }
    if (open.length === 0) return 0;
    return open.length < streams.length ? 3 : 1;
  } finally {
    await destination.close();
  }
}

const textResult = (open: readonly Progress[]): string =>
  open
    .map(({name, sink}) => {
      const stored = `${counted(sink.counts.rows, 'row')} stored; a table that was to be replaced stays as it was`;
      return `${name} is not complete: ${stored}\n`;
    })
    .join('');

function jsonResult(into: string, streams: readonly Progress[]): string {
  const results = streams.map(({name, namespace, sink, status}) => ({
    stream: name,
    ...(namespace !== undefined && {namespace}),
    status: status === 'complete' ? status : 'incomplete',
    rows: sink.counts.rows,
  }));
  const rows = results.reduce((sum, stream) => sum + stream.rows, 0);
  return `${JSON.stringify({into: withoutPassword(into), rows, streams: results})}\n`;
}

const keys = ['into', 'format'];

function readPlace(file: string, text: string): {readonly into: string; readonly format: string | undefined} {
  const config = objectOr(openText(text).value);
  for (const key of Object.keys(config ?? {})) {
    if (!keys.includes(key)) {
      throw configError(`--config ${file}: unknown key ${key}${didYouMean(key, keys)}; there are ${keys.join(', ')}`);
    }
  }
  const into = config?.['into'];
  const format = config?.['format'] ?? undefined;
  if (typeof into !== 'string' || into === '')
    throw configError(`--config ${file}: no "into"; {"into": "acme.duckdb"}`);
  if (format !== undefined && typeof format !== 'string')
    throw configError(`--config ${file}: "format" must be a text`);
  return {into, format};
}

function print(bytes: Buffer, sink: Host['stdout']): Promise<void> {
  return new Promise((resolve) => {
    sink.write(bytes, () => resolve());
  });
}
