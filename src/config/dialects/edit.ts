import type {Json, JsonObject} from '../../json/exact.js';

/** An object that may be filled by name, where every name is a key like every other. */
export function emptyObject(): Record<string, Json> {
  return Object.create(null);
}

/** The object with `key` taken out and `members` in its place; of members that stand there already the written ones win. */
export function replaceMember(object: JsonObject, key: string, members: JsonObject = {}): JsonObject {
  const result = emptyObject();
  for (const [name, value] of Object.entries(object)) {
    if (name !== key) result[name] = value;
    else
      for (const [added, given] of Object.entries(members))
        if (added === key || !(added in object)) result[added] = given;
  }
  return result;
}

/** The object without some keys. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  const result = emptyObject();
  for (const [name, value] of Object.entries(object)) if (!keys.includes(name)) result[name] = value;
  return result;
}

/** The object with members set, new ones at its end. */
export function withMembers(object: JsonObject, members: JsonObject): JsonObject {
  return Object.assign(emptyObject(), object, members);
}
