import {type FileHandle, open} from 'node:fs/promises';
import {join} from 'node:path';
import type {Clock} from '../../clock.js';
import {skipValue} from '../../json/skip.js';
import {Notes} from '../../json/tokens.js';
import type {Counts, StreamSink, Target} from '../destination.js';
import type {StreamEntry} from './book.js';
import {keepNewest} from './newest.js';

const flushAt = 1 << 20;

export interface FileStreamOptions {
  readonly folder: string;
  readonly target: Target;
  readonly entry: StreamEntry;
  /** Rows go into `entry.next`. */
  readonly staged: boolean;
  readonly sample: boolean;
  readonly clock: Clock;
  /** Writes the book with this stream's entry as it is now. */
  readonly save: () => Promise<void>;
  /** Renames `entry.next` over `entry.current`. */
  readonly swap: (entry: StreamEntry) => Promise<void>;
}

/** One stream as a file of JSON Lines, each record as it came. What lies behind the length in the book does not count. */
export class FileStream implements StreamSink {
  readonly counts: Counts = {rows: 0, new: 0, changed: 0};
  readonly #options: FileStreamOptions;
  #handle: FileHandle | undefined;
  #parts: Buffer[] = [];
  #size = 0;
  #written = 0;
  #rows = 0;
  #work: Promise<void> | undefined;

  constructor(options: FileStreamOptions) {
    this.#options = options;
  }

  get busy(): Promise<void> | undefined {
    return this.#size < flushAt ? undefined : this.#flush();
  }

  write(bytes: Buffer, start: number, end: number): number {
    const behind = skipValue(bytes, start, end, 0, new Notes());
    const line = Buffer.allocUnsafe(behind - start + 1);
    bytes.copy(line, 0, start, behind);
    line[line.length - 1] = 0x0a;
    this.#parts.push(line);
    this.#size += line.length;
    this.#rows++;
    return behind;
  }

  async commit(state: string | undefined): Promise<void> {
    await this.#flush();
    const {entry, target, clock} = this.#options;
    await this.#handle?.sync();
    const part = this.#part();
    if (part !== undefined) part.bytes += this.#written;
    this.#written = 0;
    this.counts.rows += this.#rows;
    this.counts.new += this.#rows;
    this.#rows = 0;
    if (state !== undefined) {
      const {generation = 0, syncId} = target;
      entry.state = {text: state, generation, at: clock.now(), ...(syncId === undefined ? {} : {syncId})};
    }
    await this.#options.save();
  }

  async complete(): Promise<void> {
    const {entry, staged, sample, swap, target} = this.#options;
    await this.commit(undefined);
    await this.#close();
    if (target.mode === 'append_dedup') await this.#reduce();
    if (staged || target.mode === 'append_dedup') {
      entry.sample = sample;
      entry.swap = true;
      await this.#options.save();
      await swap(entry);
    }
  }

  async abandon(): Promise<void> {
    this.#parts = [];
    this.#size = 0;
    await this.#close();
  }

  /** The newest row of each key, written as what will take the file's place. */
  async #reduce(): Promise<void> {
    const {entry, folder, target} = this.#options;
    const part = this.#part();
    if (part === undefined) return;
    const file = `${part.file}.newest`;
    const {bytes, dropped} = await keepNewest(
      {file: join(folder, part.file), bytes: part.bytes},
      join(folder, file),
      target,
    );
    entry.next = {file, bytes, generation: part.generation};
    this.counts.changed += dropped;
    this.counts.new = Math.max(0, this.counts.new - dropped);
  }

  #part(): StreamEntry['current'] {
    const {entry, staged} = this.#options;
    return staged ? entry.next : entry.current;
  }

  #flush(): Promise<void> {
    const before = this.#work ?? Promise.resolve();
    const parts = this.#parts;
    const size = this.#size;
    this.#parts = [];
    this.#size = 0;
    const work = before.then(async () => {
      const part = this.#part();
      if (size === 0 || part === undefined) return;
      if (this.#handle === undefined) {
        this.#handle = await open(join(this.#options.folder, part.file), 'a');
        await this.#handle.truncate(part.bytes);
      }
      await this.#handle.writeFile(Buffer.concat(parts));
      this.#written += size;
    });
    this.#work = work;
    return work;
  }

  async #close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}
