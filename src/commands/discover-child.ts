import {LineReader} from '../destinations/line-reader.js';
import {memberSpans} from '../destinations/members.js';
import {type Message, readMessage} from '../destinations/message.js';
import {configError, systemError, transientError} from '../errors.js';
import {startChild} from './child.js';
import type {Host} from './command.js';
import type {ConfigFile} from './config-file.js';
import {type Progress, sayLog} from './progress.js';
import {type Discovered, readDiscovered} from './sync-catalog.js';

const failures = {config_error: configError, transient_error: transientError, system_error: systemError};

/** The streams that `discover`, run as a child, finds. `control`: stores a renewed token. Throws what it failed with. */
export async function discover(
  {file, environment}: ConfigFile,
  host: Host,
  progress: Progress | undefined,
  control: (config: string) => Promise<void>,
): Promise<readonly Discovered[]> {
  const child = startChild(['discover', '--config', file, '--env'], host, environment);
  let catalog: string | undefined;
  let error: (Message & {readonly type: 'ERROR'}) | undefined;
  const stored: Promise<void>[] = [];
  const lines = new LineReader();
  const take = () => {
    const message = read(lines);
    if (message.type === 'CATALOG') catalog = message.catalog;
    if (message.type === 'ERROR') error ??= message;
    if (message.type === 'CONTROL') stored.push(control(message.config));
    if (message.type === 'LOG') sayLog(message, progress);
  };
  for await (const chunk of child.stdout) {
    lines.feed(chunk);
    while (lines.next()) take();
  }
  if (lines.last()) take();
  await Promise.all(stored);
  const {code, stderr} = await child.ended;
  if (error !== undefined) throw failures[error.failure](error.message);
  if (catalog !== undefined) return readDiscovered(catalog);
  throw systemError(`discover ended with code ${code} and without a catalog`, {detail: host.secrets.redact(stderr)});
}

function read({bytes, start, end}: LineReader): Message {
  const members = memberSpans(bytes, start, end);
  const span = members.get('type');
  const type: unknown = span === undefined ? undefined : JSON.parse(bytes.toString('utf8', span.start, span.end));
  return typeof type === 'string' ? readMessage(type, bytes, members) : {type: 'OTHER'};
}
