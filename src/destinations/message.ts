import * as z from 'zod';
import {memberSpans, type Spans} from './members.js';

/** A stream as its messages name it. */
export interface Named {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** What a line of the protocol says, beside RECORD. Texts are JSON as received. */
export type Message =
  | {readonly type: 'STATE'; readonly stream: Named | undefined; readonly state: string | undefined}
  | {
      readonly type: 'STATUS';
      readonly stream: Named;
      readonly status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';
      /** Epoch ms until which the source waits. */
      readonly waitsUntil: number | undefined;
    }
  | {
      readonly type: 'ERROR';
      readonly message: string;
      readonly failure: 'config_error' | 'transient_error' | 'system_error';
      readonly stream: Named | undefined;
    }
  | {readonly type: 'LOG'; readonly level: string; readonly message: string}
  | {readonly type: 'ANALYTICS'; readonly name: string; readonly value: string}
  | {readonly type: 'CONTROL'; readonly config: string}
  | {readonly type: 'CATALOG'; readonly catalog: string}
  | {readonly type: 'OTHER'};

const named = z
  .object({name: z.string(), namespace: z.string().nullish()})
  .transform(({name, namespace}): Named => ({name, namespace: namespace ?? undefined}));

const reason = z.object({rate_limited: z.object({quota_reset: z.number().nullish()}).nullish()});

const trace = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('STREAM_STATUS'),
    stream_status: z.object({
      stream_descriptor: named,
      status: z.enum(['STARTED', 'RUNNING', 'COMPLETE', 'INCOMPLETE']),
      reasons: z.array(reason).nullish(),
    }),
  }),
  z.object({
    type: z.literal('ERROR'),
    error: z.object({
      message: z.string(),
      failure_type: z.enum(['config_error', 'transient_error', 'system_error']).nullish(),
      stream_descriptor: named.nullish(),
    }),
  }),
  z.object({
    type: z.literal('ANALYTICS'),
    analytics: z.object({type: z.string().nullish(), value: z.string().nullish()}),
  }),
]);

const log = z.object({level: z.string(), message: z.string()});

/** The message of type `type` whose members are `members`. What the protocol does not know, or is broken, is OTHER. */
export function readMessage(type: string, bytes: Buffer, members: Spans): Message {
  const text = (name: string): string | undefined => {
    const span = members.get(name);
    return span === undefined ? undefined : bytes.toString('utf8', span.start, span.end);
  };
  switch (type) {
    case 'STATE': {
      const span = members.get('state');
      return span === undefined ? {type: 'OTHER'} : readState(bytes, span.start, span.end);
    }
    case 'TRACE':
      return readTrace(text('trace'));
    case 'LOG': {
      const parsed = log.safeParse(parse(text('log')));
      return parsed.success ? {type: 'LOG', ...parsed.data} : {type: 'OTHER'};
    }
    case 'CONTROL': {
      const config = innerText(bytes, members, ['control', 'connectorConfig', 'config']);
      return config === undefined ? {type: 'OTHER'} : {type: 'CONTROL', config};
    }
    case 'CATALOG': {
      const catalog = text('catalog');
      return catalog === undefined ? {type: 'OTHER'} : {type: 'CATALOG', catalog};
    }
    default:
      return {type: 'OTHER'};
  }
}

/** A state without a stream (GLOBAL, LEGACY) promises the rows of all streams. */
function readState(bytes: Buffer, start: number, end: number): Message {
  const none = {type: 'STATE', stream: undefined, state: undefined} as const;
  const span = memberSpans(bytes, start, end).get('stream');
  if (span === undefined || isNull(bytes, span.start)) return none;
  const stream = memberSpans(bytes, span.start, span.end);
  const descriptor = stream.get('stream_descriptor');
  if (descriptor === undefined) return none;
  const parsed = named.safeParse(parse(bytes.toString('utf8', descriptor.start, descriptor.end)));
  if (!parsed.success) return none;
  const state = stream.get('stream_state');
  const given = state !== undefined && !isNull(bytes, state.start);
  return {
    type: 'STATE',
    stream: parsed.data,
    state: given ? bytes.toString('utf8', state.start, state.end) : undefined,
  };
}

function readTrace(text: string | undefined): Message {
  const parsed = trace.safeParse(parse(text));
  if (!parsed.success) return {type: 'OTHER'};
  switch (parsed.data.type) {
    case 'STREAM_STATUS': {
      const {stream_descriptor: stream, status, reasons} = parsed.data.stream_status;
      const waitsUntil = reasons?.[0]?.rate_limited?.quota_reset ?? undefined;
      return {type: 'STATUS', stream, status, waitsUntil};
    }
    case 'ERROR': {
      const {message, failure_type, stream_descriptor} = parsed.data.error;
      return {type: 'ERROR', message, failure: failure_type ?? 'system_error', stream: stream_descriptor ?? undefined};
    }
    case 'ANALYTICS': {
      const {type, value} = parsed.data.analytics;
      return {type: 'ANALYTICS', name: type ?? '', value: value ?? ''};
    }
  }
}

function innerText(bytes: Buffer, members: Spans, path: readonly string[]): string | undefined {
  const [first, ...rest] = path;
  const span = first === undefined ? undefined : members.get(first);
  if (span === undefined || isNull(bytes, span.start)) return undefined;
  if (rest.length === 0) return bytes.toString('utf8', span.start, span.end);
  return innerText(bytes, memberSpans(bytes, span.start, span.end), rest);
}

const isNull = (bytes: Buffer, at: number): boolean => bytes[at] === 0x6e;

const parse = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
