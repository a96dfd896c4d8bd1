import {mkdir, rename} from 'node:fs/promises';
import {join} from 'node:path';
import type {Clock} from '../clock.js';
import type {Destination, Job, Saved, StreamSink, Target} from './destination.js';
import {type DuckDbDestination, openDuckDb} from './duckdb.js';
import {fileName} from './files/book.js';

/**
 * A folder with a Parquet file per stream. Rows and states are kept in a DuckDB file beside them, because Parquet files cannot be
 * changed: each is written anew when its stream is complete.
 */
export async function openParquet(folder: string, clock: Clock): Promise<Destination> {
  await mkdir(folder, {recursive: true});
  return new ParquetDestination(folder, await openDuckDb(join(folder, '_rows.duckdb'), clock));
}

class ParquetDestination implements Destination {
  readonly #folder: string;
  readonly #rows: DuckDbDestination;

  constructor(folder: string, rows: DuckDbDestination) {
    this.#folder = folder;
    this.#rows = rows;
  }

  saved(): Promise<Saved> {
    return this.#rows.saved();
  }

  saveJob(job: Job): Promise<void> {
    return this.#rows.saveJob(job);
  }

  async begin(
    targets: readonly Target[],
    options: {readonly sample: boolean},
  ): Promise<ReadonlyMap<string, StreamSink>> {
    const sinks = await this.#rows.begin(targets, options);
    const taken = new Set<string>();
    const exported = new Map<string, StreamSink>();
    for (const [key, sink] of sinks) {
      const file = fileName(key.replace('\u0000', '_'), '.parquet', taken);
      taken.add(file.toLowerCase());
      exported.set(key, this.#exporting(key, sink, join(this.#folder, file)));
    }
    return exported;
  }

  close(): Promise<void> {
    return this.#rows.close();
  }

  #exporting(key: string, sink: StreamSink, file: string): StreamSink {
    const rows = this.#rows;
    return {
      counts: sink.counts,
      write: (bytes, start, end, emittedAt) => sink.write(bytes, start, end, emittedAt),
      get busy() {
        return sink.busy;
      },
      commit: (state) => sink.commit(state),
      abandon: () => sink.abandon(),
      complete: async () => {
        await sink.complete();
        await rows.copyTo(key, `${file}.part`);
        await rename(`${file}.part`, file);
      },
    };
  }
}
