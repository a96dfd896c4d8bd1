import type {Batch} from '../body/page.js';
import type {Clock} from '../clock.js';
import {systemError} from '../errors.js';
import {type JsonObject, printExact} from '../json/exact.js';
import {locate} from '../json/locate.js';
import type {Path} from '../json/path.js';
import type {Log} from '../log.js';
import {hazardsOf, isHazardous, safeDepth} from './hazards.js';
import {type Descriptor, recordHead, type StreamStatus, stateLine, statusMessage} from './messages.js';
import {type Doubt, longestLine, type PortableRecord, portable} from './portable.js';
import type {Around, RecordSpans, Stdout} from './stdout.js';

export interface StreamOptions {
  readonly stream: Descriptor;
  /** The record becomes the one field `data`. */
  readonly schemaless: boolean;
  /** `client.unportable: replace`. */
  readonly replaceUnportable: boolean;
  /** The primary key, for warnings. */
  readonly key: readonly Path[];
}

/** What all streams of an output have in common; `pulse`: epoch ms of the last RECORD or STATE. */
interface Shared {
  readonly stdout: Stdout;
  readonly clock: Clock;
  readonly log: Log;
  readonly pulse: {at: number};
}

/** One configured stream's lines. Records are counted here and nowhere else. */
export class StreamOutput {
  readonly #stdout: Stdout;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #options: StreamOptions;
  readonly #tail: Buffer;
  readonly #pulse: {at: number};
  readonly #tally = {records: 0};
  readonly #doubts = new Map<Doubt, {count: number; readonly first: string}>();
  #covered = 0;
  #lastState: string | undefined;
  /** The head of the records that were written last. */
  #last: {readonly emittedAt: number; readonly head: Buffer} | undefined;

  constructor(options: StreamOptions, {stdout, clock, log, pulse}: Shared) {
    this.#pulse = pulse;
    this.#stdout = stdout;
    this.#clock = clock;
    this.#log = log;
    this.#options = options;
    this.#tail = Buffer.from(options.schemaless ? '}}}\n' : '}}\n', 'utf8');
  }

  /** Records written so far. */
  get written(): number {
    return this.#tally.records;
  }

  /** A page of records as they came; `suffix` is text like `,"_parents_id":7` for each of them. */
  records(batch: Batch, suffix: Buffer | undefined): Promise<void> {
    const emittedAt = this.#clock.now();
    if (batch.count > 0) this.#pulse.at = emittedAt;
    const around = {head: this.#plainHead(emittedAt), suffix, tail: this.#tail, tally: this.#tally};
    const overhead = around.head.length + (suffix?.length ?? 0) + this.#tail.length;
    const hazardous = isHazardous(batch);
    if (!hazardous && batch.bytes.length + overhead <= longestLine) {
      return this.#stdout.records(batch, 0, batch.count, around);
    }
    return this.#oneByOne(batch, around, {emittedAt, overhead, hazardous});
  }

  /** A page with records that may have to be changed. */
  async #oneByOne(
    batch: Batch,
    around: Around,
    {
      emittedAt,
      overhead,
      hazardous,
    }: {readonly emittedAt: number; readonly overhead: number; readonly hazardous: boolean},
  ): Promise<void> {
    let from = 0;
    for (let i = 0; i < batch.count; i++) {
      const suspect = hazardous || spanLength(batch, i) + overhead > longestLine;
      const changed = suspect ? this.#portable(batch, i, overhead) : undefined;
      if (changed === undefined) continue;
      await this.#stdout.records(batch, from, i, around);
      const head = this.#head(emittedAt, changed.changes);
      await this.#stdout.records(changed.record, 0, 1, {...around, head});
      from = i + 1;
    }
    await this.#stdout.records(batch, from, batch.count, around);
  }

  /**
   * A checkpoint: everything written before is covered by it. Throws a system_error for a state equal to the one before
   * with records between: the protocol forbids it, and such a state would not say that those are read.
   */
  async state(state: JsonObject): Promise<{readonly bytes: number}> {
    const text = printExact(state);
    let repeats = false;
    await this.#stdout.line(() => {
      const count = this.#tally.records - this.#covered;
      if (text === this.#lastState && count > 0) {
        repeats = true;
        return undefined;
      }
      this.#covered = this.#tally.records;
      this.#lastState = text;
      this.#pulse.at = this.#clock.now();
      return stateLine(this.#options.stream, text, count);
    });
    if (repeats) {
      throw systemError(`internal error: ${this.#options.stream.name} has the same state before and after records`);
    }
    return {bytes: Buffer.byteLength(text, 'utf8')};
  }

  /** Whether records were written since the last STATE. */
  get uncovered(): boolean {
    return this.#tally.records > this.#covered;
  }

  /** `quotaReset`: epoch ms at which a rate limit ends. */
  async status(status: StreamStatus, quotaReset?: number): Promise<void> {
    if (status === 'COMPLETE' || status === 'INCOMPLETE') this.#warn();
    await this.#stdout.line(() =>
      JSON.stringify(statusMessage(this.#options.stream, status, this.#clock.now(), quotaReset)),
    );
  }

  /** Several pages come in one millisecond. */
  #plainHead(emittedAt: number): Buffer {
    if (this.#last?.emittedAt !== emittedAt) this.#last = {emittedAt, head: this.#head(emittedAt, [])};
    return this.#last.head;
  }

  #head(emittedAt: number, changes: PortableRecord['changes']): Buffer {
    const head = recordHead(this.#options.stream, emittedAt, changes);
    return Buffer.from(this.#options.schemaless ? `${head}{"data":` : head, 'utf8');
  }

  /** undefined: the record goes out as it came. */
  #portable(batch: Batch, index: number, overhead: number): PortableRecord | undefined {
    const start = batch.spans[2 * index] ?? 0;
    const end = batch.spans[2 * index + 1] ?? 0;
    const found = hazardsOf(batch.bytes, start, end);
    const around = this.#options.schemaless ? 1 : 0;
    const harmless = found.depth + around <= safeDepth && found.longestNumber <= 1_000 && !found.hugeNumber;
    if (harmless && !found.loneSurrogate && end - start + overhead <= longestLine) return undefined;
    const result = portable(batch.bytes, start, end, {
      replace: this.#options.replaceUnportable,
      around,
      prefix: this.#options.schemaless ? 'data.' : '',
      overhead,
      stream: this.#options.stream.name,
    });
    for (const doubt of result.doubts) {
      const known = this.#doubts.get(doubt);
      if (known === undefined) this.#doubts.set(doubt, {count: 1, first: this.#describe(batch, index)});
      else known.count++;
    }
    return result.record.bytes === batch.bytes ? undefined : result;
  }

  /** The record's key for people: id=7, or its number in the stream. */
  #describe(batch: Batch, index: number): string {
    const record = {bytes: batch.bytes, start: batch.spans[2 * index] ?? 0, end: batch.spans[2 * index + 1] ?? 0};
    const parts = this.#options.key.map(({text, segments = []}) => {
      const value = locate(record, segments);
      if (value === undefined) return `${text}=missing`;
      return `${text}=${batch.bytes.toString('utf8', value.start, Math.min(value.end, value.start + 100))}`;
    });
    return parts.length > 0 ? parts.join(', ') : `number ${this.#tally.records + index + 1}`;
  }

  #warn(): void {
    if (this.#doubts.size === 0) return;
    const all = [...this.#doubts].map(
      ([doubt, {count, first}]) => `${doubt} in ${count === 1 ? 'one record' : `${count} records, first`} (${first})`,
    );
    this.#doubts.clear();
    this.#log.warn(
      `${this.#options.stream.name}: ${all.join('; ')}. They were passed on unchanged: PyAirbyte, and destinations on ` +
        'PostgreSQL or with 64-bit floats, drop or refuse such records. client.unportable: replace nulls the values.',
    );
  }
}

const spanLength = (page: RecordSpans, index: number): number =>
  (page.spans[2 * index + 1] ?? 0) - (page.spans[2 * index] ?? 0);
