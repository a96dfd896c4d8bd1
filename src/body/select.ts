import {locate, locateAll} from '../json/locate.js';
import {members} from '../json/members.js';
import type {Path, Segment} from '../json/path.js';
import {compileScan} from '../json/scan.js';
import type {Scan} from '../json/scan-plan.js';
import {type JsonText, kindOf, textOf} from '../json/text.js';
import type {Note} from '../log.js';
import {isPlainObject} from './arrays.js';
import type {Document} from './document.js';
import {completeFields, isScannable, scannableSegments} from './fields.js';
import {atStem, missedSelector, noneMatches, unquoted, wrongKind} from './miss.js';
import type {Selection, Wanted} from './page.js';
import {isEmptyObject, type Selected} from './records.js';
import type {SelectionState} from './selection.js';

/** The records that a selector selects in a page, and how many rows the page had (config-language §5, *Sizes*). */
export interface Selecting {
  readonly selected: Selected | undefined;
  readonly rows: number;
  /** As `Page.missed`. */
  readonly missed?: string;
}

const nothing: Selecting = {selected: undefined, rows: 0};

const longest = 40;

function spansOf(texts: readonly JsonText[]): Int32Array {
  const spans = new Int32Array(2 * texts.length);
  texts.forEach((text, position) => {
    spans[2 * position] = text.start;
    spans[2 * position + 1] = text.end;
  });
  return spans;
}

/** An object of records: one record per member, which keeps its key (`data_selector_key_as`). */
function keyed(text: JsonText, name: string): Selecting {
  const list = members(text);
  const spans = spansOf(list.map((member) => member.value));
  const keys = {name, texts: list.map((member) => textOf(member.keyText))};
  return {
    selected: {bytes: text.bytes, count: list.length, spans, fields: undefined, clean: false, keys},
    rows: list.length,
  };
}

function found(scan: Scan, bytes: Buffer, wanted: Wanted): Selected {
  const {count, spans} = scan;
  return {
    bytes,
    count,
    spans,
    fields: completeFields(bytes, spans, count, wanted.fields, scan.fields),
    clean: scan.allObjects && !scan.anyEmptyObject,
  };
}

/** What a singular path found: a list, a record, an empty page. Anything else is an error. */
function fromScan(
  scan: Scan,
  document: Document,
  path: Path,
  bytes: Buffer,
  wanted: Wanted,
  selection: Selection,
): Selecting {
  const {foundStart, foundEnd} = scan;
  const text = {bytes, start: foundStart, end: foundEnd};
  switch (scan.found) {
    case 'array':
      return {selected: found(scan, bytes, wanted), rows: scan.count};
    case 'object':
      if (isEmptyObject(bytes, foundStart)) return nothing;
      if (selection.keyAs !== undefined) return keyed(text, selection.keyAs);
      return {selected: found(scan, bytes, wanted), rows: 1};
    case 'null':
    case 'false':
    case 'missing':
      return nothing;
    case 'string':
      if (foundEnd - foundStart === 2) return nothing;
      break;
    case 'number':
    case 'true':
      break;
  }
  throw wrongKind(path, textOf(text).slice(0, longest), document.value());
}

/** Elements of the outermost list (members of the object) that a path goes through; matches where `..` leaves that open. */
function rowsOf(path: Path, outermost: unknown, matches: readonly (readonly Segment[])[]): number {
  if (Array.isArray(outermost)) return outermost.length;
  if (unquoted(path).includes('..') || !isPlainObject(outermost)) return matches.length;
  return Object.keys(outermost).length;
}

/** A path with wildcards, filters, slices, `..`: selected by value, cut by text. One record per match. */
function byValue(document: Document, text: JsonText, path: Path, selection: Selection): Selecting | 'missing' {
  const value = document.value();
  const outermost = atStem(value, path.stem);
  if (outermost === undefined) return 'missing';
  if (outermost === null || outermost === false || outermost === '') return nothing;
  if (typeof outermost !== 'object') throw wrongKind(path, JSON.stringify(outermost).slice(0, longest), value);
  const matches = path.find(value);
  const texts: JsonText[] = [];
  const keys: string[] = [];
  locateAll(text, matches).forEach((located, position) => {
    if (located === undefined) return;
    texts.push(located);
    keys.push(JSON.stringify(String(matches[position]?.at(-1) ?? '')));
  });
  return {
    selected: {
      bytes: text.bytes,
      count: texts.length,
      spans: spansOf(texts),
      fields: undefined,
      clean: false,
      ...(selection.keyAs === undefined ? {} : {keys: {name: selection.keyAs, texts: keys}}),
    },
    rows: rowsOf(path, outermost, matches),
  };
}

/**
 * The records under `path`. `scan` looked for it where the scanner can find it. Throws BodyError (`selector`) for a selector
 * that leads to something else, or to nothing where rows could be lost.
 */
export function selectRecords(
  document: Document,
  scan: Scan,
  path: Path,
  wanted: Wanted,
  state: SelectionState,
  note: (note: Note) => void,
): Selecting {
  const {text} = document;
  const selection = state.current();
  if (text === undefined || kindOf(text) === 'null') return nothing;
  let selecting: Selecting | 'missing';
  if (path.segments === undefined) selecting = byValue(document, text, path, selection);
  else if (isScannable(path)) {
    selecting = scan.found === 'missing' ? 'missing' : fromScan(scan, document, path, text.bytes, wanted, selection);
  } else {
    const part = locate(text, path.segments);
    const inside = compileScan({records: [], fields: scannableSegments(wanted.fields), facts: []});
    selecting =
      part === undefined
        ? 'missing'
        : fromScan(inside(part.bytes, part.start, part.end), document, path, text.bytes, wanted, selection);
  }
  if (selecting === 'missing') {
    const missed = missedSelector(path, document.value(), selection, note);
    state.missed({seen: missed, level: 'warn'});
    return selection.required === false ? nothing : {...nothing, missed};
  }
  if (path.segments !== undefined || (selecting.selected?.count ?? 0) > 0) state.found();
  else if (selecting.rows > 0) state.missed(noneMatches(path, document.value(), selection));
  return selecting;
}
