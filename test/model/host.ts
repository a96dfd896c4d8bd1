import {ExactNumber, type Json, type JsonObject, parseExact, printExact} from '../../src/json/exact.js';
import {objectOf} from '../../src/stream/state-values.js';

/** A state as a host keeps it and hands it back: read as JSON with doubles, written anew. */
export function throughHost(state: JsonObject, host: 'same' | 'sorted' | 'floats'): JsonObject {
  const printed = printExact(state);
  const plain = (): unknown => JSON.parse(printed);
  const text = host === 'same' ? printed : host === 'sorted' ? JSON.stringify(sorted(plain())) : floats(plain());
  const read: Json = parseExact(text);
  const object = objectOf(read);
  if (object === undefined || read instanceof ExactNumber) throw new Error(`no state: ${text}`);
  return object;
}

/** Keys in reverse order, as a database's JSON column may give them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Every number as a double's own text: 41.0, 1.7672256E12. */
function floats(value: unknown): string {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return String(value);
    return Math.abs(value) < 1e7 ? `${value}.0` : value.toExponential().replace('e+', 'E');
  }
  if (Array.isArray(value)) return `[${value.map(floats).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${floats(inner)}`)
    .join(', ')}}`;
}
