import {configError} from '../errors.js';
import type {Json, JsonObject} from '../json/exact.js';
import {listOr, objectOr, parseInput, streamKey} from './input.js';

/** The states of `--state`, by streamKey; `notices` say what was set aside. */
export interface GivenStates {
  readonly states: ReadonlyMap<string, {readonly name: string; readonly state: JsonObject}>;
  readonly notices: readonly string[];
}

/**
 * Every form hosts write: an array of STREAM messages, one bare message, `{"type":"STATE","state":…}` wrappers, lines of
 * them, GLOBAL with its stream states, nothing at all. Of several states of a stream the last counts; a null or empty one is
 * none. Throws a config_error for what is no state file, and for LEGACY data: one blob for all streams cannot be used.
 */
export function parseState(file: string, text: string): GivenStates {
  const states = new Map<string, {readonly name: string; readonly state: JsonObject}>();
  const notices: string[] = [];
  const place = `--state ${file}`;
  const addStream = (value: Json | undefined): void => {
    const stream = objectOr(value);
    const descriptor = objectOr(stream?.['stream_descriptor']);
    const name = descriptor?.['name'];
    if (stream === undefined || typeof name !== 'string') {
      throw configError(
        `${place}: a state without stream_descriptor.name; pass the STATE messages as they were printed`,
      );
    }
    const namespace = descriptor?.['namespace'];
    const key = streamKey(name, typeof namespace === 'string' ? namespace : undefined);
    const given = stream['stream_state'] ?? undefined;
    const state = objectOr(given);
    if (given !== undefined && state === undefined) throw configError(`${place}: the state of ${name} is no object`);
    if (state === undefined || Object.keys(state).length === 0) states.delete(key);
    else states.set(key, {name, state});
  };
  const addMessage = (value: Json): void => {
    if (value === null) return;
    const message = objectOr(value);
    if (message === undefined) throw configError(`${place}: must hold STATE messages, an array of them, or nothing`);
    const wrapped = objectOr(message['state']);
    const global = objectOr(message['global']);
    if (wrapped !== undefined) {
      addMessage(wrapped);
    } else if (message['stream_descriptor'] !== undefined) {
      addStream(message);
    } else if (objectOr(message['stream']) !== undefined) {
      addStream(message['stream']);
    } else if (global !== undefined) {
      if (hasMembers(global['shared_state'])) notices.push(`${place}: the shared state of all streams is ignored`);
      for (const stream of listOr(global['stream_states']) ?? []) addStream(stream);
    } else if (hasMembers(message['data'])) {
      throw configError(
        `${place}: a LEGACY state (one for all streams) cannot be continued. Reset the connection, or pass no state.`,
      );
    } else if (message['type'] === undefined && message['data'] === undefined && hasMembers(message)) {
      throw configError(`${place}: no Airbyte state: {"type": "STREAM", "stream": …} or an array of such objects`);
    }
  };
  for (const value of values(file, text)) addMessage(value);
  return {states, notices};
}

/** The messages of the file: one document, the elements of an array, or one document a line. */
function values(file: string, text: string): readonly Json[] {
  if (text.trim() === '') return [];
  let whole: Json;
  try {
    whole = parseInput('state', file, text);
  } catch (thrown) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2 || !lines.every((line) => line.trim().startsWith('{'))) throw thrown;
    return lines.map((line) => parseInput('state', file, line));
  }
  return listOr(whole) ?? [whole];
}

function hasMembers(value: Json | undefined): boolean {
  const object = objectOr(value);
  return object === undefined ? value !== undefined && value !== null : Object.keys(object).length > 0;
}
