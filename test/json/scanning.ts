import {expect} from 'vitest';
import {compileScan} from '../../src/json/scan.js';
import type {Scan, ScanPlan} from '../../src/json/scan-plan.js';
import {JsonSyntaxError} from '../../src/json/syntax-error.js';

export const NOTHING: ScanPlan = {records: undefined, fields: [], facts: []};

/** Before a text so many blanks bring it to the size that goes through the engine. */
const FILL = 1_024;

const filled = (text: string | Buffer): Buffer => Buffer.concat([Buffer.alloc(FILL, ' '), Buffer.from(text)]);

/** By the walk, and by the engine, which must find the same. */
export function scan(text: string, plan: Partial<ScanPlan> = {}): Scan & {readonly bytes: Buffer} {
  const bytes = Buffer.from(text);
  const scanner = compileScan({...NOTHING, ...plan});
  const found = scanner(bytes, 0, bytes.length);
  const longer = filled(text);
  expect(moved(scanner(longer, 0, longer.length))).toEqual({...found, spans: found.spans.slice()});
  expect(longer.subarray(FILL)).toEqual(bytes);
  return {...found, bytes};
}

/** As if there had been no fill. */
function moved(found: Scan): Scan {
  const back = (at: number): number => (at < 0 ? at : at - FILL);
  const {start, end, foundStart, foundEnd, spans, fields, facts} = found;
  return {
    ...found,
    start: back(start),
    end: back(end),
    foundStart: back(foundStart),
    foundEnd: back(foundEnd),
    spans: spans.map(back),
    fields: fields.map((field) => field.map(back)),
    facts: facts.map(back),
  };
}

/** The texts of a list of spans. */
export function texts({bytes}: {readonly bytes: Buffer}, spans: Int32Array | undefined): (string | undefined)[] {
  return Array.from({length: (spans?.length ?? 0) / 2}, (_, n) => {
    const start = spans?.[2 * n] ?? -1;
    return start < 0 ? undefined : bytes.toString('utf8', start, spans?.[2 * n + 1]);
  });
}

export function parsed(text: string | undefined): {readonly value: unknown} | undefined {
  return text === undefined ? undefined : {value: JSON.parse(text)};
}

/** Whether the walk takes it, and the engine as well. */
export function accepts(text: string | Buffer, plan: ScanPlan = NOTHING): boolean {
  const scanner = compileScan(plan);
  const [walk, engine] = [Buffer.from(text), filled(text)].map((bytes) => {
    try {
      scanner(bytes, 0, bytes.length);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(JsonSyntaxError);
      return false;
    }
  });
  expect(engine).toBe(walk);
  return walk === true;
}

export function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
