import {locateAll} from '../json/locate.js';
import type {Path, Segment} from '../json/path.js';
import {compileScan} from '../json/scan.js';
import type {Scanner} from '../json/scan-plan.js';
import {type JsonText, valueOf as parsedValue} from '../json/text.js';

/** Whether the scanner finds a path as it passes: names and indexes from the front. Others are looked up afterwards. */
export function isScannable(path: Path): path is Path & {readonly segments: readonly Segment[]} {
  return path.segments?.every((segment) => typeof segment === 'string' || segment >= 0) === true;
}

/** The segments of those paths that the scanner finds, in order. */
export const scannableSegments = (paths: readonly Path[]): (readonly Segment[])[] =>
  paths.filter(isScannable).map((path) => path.segments);

/** The first match of each path in a JSON text: by text where the path is singular, else by value. */
function findTexts(text: JsonText, paths: readonly Path[]): readonly (JsonText | undefined)[] {
  let value: unknown;
  let parsed = false;
  const absent: readonly Segment[] | undefined = undefined;
  const found = paths.map((path) => {
    if (path.segments !== undefined) return path.segments;
    if (!parsed) value = parsedValue(text);
    parsed = true;
    return path.find(value)[0] ?? absent;
  });
  const present = found.filter((segments) => segments !== undefined);
  const located = locateAll(text, present);
  let next = 0;
  return found.map((segments) => (segments === undefined ? undefined : located[next++]));
}

/** Fields of all paths from those that the scanner found (`scanned`, in the order of the scannable paths). */
export function completeFields(
  bytes: Buffer,
  spans: Int32Array,
  count: number,
  fields: readonly Path[],
  scanned: readonly Int32Array[],
): Int32Array[] {
  const missing = fields.filter((path) => !isScannable(path));
  const looked = missing.map(() => new Int32Array(2 * count).fill(-1));
  if (missing.length > 0) {
    for (let record = 0; record < count; record += 1) {
      const text = {bytes, start: spans[2 * record] ?? 0, end: spans[2 * record + 1] ?? 0};
      findTexts(text, missing).forEach((value, field) => {
        if (value === undefined) return;
        looked[field]?.set([value.start, value.end], 2 * record);
      });
    }
  }
  const sources = {scanned: scanned.values(), looked: looked.values()};
  return fields.map((path) => {
    const source = isScannable(path) ? sources.scanned : sources.looked;
    return source.next().value ?? new Int32Array(2 * count).fill(-1);
  });
}

const scanners = new WeakMap<readonly Path[], Scanner>();

/**
 * The wanted fields of records that were built or changed by us: the layout of Batch.fields. The spans are of strict JSON.
 */
export function locateFields(bytes: Buffer, spans: Int32Array, count: number, fields: readonly Path[]): Int32Array[] {
  const segments = scannableSegments(fields);
  let scanner = scanners.get(fields);
  if (scanner === undefined) {
    scanner = compileScan({records: undefined, fields: [], facts: segments});
    scanners.set(fields, scanner);
  }
  const scanned = segments.map(() => new Int32Array(2 * count));
  if (segments.length > 0) {
    for (let record = 0; record < count; record += 1) {
      const {facts} = scanner(bytes, spans[2 * record] ?? 0, spans[2 * record + 1] ?? 0);
      scanned.forEach((field, position) => {
        field[2 * record] = facts[2 * position] ?? -1;
        field[2 * record + 1] = facts[2 * position + 1] ?? -1;
      });
    }
  }
  return completeFields(bytes, spans, count, fields, scanned);
}
