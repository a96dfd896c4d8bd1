import {expect} from 'vitest';
import {compileScan, JsonSyntaxError, type Scan, type ScanPlan} from '../../src/json/scan.js';

export const NOTHING: ScanPlan = {records: undefined, fields: [], facts: []};

export function scan(text: string, plan: Partial<ScanPlan> = {}): Scan & {readonly bytes: Buffer} {
  const bytes = Buffer.from(text);
  return {...compileScan({...NOTHING, ...plan})(bytes, 0, bytes.length), bytes};
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

export function accepts(text: string | Buffer, plan: ScanPlan = NOTHING): boolean {
  const bytes = Buffer.from(text);
  try {
    compileScan(plan)(bytes, 0, bytes.length);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(JsonSyntaxError);
    return false;
  }
}

export function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
