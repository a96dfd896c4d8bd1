import {createReadStream} from 'node:fs';
import {open} from 'node:fs/promises';
import type {Target} from '../destination.js';
import {LineReader} from '../line-reader.js';
import {memberSpans} from '../members.js';

/**
 * Writes into `to` the lines of `from` (its first `bytes` bytes) that are the newest of their key, in the order they have. Returns the
 * bytes written and how many lines were left out. Holds the keys in memory, not the rows.
 */
export async function keepNewest(
  from: {readonly file: string; readonly bytes: number},
  to: string,
  target: Target,
): Promise<{readonly bytes: number; readonly dropped: number}> {
  const winners = new Map<string, {line: number; cursor: unknown}>();
  let count = 0;
  const keyless = new Set<number>();
  for await (const lines of read(from)) {
    while (lines.next()) {
      const line = count++;
      const key = target.key.map((path) => textAt(lines, path));
      if (key.every((part) => part === undefined)) {
        keyless.add(line);
        continue;
      }
      const text = JSON.stringify(key);
      const cursor = target.cursor === undefined ? undefined : parsed(textAt(lines, target.cursor));
      const known = winners.get(text);
      if (known === undefined || !isOlder(cursor, known.cursor)) winners.set(text, {line, cursor});
    }
  }
  const kept = new Set([...winners.values()].map(({line}) => line));
  const handle = await open(to, 'w');
  let bytes = 0;
  let at = 0;
  try {
    for await (const lines of read(from)) {
      const parts: Buffer[] = [];
      while (lines.next()) {
        const line = at++;
        if (kept.has(line) || keyless.has(line)) parts.push(lines.bytes.subarray(lines.start, lines.end), lineFeed);
      }
      const chunk = Buffer.concat(parts);
      await handle.writeFile(chunk);
      bytes += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return {bytes, dropped: count - kept.size - keyless.size};
}

const lineFeed = Buffer.from('\n', 'utf8');

async function* read({file, bytes}: {readonly file: string; readonly bytes: number}): AsyncGenerator<LineReader> {
  if (bytes === 0) return;
  const lines = new LineReader();
  for await (const chunk of createReadStream(file, {end: bytes - 1, highWaterMark: 1 << 20})) {
    lines.feed(Buffer.from(chunk));
    yield lines;
  }
}

/** The JSON text at a path of members; undefined where it is missing or null. */
function textAt(lines: LineReader, path: readonly string[]): string | undefined {
  let {start, end} = lines;
  for (const name of path) {
    const span = lines.bytes[start] === 0x7b ? memberSpans(lines.bytes, start, end).get(name) : undefined;
    if (span === undefined) return undefined;
    ({start, end} = span);
  }
  const text = lines.bytes.toString('utf8', start, end);
  return text === 'null' ? undefined : text;
}

const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));

/** Whether `a` is certainly older: numbers as numbers, times as times, other text says nothing. */
function isOlder(a: unknown, b: unknown): boolean {
  if (b === undefined) return false;
  if (a === undefined) return true;
  const [left, right] = [order(a), order(b)];
  return left !== undefined && right !== undefined && left < right;
}

function order(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const number = /^[0-9]{4}-[0-9]{2}/.test(value) ? Date.parse(value) : Number(value === '' ? Number.NaN : value);
  return Number.isNaN(number) ? undefined : number;
}
