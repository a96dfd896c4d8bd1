/** Where bytes go: `process.stdout`, or a collector in tests. `done` is called once the bytes are taken, or with the reason. */
export interface Sink {
  write(bytes: Buffer, done: (error?: Error | null) => void): unknown;
}

/** The reader is gone (EPIPE): nothing more can be said to anybody. */
export class StdoutClosed extends Error {
  override readonly name = 'StdoutClosed';
}

/** Records as spans of bytes: start, end, start, end, … */
export interface RecordSpans {
  readonly bytes: Buffer;
  readonly spans: Int32Array;
}

/** What stands around every record of a page, and where the written ones are counted. */
export interface Around {
  readonly head: Buffer;
  readonly suffix: Buffer | undefined;
  readonly tail: Buffer;
  readonly tally: {records: number};
}

const bufferSize = 65_536;

const taken = Promise.resolve();

/**
 * Lines through two buffers in turn: one fills while the other is on its way. Backpressure is the callback of `write`, never
 * the `drain` event: after EPIPE none comes. Work is queued, so lines of several streams never mix.
 */
export class Stdout {
  readonly #sink: Sink;
  readonly #spare: [Buffer, Buffer] = [Buffer.allocUnsafe(bufferSize), Buffer.allocUnsafe(bufferSize)];
  #buffer = this.#spare[0];
  #position = 0;
  #inFlight: Promise<void> = taken;
  #queue: Promise<unknown> = Promise.resolve();
  #queued = 0;
  #flushing = false;
  #closed: StdoutClosed | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /**
   * A line, without its line break, in the order of the calls; `make` runs when its turn has come, after all records before
   * it. Resolves once the line is buffered or written.
   */
  line(make: () => string | undefined): Promise<void> {
    return this.#exclusive(async () => {
      const line = make();
      if (line !== undefined) await this.#append(Buffer.from(`${line}\n`, 'utf8'));
      this.#flushSoon();
    });
  }

  /**
   * Records `from` (inclusive) to `to` (exclusive) of a page: head, span, tail. With a suffix it goes before the final brace,
   * without its comma in an empty object. Objects without members and suffix are passed over; the others are added to the tally.
   */
  records(page: RecordSpans, from: number, to: number, around: Around): Promise<void> {
    let left = from;
    if (this.#queued === 0 && this.#closed === undefined) {
      // Nobody comes before: what there is room for needs no turn.
      left = this.#fill(page, from, to, around);
      this.#flushSoon();
      if (left === to) return taken;
    }
    return this.#exclusive(() => this.#records(page, left, to, around));
  }

  /** Resolves when every line so far was taken by the other side. Throws StdoutClosed. */
  flush(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#swap();
      await this.#inFlight;
      this.#check();
    });
  }

  async #records(page: RecordSpans, from: number, to: number, around: Around): Promise<void> {
    this.#check();
    let left = this.#fill(page, from, to, around);
    while (left < to) {
      await this.#swap();
      const first = left;
      left = this.#fill(page, first, to, around);
      if (left > first) continue;
      // An empty buffer has no room for it.
      around.tally.records++;
      await this.#writeThrough(pieces(page, left, around));
      left++;
    }
    this.#flushSoon();
  }

  /** Puts records into the buffer, up to the first one that there is no room for, which it returns. */
  #fill(page: RecordSpans, from: number, to: number, around: Around): number {
    let next = from;
    while (next < to) {
      const first = next;
      if (around.suffix === undefined && isEmptyObject(page, first)) next++;
      else next = this.#fillRun(page, first, to, around);
      if (next === first) break;
    }
    return next;
  }

  /**
   * A run of records as they lie, in one copy, and each to its place from there: of a copy per record Node would make an object
   * each. They are put where the last byte of the run is in its place already, so that each moves forward, into what was left
   * for it or has moved already. That holds where no gap is longer than what is put around a record.
   */
  #fillRun(page: RecordSpans, from: number, to: number, {head, suffix, tail, tally}: Around): number {
    const {bytes, spans} = page;
    const buffer = this.#buffer;
    const extra = head.length + tail.length + (suffix?.length ?? 0);
    const runStart = spans[2 * from] ?? 0;
    let at = this.#position;
    let runEnd = runStart;
    let filled = at;
    let next = from;
    for (; next < to; next++) {
      const start = spans[2 * next] ?? 0;
      const end = spans[2 * next + 1] ?? 0;
      const gap = start - runEnd;
      const size = extra + end - start;
      if (gap < 0 || gap > extra || filled + size > buffer.length || isEmptyObject(page, next)) break;
      filled += size;
      runEnd = end;
    }
    const moved = filled - runEnd;
    bytes.copy(buffer, runStart + moved, runStart, runEnd);
    for (let i = from; i < next; i++) {
      buffer.set(head, at);
      at += head.length;
      const start = moved + (spans[2 * i] ?? 0);
      const end = moved + (spans[2 * i + 1] ?? 0);
      if (suffix === undefined) {
        buffer.copyWithin(at, start, end);
        at += end - start;
      } else {
        buffer.copyWithin(at, start, end - 1);
        at += end - start - 1;
        buffer.set(suffix, at);
        at += suffix.length;
        buffer[at++] = closeBrace;
      }
      buffer.set(tail, at);
      at += tail.length;
    }
    this.#position = at;
    tally.records += next - from;
    return next;
  }

  async #append(bytes: Buffer): Promise<void> {
    this.#check();
    if (this.#position + bytes.length > this.#buffer.length) await this.#swap();
    if (bytes.length > this.#buffer.length) return this.#writeThrough([bytes]);
    this.#position += bytes.copy(this.#buffer, this.#position);
  }

  /** Sends the full buffer on its way once the other one has arrived, and goes on in that. */
  async #swap(): Promise<void> {
    await this.#inFlight;
    this.#check();
    if (this.#position === 0) return;
    this.#inFlight = this.#write(this.#buffer.subarray(0, this.#position));
    this.#buffer = this.#buffer === this.#spare[0] ? this.#spare[1] : this.#spare[0];
    this.#position = 0;
  }

  /** More than a buffer holds, from where it lies: the caller must leave those bytes alone until this resolves. */
  async #writeThrough(parts: readonly Buffer[]): Promise<void> {
    await this.#inFlight;
    this.#check();
    for (const part of parts) await this.#write(part);
    this.#check();
  }

  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#sink.write(bytes, (error) => {
        if (error) this.#closed ??= new StdoutClosed(error.message);
        resolve();
      });
    });
  }

  /** What is buffered leaves in the next turn of the event loop, unless more work is waiting: then it leaves with that. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      if (this.#queued > 0 || this.#position === 0) return;
      this.#exclusive(() => this.#swap()).catch(() => undefined);
    });
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.#queued++;
    const result = this.#queue.then(work).finally(() => {
      this.#queued--;
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #check(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }
}

const closeBrace = 0x7d;

/** Whether a record has no member: hosts drop `{}` silently after counting it. */
function isEmptyObject({bytes, spans}: RecordSpans, index: number): boolean {
  let at = (spans[2 * index] ?? 0) + 1;
  while ((bytes[at] ?? closeBrace) <= 0x20) at++;
  return bytes[at] === closeBrace;
}

function pieces(page: RecordSpans, index: number, {head, suffix, tail}: Around): Buffer[] {
  const {bytes, spans} = page;
  const record = bytes.subarray(spans[2 * index], spans[2 * index + 1]);
  if (suffix === undefined) return [head, record, tail];
  const brace = Buffer.of(closeBrace);
  return [head, record.subarray(0, -1), suffix.subarray(isEmptyObject(page, index) ? 1 : 0), brace, tail];
}
