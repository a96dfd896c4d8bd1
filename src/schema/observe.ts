import type {Batch} from '../body/page.js';
import {elements, members} from '../json/members.js';
import {type JsonText, jsonText, kindOf, stringValue, textOf} from '../json/text.js';
import {spellingOf} from './spelling.js';

/** Deeper values are not looked into: they are declared as objects and arrays without more. */
const deepest = 24;

/** What was seen at one place of the records: how many values, and of which kinds. */
export interface Observed {
  values: number;
  nulls: number;
  booleans: number;
  /** Numbers written without `.`, `e`, `E`, within 64 bits; and all others. */
  integers: number;
  decimals: number;
  dates: number;
  zonedTimes: number;
  localTimes: number;
  /** Strings that are no date or time. */
  texts: number;
  objects: number;
  arrays: number;
  /** Members of the objects here. */
  readonly members: Map<string, Observed>;
  /** All elements of the arrays here together. */
  elements: Observed | undefined;
}

export const nothingObserved = (): Observed => ({
  values: 0,
  nulls: 0,
  booleans: 0,
  integers: 0,
  decimals: 0,
  dates: 0,
  zonedTimes: 0,
  localTimes: 0,
  texts: 0,
  objects: 0,
  arrays: 0,
  members: new Map(),
  elements: undefined,
});

/** Adds the records of a page, with the columns that `suffix` (`,"_parents_id":7`) gives each of them. */
export function observe(records: Observed, batch: Batch, suffix?: Buffer): void {
  const added = suffix === undefined ? [] : members(jsonText(`{${suffix.toString('utf8', 1)}}`));
  for (let i = 0; i < batch.count; i++) {
    records.values++;
    records.objects++;
    const record = {bytes: batch.bytes, start: batch.spans[2 * i] ?? 0, end: batch.spans[2 * i + 1] ?? 0};
    for (const {key, value} of [...members(record), ...added]) observeValue(memberOf(records, key), value, 1);
  }
}

function observeValue(place: Observed, value: JsonText, depth: number): void {
  place.values++;
  const kind = kindOf(value);
  switch (kind) {
    case 'null':
      place.nulls++;
      return;
    case 'true':
    case 'false':
      place.booleans++;
      return;
    case 'number':
      if (isInteger(textOf(value))) place.integers++;
      else place.decimals++;
      return;
    case 'string':
      place[spellingOf(stringValue(value) ?? '')]++;
      return;
    case 'object':
      place.objects++;
      if (depth >= deepest) return;
      for (const {key, value: member} of members(value)) observeValue(memberOf(place, key), member, depth + 1);
      return;
    case 'array':
      place.arrays++;
      if (depth >= deepest) return;
      place.elements ??= nothingObserved();
      for (const element of elements(value)) observeValue(place.elements, element, depth + 1);
      return;
  }
}

function memberOf(place: Observed, key: string): Observed {
  let member = place.members.get(key);
  if (member === undefined) {
    member = nothingObserved();
    place.members.set(key, member);
  }
  return member;
}

/** By the text: 1.0 and 1e3 are numbers, and so is what no destination's 64-bit integer holds. */
function isInteger(text: string): boolean {
  if (!/^-?\d+$/.test(text)) return false;
  if (text.length < 19) return true;
  const value = BigInt(text);
  return value === BigInt.asIntN(64, value);
}
