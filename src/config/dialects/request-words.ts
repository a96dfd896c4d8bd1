import type {JsonObject} from '../../json/exact.js';
import {replaceMember, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapEndpoints, type Path} from './places.js';

/** `http_method` and `body` of an endpoint: `method`, and `json`, or `data` where it is text. */
export const requestWords = dialect('request-words', (document, notes) =>
  mapEndpoints(document, (endpoint, path) => {
    const named = renamed(endpoint, 'http_method', 'method', path, notes);
    return renamed(named, 'body', typeof named['body'] === 'string' ? 'data' : 'json', path, notes);
  }),
);

function renamed(endpoint: JsonObject, seen: string, canonical: string, path: Path, notes: Notes): JsonObject {
  const value = endpoint[seen];
  if (value === undefined) return endpoint;
  if (endpoint[canonical] !== undefined) {
    notes.refused([...path, seen], `stands beside ${canonical}: keep ${canonical} alone`);
    return without(endpoint, [seen]);
  }
  notes.translated([...path, seen], seen, canonical);
  return replaceMember(endpoint, seen, {[canonical]: value});
}
