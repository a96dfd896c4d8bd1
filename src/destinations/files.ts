import {open, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {streamKey} from '../airbyte/input.js';
import type {Clock} from '../clock.js';
import {type Destination, type Job, replaces, type Saved, type StreamSink, type Target} from './destination.js';
import {type Book, fileName, readBook, type StreamEntry, writeBook} from './files/book.js';
import {FileStream} from './files/file-stream.js';

/** A folder with a file of JSON Lines per stream, and `_state.json`. Created where it is missing. */
export async function openFiles(folder: string, clock: Clock): Promise<FilesDestination> {
  const destination = new FilesDestination(folder, await readBook(folder), clock);
  await destination.finishSwaps();
  return destination;
}

export class FilesDestination implements Destination {
  readonly #folder: string;
  readonly #book: Book;
  readonly #streams: FileStream[] = [];

  readonly #clock: Clock;

  constructor(folder: string, book: Book, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#book = book;
  }

  async saved(): Promise<Saved> {
    const {job, streams} = this.#book;
    return {
      job,
      streams: streams.map(({name, namespace, current, next, sample, state}) => ({
        name,
        namespace: namespace === '' ? undefined : namespace,
        generation: current?.generation,
        pending: next?.generation,
        sample,
        state: state === undefined ? undefined : {...state, syncId: state.syncId},
      })),
    };
  }

  async saveJob(job: Job): Promise<void> {
    this.#book.job = job;
    await this.#save();
  }

  async begin(
    targets: readonly Target[],
    {sample}: {readonly sample: boolean},
  ): Promise<ReadonlyMap<string, StreamSink>> {
    const sinks = new Map<string, StreamSink>();
    for (const target of targets) {
      const sink = await this.#prepare(target, sample);
      this.#streams.push(sink);
      sinks.set(streamKey(target.name, target.namespace), sink);
    }
    await this.#save();
    return sinks;
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) await stream.abandon();
  }

  /** Files that were complete when the last run ended, but not yet in their place. */
  async finishSwaps(): Promise<void> {
    for (const entry of this.#book.streams) if (entry.swap) await this.#swap(entry);
  }

  async #prepare(target: Target, sample: boolean): Promise<FileStream> {
    const entry = this.#entry(target);
    const generation = target.generation ?? 0;
    const done =
      target.generation !== undefined && entry.current?.generation === target.generation && entry.sample === false;
    const staged = sample || (replaces(target) && !done);
    const goesOn = staged && !sample && target.generation !== undefined && entry.next?.generation === generation;
    if (entry.next !== undefined && !goesOn) {
      await rm(join(this.#folder, entry.next.file), {force: true});
      delete entry.next;
    }
    if (staged) entry.next ??= {file: `${this.#name(entry)}.next`, bytes: 0, generation};
    else entry.current ??= {file: this.#name(entry), bytes: 0, generation};
    // The file is there from the start, so that an empty stream shows as an empty file.
    const part = staged ? entry.next : entry.current;
    if (part !== undefined) await (await open(join(this.#folder, part.file), 'a')).close();
    const save = () => this.#save();
    const swap = (it: StreamEntry) => this.#swap(it);
    return new FileStream({folder: this.#folder, clock: this.#clock, target, entry, staged, sample, save, swap});
  }

  #entry({name, namespace = ''}: Target): StreamEntry {
    const known = this.#book.streams.find((entry) => entry.name === name && entry.namespace === namespace);
    if (known !== undefined) return known;
    const entry: StreamEntry = {name, namespace, swap: false, sample: false};
    this.#book.streams.push(entry);
    return entry;
  }

  #name(entry: StreamEntry): string {
    if (entry.current !== undefined) return entry.current.file;
    const files = this.#book.streams.flatMap(({current, next}) => [current?.file, next?.file?.replace(/\.next$/, '')]);
    const taken = new Set(files.flatMap((file) => (file === undefined ? [] : [file.toLowerCase()])));
    return fileName(entry.namespace === '' ? entry.name : `${entry.namespace}_${entry.name}`, '.jsonl', taken);
  }

  async #swap(entry: StreamEntry): Promise<void> {
    const {next} = entry;
    if (next !== undefined) {
      const file = entry.current?.file ?? next.file.replace(/(\.next|\.newest)+$/, '');
      await rename(join(this.#folder, next.file), join(this.#folder, file)).catch(absent);
      if (next.file.endsWith('.next.newest')) await rm(join(this.#folder, next.file.slice(0, -7)), {force: true});
      entry.current = {...next, file};
      delete entry.next;
    }
    entry.swap = false;
    await this.#save();
  }

  #save(): Promise<void> {
    return writeBook(this.#folder, this.#book);
  }
}

/** It was renamed already, by a run that ended before it could say so. */
function absent(thrown: unknown): void {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
}
