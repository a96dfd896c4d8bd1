import type {Path} from '../json/path.js';

/** The fields wanted of each record, each once; a path's index is its place in Batch.fields. */
export class Fields {
  readonly #indexes = new Map<string, number>();
  readonly #paths: Path[] = [];

  index(path: Path): number {
    // A singular path is the same whatever its spelling: a.b and $['a']['b'].
    const key = path.segments === undefined ? `query ${path.text}` : JSON.stringify(path.segments);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.#paths.length);
    this.#paths.push(path);
    return this.#paths.length - 1;
  }

  get paths(): readonly Path[] {
    return this.#paths;
  }
}
