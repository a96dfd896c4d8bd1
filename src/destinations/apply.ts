import {streamKey} from '../airbyte/input.js';
import type {Clock} from '../clock.js';
import {systemError} from '../errors.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import type {StreamSink} from './destination.js';
import {LineReader} from './line-reader.js';
import {memberSpans} from './members.js';
import {type Message, type Named, readMessage} from './message.js';
import {RecordHead} from './record-head.js';

/** Commits closer together than this (ms) cost more than they save: a state that comes sooner waits for the next one, */
const leastInterval = 1000;
/** unless so many rows came. */
const manyRows = 50_000;
/** A commit waits this many times what the last one took, so that all together take a tenth of the time; but not longer than a minute. */
const patience = 9;
const mostPatience = 60_000;

export interface ApplyOptions {
  /** The lines of a source: RECORD, STATE and the others of the protocol. */
  readonly input: AsyncIterable<Uint8Array>;
  /** By `streamKey`. */
  readonly sinks: ReadonlyMap<string, StreamSink>;
  readonly clock: Clock;
  /** Gets each STATE line, without its line feed, once everything it covers is committed. */
  readonly committed?: (line: Buffer) => Promise<void> | void;
  /** Gets every message but RECORD when it arrives. */
  readonly heard?: (message: Message) => void;
  /** After every chunk of the input (64 kB). */
  readonly tick?: () => void;
  /** The most records of each stream; `limited` is called when one has them, what follows of it is dropped. */
  readonly limit?: number;
  readonly limited?: (stream: string) => void;
}

/** How far a stream came. `rows`: records that arrived, stored or not; `pages`: batches of records that left the source at once. */
export interface Progress {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly sink: StreamSink;
  rows: number;
  pages: number;
  status: 'waiting' | 'running' | 'complete' | 'incomplete' | 'limited';
}

interface Pending {
  readonly line: Buffer;
  readonly state: string | undefined;
}

interface Stream extends Progress {
  /** States that are to be committed with what came before them. */
  pending: Pending[];
  /** Records since the last commit. */
  uncommitted: number;
  /** Records since the last state: nothing covers them yet. */
  behind: number;
  /** Epoch ms of the end of the last commit, and how long it took. */
  committedAt: number;
  took: number;
}

/** Streams by `streamKey`, in the order of the sinks. */
export class Application {
  readonly streams = new Map<string, Stream>();
  readonly #options: ApplyOptions;
  readonly #head = new RecordHead();
  #current: Stream | undefined;
  #line = 0;

  constructor(options: ApplyOptions) {
    this.#options = options;
    for (const [key, sink] of options.sinks) {
      const [first = '', second] = key.split('\u0000');
      const named = second === undefined ? {name: first, namespace: undefined} : {name: second, namespace: first};
      const counts = {
        rows: 0,
        pages: 0,
        pending: [],
        uncommitted: 0,
        behind: 0,
        committedAt: Number.NEGATIVE_INFINITY,
        took: 0,
      };
      this.streams.set(key, {...named, ...counts, sink, status: 'waiting'});
    }
  }

  /**
   * Applies the input to its end. A stream whose COMPLETE does not come is incomplete: its rows since the last state are forgotten.
   * Throws a system_error for a line that is broken JSON, or a record of a stream without a sink.
   */
  async run(): Promise<void> {
    const {input, tick} = this.#options;
    const lines = new LineReader();
    for await (const chunk of input) {
      lines.feed(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      while (lines.next()) {
        const work = this.#take(lines.bytes, lines.start, lines.end);
        if (work !== undefined) await work;
      }
      for (const {sink} of this.streams.values()) {
        // Once: each look at it may start work, or make a rejection that somebody has to take.
        const {busy} = sink;
        if (busy !== undefined) await busy;
      }
      tick?.();
    }
    if (lines.last()) await this.#take(lines.bytes, lines.start, lines.end);
    for (const stream of this.streams.values()) {
      if (stream.status !== 'complete') await this.#finish(stream);
    }
    tick?.();
  }

  /** A promise only for what has to be waited for: records, the bulk, are taken at once. */
  #take(bytes: Buffer, start: number, end: number): Promise<void> | undefined {
    this.#line++;
    if (bytes[start] !== OPEN) return undefined;
    try {
      if (this.#current !== undefined && this.#head.matches(bytes, start, end)) {
        this.#record(this.#current, bytes, end);
        return undefined;
      }
      return this.#other(bytes, start, end);
    } catch (thrown) {
      if (!(thrown instanceof JsonSyntaxError)) throw thrown;
      throw systemError(`line ${this.#line} of the input is broken JSON: ${thrown.reason}`, {detail: thrown.message});
    }
  }

  #other(bytes: Buffer, start: number, end: number): Promise<void> | undefined {
    const members = memberSpans(bytes, start, end);
    const span = members.get('type');
    const type: unknown = span === undefined ? undefined : JSON.parse(bytes.toString('utf8', span.start, span.end));
    if (type === 'RECORD') {
      this.#current = undefined;
      if (!this.#head.read(bytes, start, end, members)) {
        throw systemError(`line ${this.#line} of the input is a RECORD without stream and data`);
      }
      const {stream: name, namespace} = this.#head;
      const stream = this.#stream({name, namespace});
      if (stream === undefined) throw systemError(`a record of ${name}, which is not in the catalog`);
      stream.pages++;
      this.#current = stream;
      this.#record(stream, bytes, end);
      return undefined;
    }
    const message = typeof type === 'string' ? readMessage(type, bytes, members) : ({type: 'OTHER'} as const);
    this.#options.heard?.(message);
    switch (message.type) {
      case 'STATE':
        return this.#state(message, Buffer.from(bytes.subarray(start, end)));
      case 'STATUS':
        return this.#status(message);
      default:
        return undefined;
    }
  }

  #record(stream: Stream, bytes: Buffer, end: number): void {
    const {limit, limited, clock} = this.#options;
    if (stream.status === 'limited') return;
    const {emittedAt, dataStart} = this.#head;
    stream.sink.write(bytes, dataStart, end, Number.isFinite(emittedAt) ? Math.trunc(emittedAt) : clock.now());
    stream.rows++;
    stream.uncommitted++;
    stream.behind++;
    if (stream.rows !== limit) return;
    stream.status = 'limited';
    limited?.(stream.name);
  }

  async #state(message: Message & {readonly type: 'STATE'}, line: Buffer): Promise<void> {
    if (message.stream === undefined) {
      for (const stream of this.streams.values()) await this.#commit(stream, true);
      await this.#options.committed?.(line);
      return;
    }
    const stream = this.#stream(message.stream);
    // A state behind the limit covers rows that were dropped.
    if (stream === undefined || stream.status === 'limited') return;
    stream.pending.push({line, state: message.state});
    stream.behind = 0;
    const waited = this.#options.clock.now() - stream.committedAt;
    const isPaid = waited >= Math.min(patience * stream.took, mostPatience);
    const isDue = waited >= leastInterval || stream.uncommitted >= manyRows;
    // The clock may have been set back.
    if (waited < 0 || (isPaid && isDue)) await this.#commit(stream, false);
  }

  async #status(message: Message & {readonly type: 'STATUS'}): Promise<void> {
    const stream = this.#stream(message.stream);
    if (stream === undefined) return;
    switch (message.status) {
      case 'STARTED':
      case 'RUNNING':
        if (stream.status === 'waiting') stream.status = 'running';
        // The source waits: what it has promised is worth keeping now.
        if (message.waitsUntil !== undefined && stream.behind === 0) await this.#commit(stream, false);
        return;
      case 'INCOMPLETE':
        if (stream.status !== 'limited') stream.status = 'incomplete';
        return;
      case 'COMPLETE':
        if (stream.status === 'limited') return;
        await this.#commit(stream, true);
        await stream.sink.complete();
        stream.status = 'complete';
    }
  }

  /** What came up to the last state, and `all`: also what came behind it. */
  async #commit(stream: Stream, all: boolean): Promise<void> {
    const {pending} = stream;
    if (pending.length === 0 && !(all && stream.uncommitted > 0)) return;
    const {clock} = this.#options;
    const began = clock.now();
    await stream.sink.commit(pending.at(-1)?.state);
    stream.pending = [];
    stream.uncommitted = 0;
    stream.behind = 0;
    stream.committedAt = clock.now();
    stream.took = stream.committedAt - began;
    for (const {line} of pending) await this.#options.committed?.(line);
  }

  async #finish(stream: Stream): Promise<void> {
    if (stream.status === 'limited') {
      await stream.sink.complete();
      return;
    }
    if (stream.status === 'running') stream.status = 'incomplete';
    if (stream.pending.length > 0 && stream.behind === 0) await this.#commit(stream, false);
    await stream.sink.abandon();
  }

  #stream({name, namespace}: Named): Stream | undefined {
    return this.streams.get(streamKey(name, namespace));
  }
}

const OPEN = 0x7b;
