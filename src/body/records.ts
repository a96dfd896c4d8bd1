import {members} from '../json/members.js';
import type {Path} from '../json/path.js';
import type {JsonText} from '../json/text.js';
import type {Note} from '../log.js';
import {locateFields} from './fields.js';
import type {Batch} from './page.js';

/** What a selector selected, before the rules for nulls, scalars and empty objects. */
export interface Selected {
  readonly bytes: Buffer;
  readonly count: number;
  readonly spans: Int32Array;
  /** undefined: not located yet. */
  readonly fields: readonly Int32Array[] | undefined;
  /** All are objects, none of them {}: nothing is to be done. */
  readonly clean: boolean;
  /** `data_selector_key_as`: the key of each, as JSON text, to be kept under `name`. */
  readonly keys?: {readonly name: string; readonly texts: readonly string[]};
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const letterN = 0x6e;

export function isEmptyObject(bytes: Buffer, start: number): boolean {
  if (bytes[start] !== openBrace) return false;
  let at = start + 1;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1;
  return bytes[at] === closeBrace;
}

/** Records in one new buffer, one after the other. */
export function joinRecords(records: readonly Buffer[]): Pick<Batch, 'bytes' | 'spans' | 'count'> {
  const spans = new Int32Array(2 * records.length);
  let at = 0;
  records.forEach((record, position) => {
    spans[2 * position] = at;
    at += record.length;
    spans[2 * position + 1] = at;
  });
  return {bytes: Buffer.concat(records, at), spans, count: records.length};
}

/** The records at some positions of a batch, in the same bytes. */
export function pickRecords(batch: Batch, kept: readonly number[]): Batch {
  if (kept.length === batch.count) return batch;
  const pick = (from: Int32Array): Int32Array => {
    const to = new Int32Array(2 * kept.length);
    kept.forEach((record, position) => {
      to[2 * position] = from[2 * record] ?? -1;
      to[2 * position + 1] = from[2 * record + 1] ?? -1;
    });
    return to;
  };
  return {...batch, count: kept.length, spans: pick(batch.spans), fields: batch.fields.map(pick)};
}

/** A record that keeps its key as the first member; a member of that name gives way, so no key appears twice. */
function withKey(text: JsonText, name: string, key: string): Buffer {
  const head = `{${JSON.stringify(name)}:${key}`;
  const inside = text.bytes.subarray(text.start + 1, text.end - 1);
  if (isEmptyObject(text.bytes, text.start)) return Buffer.from(`${head}}`);
  const list = members(text);
  if (!list.some((member) => member.key === name)) {
    return Buffer.concat([Buffer.from(`${head},`), inside, Buffer.from('}')]);
  }
  const others = list
    .filter((member) => member.key !== name)
    .flatMap(({keyText, value}) => [
      Buffer.from(','),
      keyText.bytes.subarray(keyText.start, keyText.end),
      Buffer.from(':'),
      value.bytes.subarray(value.start, value.end),
    ]);
  return Buffer.concat([Buffer.from(head), ...others, Buffer.from('}')]);
}

function wrapped(text: JsonText): Buffer {
  return Buffer.concat([Buffer.from('{"value":'), text.bytes.subarray(text.start, text.end), Buffer.from('}')]);
}

interface Odd {
  readonly nulls: number;
  readonly wraps: number;
  readonly empties: number;
}

function report({nulls, wraps, empties}: Odd, note: (note: Note) => void): void {
  if (nulls > 0)
    note({level: 'info', key: 'records.null', text: 'null elements among the records were dropped', count: nulls});
  if (empties > 0) {
    const text = 'records without any member were left out: hosts count such records and drop them';
    note({level: 'info', key: 'records.empty', text, count: empties});
  }
  if (wraps === 0) return;
  note({
    level: 'warn',
    key: 'records.wrapped',
    text: 'elements that are no objects became {"value": …}; if they are lists, a data_selector that ends in [*] reads their elements',
    count: wraps,
  });
}

/**
 * The records of a page (config-language §6, architecture *Raw text*): nulls dropped, scalars and lists wrapped, keys kept,
 * `{}` dropped. The page's own bytes are kept unless something has to be written.
 */
export function toBatch(selected: Selected, fields: readonly Path[], note: (note: Note) => void): Batch {
  const {bytes, spans, count, keys} = selected;
  const located = (batch: Omit<Batch, 'fields'>): Batch => ({
    ...batch,
    fields: locateFields(batch.bytes, batch.spans, batch.count, fields),
  });
  const whole = (): Batch =>
    selected.fields === undefined ? located({bytes, spans, count}) : {bytes, spans, count, fields: selected.fields};
  if (selected.clean && keys === undefined) return whole();

  const kept: number[] = [];
  let nulls = 0;
  let wraps = 0;
  let empties = 0;
  for (let record = 0; record < count; record += 1) {
    const start = spans[2 * record] ?? 0;
    if (bytes[start] === letterN) nulls += 1;
    else if (bytes[start] !== openBrace) {
      wraps += 1;
      kept.push(record);
    } else if (keys !== undefined || !isEmptyObject(bytes, start)) kept.push(record);
    else empties += 1;
  }
  report({nulls, wraps, empties}, note);
  if (wraps === 0 && keys === undefined) return pickRecords(whole(), kept);
  const records = kept.map((record) => {
    const start = spans[2 * record] ?? 0;
    const text = {bytes, start, end: spans[2 * record + 1] ?? 0};
    const isObject = bytes[start] === openBrace;
    if (keys === undefined) return isObject ? bytes.subarray(text.start, text.end) : wrapped(text);
    const object = isObject ? text : textIn(wrapped(text));
    return withKey(object, keys.name, keys.texts[record] ?? 'null');
  });
  return located(joinRecords(records));
}

const textIn = (bytes: Buffer): JsonText => ({bytes, start: 0, end: bytes.length});
