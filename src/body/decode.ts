import {type Path, pathOf} from '../json/path.js';
import {compileScan} from '../json/scan.js';
import type {Scan, Scanner} from '../json/scan-plan.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import {kindOfByte} from '../json/text.js';
import type {Note} from '../log.js';
import {BodyError} from './body-error.js';
import {toUtf8} from './charset.js';
import {toDocument} from './choose-format.js';
import {bodyIsList, detectRecords, refuseListOfEntities} from './detect.js';
import {type Document, factReader, openDocument} from './document.js';
import {isScannable, scannableSegments} from './fields.js';
import type {FormatOptions} from './format.js';
import {gunzipBody, isGzip} from './gunzip.js';
import type {Batch, Page, Selection, Wanted} from './page.js';
import {toBatch} from './records.js';
import {scanDocument} from './scan-document.js';
import {type Selecting, selectRecords} from './select.js';
import {createSelection, rootPath, type SelectionState} from './selection.js';

export interface DecodeOptions {
  readonly want: Wanted;
  /** One for all walks of a resource, so that a settled selector stays; a state of its own when absent. */
  readonly selection?: SelectionState;
  /** `auto`: by content type; else a name of the table of formats. */
  readonly format: string;
  /** `response.encoding`. */
  readonly encoding?: string;
  /** `response.<format>` by format: which one counts the answer may decide. */
  readonly formatOptions?: FormatOptions;
  /** Limit of an unpacked gzip body, in bytes. */
  readonly maxBytes: number;
}

/** Bytes of an answer to a Page; a promise only for gzip bytes. Throws BodyError. */
export type Decoder = (body: Buffer, contentType: string | undefined) => Page | Promise<Page>;

const isBlank = (bytes: Buffer): boolean => bytes.length < 1_000 && bytes.toString('latin1').trim() === '';

const noRows: Selecting = {selected: undefined, rows: 0};

const emptyBatch = (want: Wanted): Batch => ({
  bytes: Buffer.alloc(0),
  count: 0,
  spans: new Int32Array(0),
  fields: want.fields.map(() => new Int32Array(0)),
});

const tooLarge = (length: number, maxBytes: number): BodyError =>
  new BodyError(
    'too_large',
    `the body of ${length} bytes is larger than ${maxBytes}; raise client.max_response_bytes or ask for smaller pages`,
  );

/** Looking for records parses the whole body, and many small members need twenty times its size in memory. */
const largestSearched = 16_777_216;

function refuseToSearch(length: number): void {
  if (length <= largestSearched) return;
  const text = `the body of ${length} bytes is too large to look for its records: write data_selector`;
  throw new BodyError('selector', text);
}

/** What is known of a page once its records are found. */
interface Found {
  readonly document: Document;
  readonly facts: Int32Array;
  readonly selecting: Selecting;
  readonly path: Path;
  readonly settled: boolean;
  readonly rowsAreRecords: boolean;
  readonly hazards?: NonNullable<Batch['hazards']>;
}

/** What the scan saw; its depth counts only where it looked for the records. One level more: what is no object is wrapped. */
const hazardous = (path: Path, {depth, longNumber, loneSurrogate}: Scan): Pick<Found, 'hazards'> =>
  isScannable(path) ? {hazards: {depth: depth + 1, longNumber, loneSurrogate}} : {};

/** Scanners of one stream: one per selector, the last two kept, because an unset selector becomes a settled one. */
function scannersOf(want: Wanted, facts: readonly Path[]): (path: Path | undefined) => Scanner {
  const fields = scannableSegments(want.fields);
  const factSegments = scannableSegments(facts);
  const plain = compileScan({records: undefined, fields: [], facts: factSegments});
  let last: {readonly path: Path; readonly scanner: Scanner} | undefined;
  return (path) => {
    if (path === undefined || !isScannable(path)) return plain;
    if (last?.path !== path) {
      last = {path, scanner: compileScan({records: path.segments, fields, facts: factSegments})};
    }
    return last.scanner;
  };
}

/** The selector that a page is read with from the start; undefined where the page itself has to show it. */
function knownPath(selection: Selection, rowsAreRecords: boolean, format: string): Path | undefined {
  if (!rowsAreRecords) {
    return selection.path ?? (selection.entity || selection.keyAs !== undefined ? rootPath : undefined);
  }
  if (selection.path === undefined || selection.path.segments?.length === 0) return rootPath;
  throw new BodyError(
    'selector',
    `the data_selector ${selection.path.text} cannot apply: the answer is ${format}, whose rows are the records. Remove data_selector`,
  );
}

/**
 * Compiles what a stream wants of its pages. The decoder is pure per page, but for what it reports to `selection`; line
 * breaks between the tokens of the given body become spaces.
 */
export function createDecoder(options: DecodeOptions): Decoder {
  const {want, selection: state = createSelection(want.records), formatOptions = {}, maxBytes} = options;
  const facts = want.facts.filter(isScannable);
  const scannerFor = scannersOf(want, facts);

  const toPage = (found: Found, notes: readonly Note[], note: (note: Note) => void): Page => {
    const {document, selecting, path, hazards} = found;
    const batch = selecting.selected === undefined ? emptyBatch(want) : toBatch(selecting.selected, want.fields, note);
    return {
      batch: hazards === undefined ? batch : {...batch, hazards},
      rows: selecting.rows,
      fact: factReader(document, facts, found.facts),
      value: document.value,
      selector: path,
      settled: found.settled && selecting.rows > 0,
      ...(selecting.missed !== undefined && {missed: selecting.missed}),
      ...(found.rowsAreRecords && {rowsAreRecords: true}),
      notes,
    };
  };

  const find = (utf8: Buffer, contentType: string | undefined, note: (note: Note) => void): Found => {
    const selection = state.current();
    const json = toDocument(utf8, contentType, {format: options.format, formatOptions}, note);
    const {rowsAreRecords} = json;
    const known = knownPath(selection, rowsAreRecords, json.format);
    const {bytes, scan} = scanDocument(scannerFor(known), json.bytes, json.start, note);
    const document = openDocument({bytes, start: scan.start, end: scan.end});
    const select = (path: Path, by: Scan): Selecting =>
      selectRecords(document, by, path, {...want, records: selection}, state, note);
    if (known !== undefined) {
      if (selection.entity && selection.path === undefined) refuseListOfEntities(document.value());
      return {
        document,
        facts: scan.facts,
        selecting: select(known, scan),
        path: known,
        settled: false,
        rowsAreRecords,
        ...hazardous(known, scan),
      };
    }
    // A list needs no parsed value, which there is none of for nesting beyond a parser's reach.
    const isList = kindOfByte(bytes[scan.start]) === 'array';
    if (!isList) refuseToSearch(scan.end - scan.start);
    const detection = isList ? bodyIsList : detectRecords(document.value(), selection);
    const path = pathOf(detection.path);
    if (detection.empty) return {document, facts: scan.facts, selecting: noRows, path, settled: false, rowsAreRecords};
    if (detection.note !== undefined) note(detection.note);
    const again = scanDocument(scannerFor(path), bytes, scan.start, note);
    return {
      document,
      facts: scan.facts,
      selecting: select(path, again.scan),
      path,
      settled: detection.settled,
      rowsAreRecords,
      ...hazardous(path, again.scan),
    };
  };

  const decode = (content: Buffer, contentType: string | undefined): Page => {
    const notes: Note[] = [];
    const note = (added: Note): void => {
      notes.push(added);
    };
    const utf8 = toUtf8(content, {encoding: options.encoding, contentType}, note);
    if (isBlank(utf8)) {
      const path = state.current().path ?? rootPath;
      const document = openDocument(undefined);
      const facts = new Int32Array(0);
      return toPage({document, facts, selecting: noRows, path, settled: false, rowsAreRecords: false}, notes, note);
    }
    try {
      return toPage(find(utf8, contentType, note), notes, note);
    } catch (error) {
      // The whole was scanned already: what is left is a value too deep to be looked into, by size or by a recursive query.
      if (error instanceof JsonSyntaxError || error instanceof RangeError) {
        const written = state.current().path;
        const remedy =
          written?.segments === undefined
            ? 'write a data_selector of plain names'
            : `the data_selector ${written.text} leads to no records in it`;
        throw new BodyError('selector', `the answer cannot be searched: ${error.message}; ${remedy}`, {cause: error});
      }
      throw error;
    }
  };

  return (body, contentType) => {
    if (body.length > maxBytes) throw tooLarge(body.length, maxBytes);
    if (!isGzip(body)) return decode(body, contentType);
    return gunzipBody(body, maxBytes).then((content) => decode(content, contentType));
  };
}
