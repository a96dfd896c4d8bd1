import {expect} from 'vitest';
import {examples} from '../config/examples.js';
import type {FakeClock} from '../support/fake-clock.js';
import {expectSoundCatalog, expectSoundRead, Messages} from '../support/protocol.js';
import {configured} from '../support/run-cli.js';
import {runSource, type SourceRun} from '../support/run-source.js';

/** What `discover` says about a stream. */
export interface Discovered {
  readonly key: unknown;
  readonly cursor: unknown;
  readonly modes: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A worked example of the reference as its text, with other hosts. */
export function example(title: string, hosts: Readonly<Record<string, string>>): string {
  const found = examples.find((candidate) => candidate.title.startsWith(title));
  if (found === undefined) throw new Error(`no example ${title}`);
  let {text} = found;
  for (const [host, url] of Object.entries(hosts)) {
    expect(text, `${title} names ${host}`).toContain(host);
    text = text.replaceAll(host, url);
  }
  return text;
}

/**
 * A configuration as somebody pastes it into the web form (the text in `config`, the secrets beside it), and the commands
 * that the platform runs with it. Every output is checked against the protocol.
 */
export class Connection {
  readonly config: object;
  readonly clock: FakeClock;
  #catalog: Messages | undefined;

  constructor(text: string, secrets: Readonly<Record<string, string>>, clock: FakeClock) {
    this.config = {config: text, secrets: JSON.stringify(secrets)};
    this.clock = clock;
  }

  async check(): Promise<{readonly status: string; readonly message: string}> {
    const {messages} = await this.#run(['check', '--config', this.config]);
    const answer = messages.all.find((message) => message.type === 'CONNECTION_STATUS');
    const {status = 'none', message} = answer?.connectionStatus ?? {};
    return {
      status,
      message:
        message ??
        messages
          .errors()
          .map((error) => error.message)
          .join('\n'),
    };
  }

  async discover(): Promise<Readonly<Record<string, Discovered>>> {
    const {code, messages, stdout} = await this.#run(['discover', '--config', this.config]);
    expect(code, stdout).toBe(0);
    expectSoundCatalog(messages);
    this.#catalog = messages;
    const streams = messages.all.flatMap((message) => (message.type === 'CATALOG' ? message.catalog.streams : []));
    return Object.fromEntries(
      streams.map(({name, json_schema, source_defined_primary_key, default_cursor_field, supported_sync_modes}) => [
        name,
        {
          key: source_defined_primary_key,
          cursor: default_cursor_field,
          modes: supported_sync_modes,
          properties: {...Object(Object.getOwnPropertyDescriptor(json_schema, 'properties')?.value)},
        },
      ]),
    );
  }

  /** Reads every stream incrementally, after `discover`; `before` is the read whose last states are handed in. */
  async read(before?: Messages): Promise<Messages> {
    const {code, messages} = await this.readAnyhow(before);
    expect(messages.errors()).toEqual([]);
    expect(code).toBe(0);
    return messages;
  }

  /** As `read`, for reads that may fail. `syncId`: the job of the platform, the same in its further attempts. */
  async readAnyhow(before?: Messages, syncId?: number): Promise<SourceRun> {
    const catalog = this.#catalog ?? new Messages('');
    const state = before === undefined ? [] : ['--state', JSON.parse(before.stateFile())];
    const run = await this.#run([
      'read',
      '--config',
      this.config,
      '--catalog',
      configured(catalog, {...(syncId !== undefined && {syncId})}),
      ...state,
    ]);
    const names = catalog.all.flatMap((message) =>
      message.type === 'CATALOG' ? message.catalog.streams.map(({name}) => name) : [],
    );
    expectSoundRead(run.messages, names);
    return run;
  }

  async #run(args: Parameters<typeof runSource>[0]): Promise<SourceRun> {
    const run = await runSource(args, {clock: this.clock});
    expect(run.stderr).toBe('');
    return run;
  }
}

/** The values of one field of a stream's records, in order; a dotted path goes into objects. */
export function column(messages: Messages, stream: string, path: string): unknown[] {
  return messages.records(stream).map((record) => {
    let value: unknown = record;
    for (const name of path.split('.')) value = Object(value)[name];
    return value;
  });
}
