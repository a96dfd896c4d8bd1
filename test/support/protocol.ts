import {readFileSync} from 'node:fs';
import {Ajv} from 'ajv';
import {expect} from 'vitest';
import type {
  AirbyteMessage,
  ErrorTrace,
  LogMessage,
  RecordMessage,
  StateMessage,
  StreamStatusTrace,
} from '../../src/airbyte/protocol.generated.js';

const schema: object = JSON.parse(
  readFileSync(new URL('../../src/airbyte/protocol.schema.json', import.meta.url), 'utf8'),
);
const isMessage = new Ajv({strict: false, validateFormats: false}).compile<AirbyteMessage>(schema);

/** The stdout of a command, line by line; every line is checked against the protocol's schema. */
export class Messages {
  readonly text: string;
  readonly lines: readonly string[];
  readonly all: readonly AirbyteMessage[];

  constructor(text: string) {
    this.text = text;
    expect(text === '' || text.endsWith('\n'), 'the last line ends with a line break').toBe(true);
    this.lines = text === '' ? [] : text.slice(0, -1).split('\n');
    this.all = this.lines.map((line) => {
      const message: unknown = JSON.parse(line);
      if (isMessage(message)) return message;
      throw new Error(`no Airbyte message: ${line.slice(0, 500)}\n${JSON.stringify(isMessage.errors?.slice(-3))}`);
    });
  }

  /** The data of a stream's records, in order; of all streams without a name. */
  records(stream?: string): Record<string, unknown>[] {
    return this.recordMessages(stream).map(({record}) => ({...record.data}));
  }

  recordMessages(stream?: string): RecordMessage[] {
    const records = this.all.filter((message) => message.type === 'RECORD');
    return stream === undefined ? records : records.filter(({record}) => record.stream === stream);
  }

  stateMessages(stream?: string): StateMessage[] {
    const states = this.all.filter((message) => message.type === 'STATE');
    return stream === undefined ? states : states.filter(({state}) => state.stream.stream_descriptor.name === stream);
  }

  /** The stream_state blobs of a stream, in order. */
  states(stream?: string): Record<string, unknown>[] {
    return this.stateMessages(stream).map(({state}) => ({...state.stream.stream_state}));
  }

  /** The last STATE of every stream as a host would pass them back. */
  stateFile(): string {
    const last = new Map(this.stateMessages().map(({state}) => [state.stream.stream_descriptor.name, state]));
    return JSON.stringify([...last.values()]);
  }

  statusTraces(stream?: string): StreamStatusTrace['stream_status'][] {
    const traces = this.all.flatMap((message) =>
      message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS' ? [message.trace.stream_status] : [],
    );
    return stream === undefined ? traces : traces.filter((status) => status.stream_descriptor.name === stream);
  }

  /** STARTED, RUNNING, RATE_LIMITED, COMPLETE, INCOMPLETE, in order. */
  statuses(stream?: string): string[] {
    return this.statusTraces(stream).map(({status, reasons}) => (reasons === undefined ? status : 'RATE_LIMITED'));
  }

  errors(): ErrorTrace['error'][] {
    return this.all.flatMap((message) =>
      message.type === 'TRACE' && message.trace.type === 'ERROR' ? [message.trace.error] : [],
    );
  }

  logs(level?: LogMessage['log']['level']): string[] {
    return this.all.flatMap((message) =>
      message.type === 'LOG' && (level === undefined || message.log.level === level) ? [message.log.message] : [],
    );
  }

  /** The answers that are no log: SPEC, CONNECTION_STATUS, CATALOG, CONTROL. */
  answers(): AirbyteMessage[] {
    return this.all.filter(({type}) => ['SPEC', 'CONNECTION_STATUS', 'CATALOG', 'CONTROL'].includes(type));
  }
}

/**
 * What holds for the output of every read, whatever happened (contract, and the assertions of Airbyte's acceptance tests):
 * only five types, only configured streams, no empty record, the order of statuses, one STATE at least, true record counts,
 * no two equal states in a row with records between.
 */
export function expectSoundRead(
  messages: Messages,
  streams: readonly string[],
  ended: 'all' | 'stopped' = 'all',
): void {
  for (const {type} of messages.all) expect(['RECORD', 'STATE', 'LOG', 'TRACE', 'CONTROL']).toContain(type);
  for (const {record} of messages.recordMessages()) {
    expect(streams).toContain(record.stream);
    expect(Object.keys(record.data).length).toBeGreaterThan(0);
  }
  for (const name of streams) {
    expectSoundStatuses(messages.statuses(name), name, ended);
    expectSoundStates(messages, name, ended);
  }
}

function expectSoundStatuses(statuses: readonly string[], name: string, ended: 'all' | 'stopped'): void {
  if (ended === 'stopped' && statuses.length === 0) return;
  expect(statuses[0], `${name}: first status`).toBe('STARTED');
  const last = statuses.at(-1);
  const isEnd = last === 'COMPLETE' || last === 'INCOMPLETE';
  if (ended === 'all') expect(isEnd, `${name}: last status ${last}`).toBe(true);
  const between = statuses.slice(1, isEnd ? -1 : undefined);
  expect(between[0], `${name}: second status`).toBe('RUNNING');
  for (const status of between) expect(['RUNNING', 'RATE_LIMITED'], `${name}: ${statuses.join()}`).toContain(status);
  if (last === 'COMPLETE') expect(between.at(-1), `${name}: RATE_LIMITED is left standing`).toBe('RUNNING');
}

function expectSoundStates(messages: Messages, name: string, ended: 'all' | 'stopped'): void {
  let since = 0;
  let counted = 0;
  let total = 0;
  let before: string | undefined;
  let lastStatus: string | undefined;
  for (const message of messages.all) {
    if (message.type === 'RECORD' && message.record.stream === name) {
      expect(lastStatus, `${name}: a record outside of RUNNING`).toBe('RUNNING');
      since++;
      total++;
    } else if (message.type === 'STATE' && message.state.stream.stream_descriptor.name === name) {
      const text = JSON.stringify(message.state.stream.stream_state);
      expect(message.state.sourceStats.recordCount, `${name}: recordCount`).toBe(since);
      if (since > 0) expect(text, `${name}: the same state before and after records`).not.toBe(before);
      counted += since;
      since = 0;
      before = text;
    } else if (message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS') {
      const status = message.trace.stream_status;
      if (status.stream_descriptor.name === name) lastStatus = status.status;
    }
  }
  if (ended === 'all') {
    expect(before, `${name}: no STATE`).toBeDefined();
    if (lastStatus === 'COMPLETE') expect(counted, `${name}: records not covered by a STATE`).toBe(total);
  }
}

/** What holds for every catalog that discover prints. */
export function expectSoundCatalog(messages: Messages): void {
  const [catalog, ...more] = messages.all.filter((message) => message.type === 'CATALOG');
  expect(more).toEqual([]);
  const streams = catalog?.catalog.streams ?? [];
  expect(streams.length).toBeGreaterThan(0);
  expect(new Set(streams.map(({name}) => name)).size).toBe(streams.length);
  const draft7 = new Ajv({strict: false, validateFormats: false});
  for (const stream of streams) {
    expect(draft7.validateSchema({...stream.json_schema}), stream.name).toBe(true);
    const text = JSON.stringify(stream.json_schema);
    for (const word of ['"$ref"', '"allOf"', '"not"', '"additionalProperties":false']) expect(text).not.toContain(word);
    const paths = [...(stream.source_defined_primary_key ?? []), stream.default_cursor_field ?? []];
    for (const path of paths) {
      let at: unknown = stream.json_schema;
      for (const name of path) at = member(member(at, 'properties'), name);
      expect(at, `${stream.name}: ${path.join('.')} in the schema`).toBeDefined();
    }
    expect(Object.keys({...Object(member(stream.json_schema, 'properties'))}).length).toBeGreaterThan(0);
    expect(stream.is_resumable && stream.source_defined_cursor, stream.name).toBe(true);
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
