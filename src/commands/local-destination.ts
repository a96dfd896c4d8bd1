import {objectOr, readInput} from '../airbyte/input.js';
import {didYouMean} from '../config/did-you-mean.js';
import {openText} from '../config/open-document.js';
import {Application} from '../destinations/apply.js';
import {readTargets} from '../destinations/catalog.js';
import {openDestination} from '../destinations/places.js';
import {configError} from '../errors.js';
import {type Command, type Host, type Invocation, textOption} from './command.js';

export const command: Command = {
  summary: 'store the rows and states that a source prints (Airbyte), from stdin',
  options: [
    {
      flags: '--config <file>',
      text: 'where to: {"into": "acme.duckdb"}, or as in sync a folder (with "format") or postgres://…',
      required: true,
    },
    {flags: '--catalog <file>', text: 'the configured catalog', required: true},
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
    for (const {name, sink} of open) {
      const stored = `${sink.counts.rows} rows are stored; a table that was to be replaced stays as it was`;
      await print(Buffer.from(`${name} is not complete: ${stored}\n`, 'utf8'), host.stderr);
    }
    if (open.length === 0) return 0;
    return open.length < streams.length ? 3 : 1;
  } finally {
    await destination.close();
  }
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
