import {readFile} from 'node:fs/promises';
import {openText} from '../../config/open-document.js';
import {rewriteText} from '../../config/rewrite-text.js';
import {isJsonObject} from '../../config/schema/values.js';
import {configError} from '../../errors.js';
import type {Json, JsonObject} from '../../json/exact.js';
import type {Segment} from '../../json/path.js';
import type {Host} from '../command.js';
import {replaceFile} from '../replace-file.js';
import {type Opened, readText} from './open-config.js';
import type {Suggestion} from './suggestions.js';

/**
 * Writes suggestions into the configuration file, comments kept. Throws a config_error where they have no place there, and
 * leaves the file as it was.
 */
export async function applySuggestions(chosen: readonly Suggestion[], opened: Opened, host: Host): Promise<void> {
  // What this very run stored there, a renewed token, stays.
  const text = await readFile(opened.file, 'utf8');
  const before = openText(text).value;
  if (!isJsonObject(before) || !Array.isArray(before['resources'])) {
    throw configError(
      `${opened.file} is no document with resources, so nothing is written: paste the suggestions by hand`,
    );
  }
  const wanted = chosen.reduce<JsonObject>((at, {path, value}) => withValue(at, path, value), before);
  const changed = rewriteText(text, wanted);
  if (changed === undefined) {
    throw configError(
      `${opened.file} cannot be rewritten in place (aliases or merge keys): paste the suggestions by hand`,
    );
  }
  const {problems} = readText(changed, opened, host);
  const error = problems.find(({level}) => level === 'error');
  if (error !== undefined) throw configError(`nothing is written: ${error.message}`);
  if (changed !== text) await replaceFile(opened.file, changed);
}

/** Shorthands on the way become objects: a resource that is a name, an endpoint that is a path. */
function withValue(document: JsonObject, path: readonly Segment[], value: Json): JsonObject {
  const changed = (at: Json | undefined, depth: number): Json => {
    const segment = path[depth];
    if (segment === undefined) return value;
    if (Array.isArray(at)) return at.map((item: Json, index) => (index === segment ? changed(item, depth + 1) : item));
    const copy: Record<string, Json> = Object.assign(
      Object.create(null),
      isJsonObject(at) ? at : expanded(at, path, depth),
    );
    copy[String(segment)] = changed(copy[String(segment)], depth + 1);
    return copy;
  };
  const result = changed(document, 0);
  return isJsonObject(result) ? result : document;
}

function expanded(at: Json | undefined, path: readonly Segment[], depth: number): JsonObject {
  if (typeof at !== 'string') return {};
  if (path[depth - 1] === 'endpoint') return {path: at};
  if (path[depth - 1] === 'paginator') return {type: at};
  return {name: at};
}
