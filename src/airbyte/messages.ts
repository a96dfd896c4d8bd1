import type {ConnectorError} from '../errors.js';
import type {LogLevel} from '../log.js';
import type {
  AirbyteStream,
  CatalogMessage,
  ConnectionStatusMessage,
  ErrorTrace,
  LogMessage,
  RecordChange,
  StreamDescriptor,
  StreamStatusTrace,
  TraceMessage,
} from './protocol.generated.js';

/** Name and namespace of a configured stream; an absent or null namespace is undefined, `""` stays. */
export interface Descriptor {
  readonly name: string;
  readonly namespace?: string;
}

export type StreamStatus = StreamStatusTrace['stream_status']['status'];

/** Texts above this many characters are cut: no host shows more, and some keep every line in memory. */
const longest = 20_000;

/** `redact` runs before the cut, else half a secret would survive it. */
export type Redact = (text: string) => string;

const shown = (text: string, redact: Redact): string => {
  const clean = redact(text).toWellFormed();
  return clean.length <= longest ? clean : `${clean.slice(0, longest)} … (${clean.length - longest} characters more)`;
};

const levels = {debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR'} as const;

export const logMessage = (level: LogLevel, message: string, redact: Redact): LogMessage => ({
  type: 'LOG',
  log: {level: levels[level], message: shown(message, redact)},
});

/** A stack trace goes out only with our own faults: what users caused is explained by its message. */
export function errorMessage(
  error: ConnectorError,
  emittedAt: number,
  redact: Redact,
  stream?: Descriptor,
): TraceMessage {
  const body: ErrorTrace['error'] = {message: shown(error.message, redact), failure_type: error.failureType};
  if (error.detail !== undefined) body.internal_message = shown(error.detail, redact);
  if (error.failureType === 'system_error') {
    const stack = error.cause instanceof Error ? error.cause.stack : error.stack;
    if (stack !== undefined) body.stack_trace = shown(stack, redact);
  }
  if (stream !== undefined) body.stream_descriptor = descriptor(stream);
  return {type: 'TRACE', trace: {type: 'ERROR', emitted_at: emittedAt, error: body}};
}

/** `quotaReset`: epoch ms at which a rate limit ends; only with RUNNING. */
export function statusMessage(
  stream: Descriptor,
  status: StreamStatus,
  emittedAt: number,
  quotaReset?: number,
): TraceMessage {
  const body: StreamStatusTrace['stream_status'] = {stream_descriptor: descriptor(stream), status};
  if (quotaReset !== undefined) {
    body.reasons = [{type: 'RATE_LIMITED', rate_limited: {quota_reset: Math.ceil(quotaReset)}}];
  }
  return {type: 'TRACE', trace: {type: 'STREAM_STATUS', emitted_at: emittedAt, stream_status: body}};
}

/** A figure for whoever runs us; the platform keeps it, others pass it over. */
export const analyticsMessage = (type: string, value: string, emittedAt: number): TraceMessage => ({
  type: 'TRACE',
  trace: {type: 'ANALYTICS', emitted_at: emittedAt, analytics: {type, value}},
});

export const connectionStatus = (problem: string | undefined, redact: Redact): ConnectionStatusMessage => ({
  type: 'CONNECTION_STATUS',
  connectionStatus: problem === undefined ? {status: 'SUCCEEDED'} : {status: 'FAILED', message: shown(problem, redact)},
});

export const catalogMessage = (streams: readonly AirbyteStream[]): CatalogMessage => ({
  type: 'CATALOG',
  catalog: {streams: [...streams]},
});

/** STATE with its state as JSON text: parsed and stringified it would lose digits. */
export const stateLine = (stream: Descriptor, state: string, recordCount: number): string =>
  `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":${JSON.stringify(descriptor(stream))},` +
  `"stream_state":${state}},"sourceStats":{"recordCount":${recordCount}}}}`;

/** CONTROL with the whole stored configuration (JSON text): the platform replaces, it does not merge. */
export const controlLine = (config: string, emittedAt: number): string =>
  `{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":${emittedAt},` +
  `"connectorConfig":{"config":${config}}}}`;

/** Everything of a RECORD line before its data; the data and `}}` follow. */
export function recordHead(stream: Descriptor, emittedAt: number, changes: readonly RecordChange[]): string {
  const namespace = stream.namespace === undefined ? '' : `,"namespace":${JSON.stringify(stream.namespace)}`;
  const meta = changes.length === 0 ? '' : `,"meta":{"changes":${JSON.stringify(changes)}}`;
  return `{"type":"RECORD","record":{"stream":${JSON.stringify(stream.name)}${namespace},"emitted_at":${emittedAt}${meta},"data":`;
}

function descriptor(stream: Descriptor): StreamDescriptor {
  return stream.namespace === undefined ? {name: stream.name} : {name: stream.name, namespace: stream.namespace};
}
