import {memberSpans, type Spans} from './members.js';

/**
 * The part of a RECORD line before its data. All records of a page have the same one, so it is read once and then compared:
 * what costs per record is the data alone.
 */
export class RecordHead {
  stream = '';
  namespace: string | undefined;
  /** Epoch ms; NaN where the line has none. */
  emittedAt = Number.NaN;
  /** Where the data of the line begins. */
  dataStart = 0;
  #known: Buffer = Buffer.alloc(0);

  /** Whether the line from `start` begins as the last one did; then `dataStart` is set. */
  matches(bytes: Buffer, start: number, end: number): boolean {
    const {length} = this.#known;
    if (length === 0 || start + length > end) return false;
    if (bytes.compare(this.#known, 0, length, start, start + length) !== 0) return false;
    this.dataStart = start + length;
    return true;
  }

  /** Reads the head of a RECORD line from its members; false: no RECORD as the protocol has them. */
  read(bytes: Buffer, start: number, end: number, line: Spans): boolean {
    const span = line.get('record');
    if (span === undefined || bytes[span.start] !== OPEN) return false;
    const record = memberSpans(bytes, span.start, span.end);
    const data = record.get('data');
    const stream = text(bytes, record, 'stream');
    if (data === undefined || bytes[data.start] !== OPEN || typeof stream !== 'string') return false;
    const namespace = text(bytes, record, 'namespace');
    const emittedAt = text(bytes, record, 'emitted_at');
    this.stream = stream;
    this.namespace = typeof namespace === 'string' ? namespace : undefined;
    this.emittedAt = typeof emittedAt === 'number' ? emittedAt : Number.NaN;
    this.dataStart = data.start;
    // Only where nothing but the two closing braces follows the data can the next line be known by its beginning.
    const last = end - data.end === 2;
    this.#known = last ? Buffer.from(bytes.subarray(start, data.start)) : Buffer.alloc(0);
    return true;
  }
}

const OPEN = 0x7b;

function text(bytes: Buffer, members: Spans, name: string): unknown {
  const span = members.get(name);
  return span === undefined ? undefined : JSON.parse(bytes.toString('utf8', span.start, span.end));
}
