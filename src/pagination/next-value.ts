import type {Answer} from '../http/answer.js';
import {type Json, parseExact} from '../json/exact.js';
import {locate} from '../json/locate.js';
import type {Path} from '../json/path.js';
import {type JsonText, kindOf, valueOf as parsed, stringValue, textOf} from '../json/text.js';

/** No next position: null, false, 0, an empty text, list or object (config-language §5, *Reading*; trap T17). */
function isNone(text: JsonText): boolean {
  switch (kindOf(text)) {
    case 'null':
    case 'false':
      return true;
    case 'true':
      return false;
    case 'string':
      return stringValue(text) === '';
    case 'number':
      return Number(textOf(text)) === 0;
    case 'object':
    case 'array':
      return textOf(text).slice(1, -1).trim() === '';
  }
}

/** The next position that the page names at `path`, kept exactly; undefined where there is none. */
export function nextValue(answer: Answer, path: Path): Json | undefined {
  const text = answer.fact(path);
  return text === undefined || isNone(text) ? undefined : parseExact(text);
}

/** The value at `path` within the last record; 0 and false are positions there. */
export function lastRecordValue(answer: Answer, path: Path): Json | undefined {
  const {bytes, spans, count} = answer.batch;
  const start = spans[2 * count - 2];
  const end = spans[2 * count - 1];
  if (start === undefined || end === undefined) return undefined;
  const record = {bytes, start, end};
  const segments = path.segments ?? path.find(parsed(record))[0];
  const text = segments === undefined ? undefined : locate(record, segments);
  if (text === undefined) return undefined;
  const kind = kindOf(text);
  return kind !== 'false' && kind !== 'number' && isNone(text) ? undefined : parseExact(text);
}
