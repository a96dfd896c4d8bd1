import {BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, nonFiniteAt, OPEN_ARRAY, QUOTE} from './tokens.js';

const NULL = Buffer.from('null');

/**
 * The bare words NaN, Infinity and -Infinity, where a value stands, become null in a copy; without any, `bytes` itself comes back.
 * Nothing else is checked: scan the result.
 */
export function replaceNonFinite(bytes: Buffer): {bytes: Buffer; count: number} {
  const parts: Buffer[] = [];
  let kept = 0;
  let inString = false;
  let before: number | undefined = COMMA;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i] ?? 0;
    if (inString) {
      if (c === BACKSLASH) {
        i++;
      } else if (c === QUOTE) {
        inString = false;
      }
      continue;
    }
    const length =
      before === COMMA || before === COLON || before === OPEN_ARRAY ? nonFiniteAt(bytes, i, bytes.length) : 0;
    if (length > 0 && endsValue(bytes, i + length)) {
      parts.push(bytes.subarray(kept, i), NULL);
      i += length - 1;
      kept = i + 1;
    }
    if (c === QUOTE) {
      inString = true;
    }
    if (c > 0x20) {
      before = c;
    }
  }
  if (parts.length === 0) {
    return {bytes, count: 0};
  }
  const count = parts.length / 2;
  return {bytes: Buffer.concat([...parts, bytes.subarray(kept)]), count};
}

function endsValue(bytes: Buffer, at: number): boolean {
  let i = at;
  while (i < bytes.length && (bytes[i] ?? 0) <= 0x20) {
    i++;
  }
  return i === bytes.length || bytes[i] === COMMA || bytes[i] === CLOSE_ARRAY || bytes[i] === CLOSE_OBJECT;
}
