import type {Batch} from '../body/page.js';

/** What in a JSON text some or all hosts cannot read. */
export interface Hazards {
  /** Greatest nesting of objects and arrays; 0 for a scalar. */
  depth: number;
  /** Characters of the longest number. */
  longestNumber: number;
  /** A number beyond a double's range: parsed it becomes infinite. */
  hugeNumber: boolean;
  /** An escaped surrogate without its other half. */
  loneSurrogate: boolean;
}

/** Beyond this some hosts' parsers give up (pydantic's at 200 with the message around the record). */
export const safeDepth = 190;

/** Whether records of the page need a look one by one; cheap where the scan has already seen the page. */
export function isHazardous(batch: Batch): boolean {
  if (batch.hazards !== undefined) {
    return batch.hazards.depth > safeDepth || batch.hazards.longNumber || batch.hazards.loneSurrogate;
  }
  for (let i = 0; i < batch.count; i++) {
    const found = hazardsOf(batch.bytes, batch.spans[2 * i] ?? 0, batch.spans[2 * i + 1] ?? 0);
    if (found.depth > safeDepth || found.longestNumber > 1_000 || found.hugeNumber || found.loneSurrogate) return true;
  }
  return false;
}

/** One pass over valid JSON, without a stack: nesting is only counted. */
export function hazardsOf(bytes: Buffer, start: number, end: number): Hazards {
  const found: Hazards = {depth: 0, longestNumber: 0, hugeNumber: false, loneSurrogate: false};
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x22) {
      at = passString(bytes, at + 1, end, found);
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > found.depth) found.depth = depth;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
      at = passNumber(bytes, at, end, found) - 1;
    }
  }
  return found;
}

/** `at` is after the opening quote; returns the place of the closing one. */
function passString(bytes: Buffer, from: number, end: number, found: Hazards): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte === 0x22) return at;
    if (byte !== 0x5c) {
      at++;
    } else if (bytes[at + 1] !== 0x75) {
      at += 2;
    } else {
      const unit = surrogate(bytes, at);
      if (unit === 'high' && surrogate(bytes, at + 6) === 'low') {
        at += 12;
      } else {
        if (unit !== undefined) found.loneSurrogate = true;
        at += 6;
      }
    }
  }
  return at;
}

/** Which half the escape at this place (`\uXXXX`) is, if it is one. */
function surrogate(bytes: Buffer, at: number): 'high' | 'low' | undefined {
  if (bytes[at] !== 0x5c || bytes[at + 1] !== 0x75) return undefined;
  const first = (bytes[at + 2] ?? 0) | 0x20;
  if (first !== 0x64) return undefined;
  const second = (bytes[at + 3] ?? 0) | 0x20;
  if (second === 0x38 || second === 0x39 || second === 0x61 || second === 0x62) return 'high';
  return second >= 0x63 && second <= 0x66 ? 'low' : undefined;
}

function passNumber(bytes: Buffer, from: number, end: number, found: Hazards): number {
  let at = from;
  let exponent = false;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x65 || byte === 0x45) exponent = true;
    else if (byte !== 0x2b && byte !== 0x2d && byte !== 0x2e && (byte < 0x30 || byte > 0x39)) break;
  }
  const length = at - from;
  if (length > found.longestNumber) found.longestNumber = length;
  if ((exponent || length > 308) && !Number.isFinite(Number(bytes.toString('latin1', from, at))))
    found.hugeNumber = true;
  return at;
}
