import {readConfig} from '../../config/load.js';
import {type Problem, placeOf} from '../../config/problem.js';
import {isJsonObject} from '../../config/schema/values.js';
import type {Json, JsonObject} from '../../json/exact.js';
import type {Segment} from '../../json/path.js';
import {Secrets} from '../../secrets.js';
import type {Host} from '../command.js';
import {CollectedLog} from './collected-log.js';
import {compileOpened, type Opened} from './open-config.js';

/**
 * What compiling shows of a configuration whose shape is wrong in places: it is read once more without the members that the
 * errors name, so that one misspelled key does not hide an unknown parent. Empty where that is not enough.
 */
export function furtherProblems(opened: Opened, host: Host): readonly Problem[] {
  const {read} = opened;
  const value = read.received.value;
  if (!isJsonObject(value) || !(Array.isArray(value['resources']) || Array.isArray(value['streams']))) return [];
  const errors = read.problems.filter(({level}) => level === 'error');
  if (errors.some(({path}) => typeof path.at(-1) !== 'string')) return [];
  const less = errors.reduce((at, {path}) => without(at, path), value);
  const again = readConfig({value: less}, {secrets: new Secrets(), env: opened.environment});
  if (again.config === undefined) return [];
  const known = new Set(read.problems.map(({path}) => placeOf(path)));
  const compiled = compileOpened({...opened, read: again}, again.config, host, {log: new CollectedLog()}).problems;
  return compiled.filter(({path}) => !known.has(placeOf(path)));
}

function without(object: JsonObject, path: readonly Segment[]): JsonObject {
  const changed = (at: Json, [segment, ...rest]: readonly Segment[]): Json => {
    if (segment === undefined) return at;
    if (Array.isArray(at)) return at.map((item: Json, index) => (index === segment ? changed(item, rest) : item));
    if (!isJsonObject(at) || typeof segment !== 'string' || !Object.hasOwn(at, segment)) return at;
    const copy: Record<string, Json> = Object.assign(Object.create(null), at);
    if (rest.length === 0) delete copy[segment];
    else copy[segment] = changed(copy[segment] ?? null, rest);
    return copy;
  };
  const result = changed(object, path);
  return isJsonObject(result) ? result : object;
}
