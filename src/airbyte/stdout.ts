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

/**
 * Lines through two buffers in turn: one fills while the other is on its way. Backpressure is the callback of `write`, never
 * the `drain` event: after EPIPE none comes. Work is queued, so lines of several streams never mix.
 */
export class Stdout {
  readonly #sink: Sink;
  readonly #spare: [Buffer, Buffer] = [Buffer.allocUnsafe(bufferSize), Buffer.allocUnsafe(bufferSize)];
  #buffer = this.#spare[0];
  #position = 0;
  #inFlight: Promise<void> = Promise.resolve();
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
    return this.#exclusive(() => this.#records(page, from, to, around));
  }

  /** Resolves when every line so far was taken by the other side. Throws StdoutClosed. */
  flush(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#swap();
      await this.#inFlight;
      this.#check();
    });
  }

  async #records({bytes, spans}: RecordSpans, from: number, to: number, around: Around): Promise<void> {
    this.#check();
    const {head, suffix, tail, tally} = around;
    let buffer = this.#buffer;
    let at = this.#position;
    const extra = head.length + tail.length + (suffix?.length ?? 0);
    for (let i = from; i < to; i++) {
      const start = spans[2 * i] ?? 0;
      const end = spans[2 * i + 1] ?? 0;
      const empty = isEmptyObject(bytes, start);
      if (empty && suffix === undefined) continue;
      const size = extra + end - start;
      if (at + size > buffer.length) {
        this.#position = at;
        await this.#swap();
        buffer = this.#buffer;
        at = 0;
      }
      tally.records++;
      if (size > buffer.length) {
        await this.#writeThrough(pieces(bytes, start, end, empty, around));
        continue;
      }
      buffer.set(head, at);
      at += head.length;
      if (suffix === undefined) {
        at += bytes.copy(buffer, at, start, end);
      } else {
        at += bytes.copy(buffer, at, start, end - 1);
        at += suffix.copy(buffer, at, empty ? 1 : 0);
        buffer[at++] = 0x7d;
      }
      buffer.set(tail, at);
      at += tail.length;
    }
    this.#position = at;
    this.#flushSoon();
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

/** Whether an object's span holds no member: hosts drop `{}` silently after counting it. */
function isEmptyObject(bytes: Buffer, start: number): boolean {
  let at = start + 1;
  while ((bytes[at] ?? 0x7d) <= 0x20) at++;
  return bytes[at] === 0x7d;
}

function pieces(bytes: Buffer, start: number, end: number, empty: boolean, {head, suffix, tail}: Around): Buffer[] {
  if (suffix === undefined) return [head, bytes.subarray(start, end), tail];
  const brace = Buffer.from('}', 'utf8');
  return [head, bytes.subarray(start, end - 1), suffix.subarray(empty ? 1 : 0), brace, tail];
}
