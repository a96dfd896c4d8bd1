import {parseTest} from './filter-syntax.js';
import type {QueryReader} from './query-reader.js';
import type {QuerySegment, Selector} from './query-tree.js';

const NAME = /[^.[\],'"`*?()|&]+/y;
const BRACKET_NAME = /[^[\],'"`*?():/\\|&]+/y;
const AT_NAME = /@[^[\],'"`]+/y;

/** The segments of a whole path; none for the root. */
export function parseQuery(reader: QueryReader): readonly QuerySegment[] {
  if (reader.text === '' || reader.text === '[]') {
    return [];
  }
  const segments: QuerySegment[] = [];
  if (/^\$(?:[.[\s]|$)/.test(reader.text)) {
    reader.takes('$');
  } else if (!reader.sees('[') && !reader.sees('..')) {
    segments.push({descendant: false, selectors: dotted(reader)});
  }
  for (;;) {
    reader.blanks();
    if (reader.done) {
      return segments;
    }
    segments.push(segment(reader) ?? refuse(reader));
  }
}

/** The next segment, if one begins here: `.name`, `..name`, `[…]`, `.[…]`, `..[…]`. */
function segment(reader: QueryReader): QuerySegment | undefined {
  const descendant = reader.takes('..');
  if (!descendant && !reader.takes('.') && !reader.sees('[')) {
    return undefined;
  }
  return {descendant, selectors: reader.sees('[') ? bracketed(reader) : dotted(reader)};
}

function refuse(reader: QueryReader): never {
  const {text, at} = reader;
  if (text.startsWith('`', at)) {
    reader.fail('functions in backticks are not understood; use a step for what they compute');
  }
  if (text.startsWith('**', at - 1)) {
    reader.fail('** is not understood; write .. for any number of levels');
  }
  if (/^[-+*/]/.test(text.slice(at)) || /\s[-+*/]\s/.test(text)) {
    reader.fail('arithmetic is not understood; use a step for what it computes');
  }
  if (text.startsWith('|', at) || text.startsWith('&', at)) {
    reader.fail("unions of paths are not understood; write one path with ['a', 'b'], or quote the name");
  }
  if (reader.done) {
    reader.fail('it ends where a name must stand');
  }
  if (at === 0 && text.startsWith('.')) {
    reader.fail('leave out the dot at the start');
  }
  return reader.fail(
    `${JSON.stringify(text[at])} is not understood; a name with special characters is written ['like.this']`,
  );
}

/** Names behind a dot or at the start; a comma makes a union of them. */
function dotted(reader: QueryReader): readonly Selector[] {
  const selectors: Selector[] = [];
  do {
    reader.blanks();
    if (reader.takes('*')) {
      selectors.push({kind: 'wildcard'});
      continue;
    }
    const start = reader.at;
    const name = reader.string() ?? reader.match(AT_NAME)?.trim() ?? reader.match(NAME)?.trim();
    if (name === undefined || (name === '' && reader.text[start] !== "'" && reader.text[start] !== '"')) {
      refuse(reader);
    }
    if (/\s[-+/]\s/.test(name) && !/['"]/.test(reader.text[start] ?? '')) {
      reader.fail('arithmetic is not understood; use a step for what it computes, or quote the name', start);
    }
    selectors.push({kind: 'name', name});
  } while (reader.takes(','));
  return selectors;
}

function bracketed(reader: QueryReader): readonly Selector[] {
  const selectors: Selector[] = [];
  reader.expect('[');
  do {
    reader.blanks();
    selectors.push(selector(reader));
    reader.blanks();
  } while (reader.takes(','));
  reader.expect(']');
  return selectors;
}

function selector(reader: QueryReader): Selector {
  if (reader.takes('*')) {
    return {kind: 'wildcard'};
  }
  if (reader.takes('?')) {
    return {kind: 'filter', test: parseTest(reader, bracketed)};
  }
  if (reader.sees(']')) {
    reader.fail('[] selects nothing; write [*] for all elements');
  }
  if (reader.sees('/') || reader.sees('\\')) {
    reader.fail('sorting is not understood; records come in the order of the answer');
  }
  const quoted = reader.string();
  if (quoted !== undefined) {
    return {kind: 'name', name: quoted};
  }
  const start = reader.integer();
  reader.blanks();
  if (reader.takes(':')) {
    return slice(reader, start);
  }
  if (start !== undefined) {
    return {kind: 'index', index: start};
  }
  return {kind: 'name', name: reader.match(BRACKET_NAME)?.trim() ?? refuse(reader)};
}

function slice(reader: QueryReader, start: number | undefined): Selector {
  reader.blanks();
  const end = reader.integer();
  reader.blanks();
  let step: number | undefined;
  if (reader.takes(':')) {
    reader.blanks();
    step = reader.integer();
  }
  return {kind: 'slice', start, end, step: step ?? 1};
}
