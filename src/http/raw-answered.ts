import {type Json, parseExact} from '../json/exact.js';
import {answerText} from './describe.js';
import type {Answered} from './response-actions.js';
import type {RawAnswer} from './transport.js';

/** In bytes; parsed, a body takes many times its size, and an error has no such one. */
const largestParsed = 8 << 20;

/** A body that is no page: errors, pages of HTML. Parsed only when a condition asks. */
export function rawAnswered(outcome: RawAnswer): Answered {
  const {status, body} = outcome;
  let parsed: {readonly values: unknown; readonly exact: Json} | null | undefined;
  const parse = () => {
    if (parsed !== undefined) return parsed;
    if (body.length > largestParsed) return null;
    try {
      const text = answerText(outcome);
      parsed = {values: JSON.parse(text), exact: parseExact(text)};
    } catch {
      parsed = null;
    }
    return parsed;
  };
  return {
    status,
    text: () => answerText(outcome),
    fact: (path) => {
      const json = parse();
      const [first] = json === null ? [] : path.find(json.values);
      return json === null || first === undefined ? undefined : valueAt(json.exact, first);
    },
  };
}

function valueAt(value: Json, segments: readonly (string | number)[]): Json | undefined {
  let at: Json | undefined = value;
  for (const segment of segments) {
    if (typeof at !== 'object' || at === null) return undefined;
    const holder: ReadonlyMap<string, Json> = new Map(Object.entries(at));
    at = holder.get(String(segment));
  }
  return at;
}
